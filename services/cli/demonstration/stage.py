"""The stage: the demonstration county's clock, its agenda, and the people who act in it."""

import heapq
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as hour_of_day
from itertools import count
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from celery import Celery
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.members import Member
from shared.db.session import Db, acting
from shared.domain.errors import Refusal
from shared.domain.rules import RuleBook
from shared.usecases.clock import set_clock

SHANGHAI = ZoneInfo("Asia/Shanghai")
PATIENCE_S = 60.0
Deed = Callable[[], None]


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Return an instant of a day in Shanghai, in UTC."""
    return datetime.combine(day, hour_of_day(hour, minute), SHANGHAI).astimezone(UTC)


@dataclass(eq=False)
class Troupe:
    """One branch of the demonstration: its book, its members, and who holds which office."""

    unit_id: UUID
    parent_id: UUID
    name: str
    book: RuleBook
    members: list[Member] = field(default_factory=list)
    actors: dict[UUID, Actor] = field(default_factory=dict)
    officers: dict[str, Actor] = field(default_factory=dict)
    leaders: dict[UUID | None, Actor] = field(default_factory=dict)
    scorers: list[Actor] = field(default_factory=list)
    above: dict[str, Actor] = field(default_factory=dict)
    minutes: Iterator[int] = field(default_factory=lambda: count(1))
    rounds: dict[str, UUID] = field(default_factory=dict)

    def minute(self, body: str, now: datetime) -> str:
        """Return the number of the next minute of a body, such as 支委会〔2025〕7号."""
        return f"{body}〔{now.astimezone(SHANGHAI).year}〕{next(self.minutes)}号"

    def deciders(self) -> list[Actor]:
        """Return the committee members in the order in which they take up claims."""
        return [self.officers[role] for role in ("organiser", "publicity", "secretary") if role in self.officers]


@dataclass(eq=False)
class Stage:
    """Where the demonstration plays: `db` is the API's login, `clockwork` the worker's for asking what is due."""

    county_id: UUID
    db: Db
    clockwork: Db
    broker: Celery
    chance: Random
    say: Callable[[str], None]
    now: datetime
    agenda: list[tuple[datetime, int, Deed]] = field(default_factory=list)
    order: Iterator[int] = field(default_factory=count)
    tick: Callable[[datetime], None] = lambda _: None

    def plan(self, when: datetime, deed: Deed) -> None:
        """Put a deed on the agenda."""
        heapq.heappush(self.agenda, (when, next(self.order), deed))

    def play(self, until: datetime) -> None:
        """Play the agenda in order of time up to an instant; before each the clock's own work is waited for."""
        self.plan(until, lambda: None)
        while self.agenda and self.agenda[0][0] <= until:
            when, _, deed = heapq.heappop(self.agenda)
            if when > self.now:
                self.move_to(when)
            deed()

    def move_to(self, when: datetime) -> None:
        """Move the county's clock and wait until the worker has done what is due by then."""
        self.now = when
        self.tick(when)
        with acting(self.db, self.county_id, self.county_id) as session:
            set_clock(session, self.county_id, when)
        self.settle_down()

    def settle_down(self) -> None:
        """Wait until nothing is due; the worker does it, we only knock."""
        until = time.monotonic() + PATIENCE_S
        while self._due():
            self.broker.send_task("deadlines.fire_due", ignore_result=True)
            pause = time.monotonic() + 2
            while self._due() and time.monotonic() < pause:
                time.sleep(0.03)
            if time.monotonic() > until:
                raise Refusal("到期的事项一分钟还没有办完：后台进程没有工作，请看日志。")

    @contextmanager
    def acting(self, troupe: Troupe) -> Iterator[Session]:
        """Open a transaction in a branch."""
        with acting(self.db, self.county_id, troupe.unit_id) as session:
            yield session

    @contextmanager
    def above(self, troupe: Troupe) -> Iterator[Session]:
        """Open a transaction in the unit above a branch."""
        with acting(self.db, self.county_id, troupe.parent_id) as session:
            yield session

    def later(self, hours: float = 0, days: int = 0) -> datetime:
        """Return an instant after now."""
        return self.now + timedelta(hours=hours, days=days)

    def _due(self) -> bool:
        with self.clockwork.begin() as session:
            found = session.execute(text("SELECT county_id FROM jifen.due(50)"))
            return any(row.county_id == self.county_id for row in found)
