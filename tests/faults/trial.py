"""A trial: a county's quarter through the real programs, whose clients never stop while everything is killed."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Engine, TextClause, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from services.cli.site import Site
from shared.db.session import Db, acting, connect
from shared.usecases.rounds import open_round
from tests.api.people import token_of
from tests.builders import Branch, a_county, founder
from tests.faults.clients import Client
from tests.faults.log import Log, Moved
from tests.faults.officers import PERIOD, Office

START = datetime(2026, 2, 3, 1, tzinfo=UTC)
DAY = (2026, 2, 1)
BEFORE_THE_DOOR_CLOSES = timedelta(seconds=6)
# What a wiped queue has lost is sent again after a minute, and after two more when that is lost as well.
QUIET_WITHIN_S = 240.0
_SET = text("""
UPDATE moved_clock SET stands_at = :stands, set_at = clock_timestamp(), runs = true
WHERE county_id = :county RETURNING set_at
""")
_UNDONE = text("""
SELECT (SELECT count(*) FROM deadline
        WHERE county_id = :county AND fired_at IS NULL AND due_at <= jifen.instant(:county))
     + (SELECT count(*) FROM message WHERE county_id = :county AND done_at IS NULL)
""")
_CLAIMS_CLOSE = text("SELECT max(claims_close_at) FROM round WHERE county_id = :county")
_WINDOWS_CLOSE = text("SELECT max(closes_at) FROM notice WHERE county_id = :county")
_LINES = text("SELECT array_agg(id ORDER BY id) FROM line WHERE county_id = :county AND unit_id = :unit")

Answer = TypeVar("Answer")


def insist(ask: Callable[[], Answer], within_s: float = 60.0) -> Answer:
    """Ask until PostgreSQL answers; what it said last where it does not in time."""
    ends = time.monotonic() + within_s
    while True:
        try:
            return ask()
        except DBAPIError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.2)


@dataclass
class Trial:
    """A site with a county whose clock runs, and who is at work in it; `ended` sends the clients home."""

    site: Site
    branches: Sequence[Branch]
    rounds: Sequence[UUID]
    db: Db
    engine: Engine
    chance: Random
    log: Log = field(default_factory=Log)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def county_id(self) -> UUID:
        """The county that is tried."""
        return self.branches[0].county_id

    def move(self, stands: datetime) -> None:
        """Set the county's clock, from where it goes on, even while PostgreSQL is coming back."""
        at = self.ask(_SET, stands=stands)
        self.log.clock.append(Moved(at, stands))

    def ask(self, question: TextClause, **given: Any) -> Any:
        """Ask the database one thing, as the superuser, until it answers."""

        def asked() -> Any:
            with self.engine.begin() as connection:
                return connection.execute(question, {"county": self.county_id, **given}).scalar_one()

        return insist(asked)

    def claims(self, seconds: float) -> None:
        """Let every member claim, through the instant at which claims close."""
        self._through(
            [lambda client=client: client.file_claims(self._dice(), DAY) for client in self._clients()],  # type: ignore[misc]
            seconds,
            self.ask(_CLAIMS_CLOSE),
        )

    def officers(self) -> None:
        """Bring every branch's round to its notice."""
        offices = [Office(self.db, *one) for one in zip(self.branches, self.rounds, strict=True)]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(Office.publish, offices))

    def objections(self, seconds: float) -> None:
        """Let every member object to one line after the other, through the instant at which windows close."""
        acts = []
        for client in self._clients():
            lines = list(self.ask(_LINES, unit=client.actor.unit_id))
            self.chance.shuffle(lines)
            acts.append(lambda client=client, lines=lines: client.object_to(lines, self._dice()))
        self._through(acts, seconds, self.ask(_WINDOWS_CLOSE))

    def _through(self, acts: Sequence[Callable[[], None]], seconds: float, closes_at: datetime) -> None:
        """Let clients act for so many seconds, the last third around the instant at which a door closes."""
        self.ended.clear()
        with ThreadPoolExecutor(len(acts)) as pool:
            doing = [pool.submit(act) for act in acts]
            time.sleep(seconds * 2 / 3)
            self.move(closes_at - BEFORE_THE_DOOR_CLOSES)
            time.sleep(max(seconds / 3, 2 * BEFORE_THE_DOOR_CLOSES.total_seconds()))
            self.ended.set()
            for one in doing:
                one.result()

    def _clients(self) -> list[Client]:
        members = [(branch, member) for branch in self.branches for member in branch.members]
        return [
            Client(
                self.site.address.rstrip("/"),
                branch.actors[member.id],
                insist(lambda branch=branch, member=member: token_of(self.db, branch.actors[member.id])),  # type: ignore[misc]
                self.log,
                self.ended,
            )
            for branch, member in members
        ]

    def _dice(self) -> Random:
        return Random(self.chance.random())

    def quiet(self) -> bool:
        """Wait until the clock has nothing left to do and everybody has been told; whether that came in time."""
        ends = time.monotonic() + QUIET_WITHIN_S
        while time.monotonic() < ends:
            if self.ask(_UNDONE) == 0:
                return True
            time.sleep(0.5)
        return False


def a_trial(at: Site, branches: int, members: int, chance: Random) -> Trial:
    """Found a county on a site, open its first quarter, and let its clock run."""
    db = connect(at.urls.app)
    made = a_county(db, branches=branches, members=members)
    rounds = []
    for branch in made:
        with acting(db, branch.county_id, branch.unit_id) as session:
            rounds.append(open_round(session, founder(branch.county_id), branch.unit_id, PERIOD, START).id)
    superuser = make_url(at.engines.database_admin_url).set(database=make_url(at.urls.app).database)
    trial = Trial(at, made, rounds, db, create_engine(superuser, pool_pre_ping=True), chance)
    trial.move(START)
    return trial
