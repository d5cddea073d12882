"""Objections racing the clock that closes their windows: none late, none refused early, none settled over."""

import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event
from uuid import UUID

from sqlalchemy import select, text

from services.worker.deadlines import fire_all_due
from shared.authz.actor import Actor
from shared.db.clock import MovedClock, read_clock
from shared.db.notices import Notice
from shared.db.objections import Objection
from shared.db.rounds import Line
from shared.db.session import Db, acting
from shared.domain.errors import NotNow
from shared.usecases.carry_out import remark
from shared.usecases.objections import Statement, raise_objection
from tests.builders import Branch, a_county, set_clock
from tests.worker.rounds import CLOSES, count, publish_quarter, units_of

AHEAD = timedelta(seconds=1.5)
SAID = Statement("少记了一次活动", "本人")

# What no order of events may leave behind, read from what both sides wrote while they held the notice.
_WRONG = text("""
SELECT 'late', o.number FROM objection o
    JOIN notice n ON n.county_id = o.county_id AND n.id = o.notice_id
    WHERE o.handed_in_at >= n.closes_at
UNION ALL
SELECT 'after the close', o.number FROM objection o
    JOIN history raised ON raised.subject_id = o.id AND raised.command = 'raise'
    JOIN history closed ON closed.subject_id = o.notice_id AND closed.command = 'close'
    WHERE raised.recorded_at > closed.recorded_at
UNION ALL
SELECT 'settled over', o.number FROM objection o JOIN line l ON l.county_id = o.county_id AND l.id = o.line_id
    WHERE o.state <> 'closed' AND (l.state <> 'held' OR EXISTS (SELECT FROM ledger_entry e WHERE e.line_id = l.id))
""")


def wrongs(clockwork: Db, branches: Sequence[Branch]) -> list[tuple[str, str]]:
    """Everything in a county that should not be."""
    with acting(clockwork, branches[0].county_id, *units_of(branches)) as session:
        return [(row[0], row[1]) for row in session.execute(_WRONG)]


def run_towards_the_close(db: Db, county_id: UUID) -> None:
    """Set the clock a moment before the windows close, and let it run."""
    with db.begin() as session:
        clock = session.get_one(MovedClock, county_id)
        clock.stands_at, clock.set_at, clock.runs = CLOSES - AHEAD, datetime.now(UTC), True


def object_around_the_close(db: Db, actor: Actor, line_id: UUID, after_s: float) -> str:
    """Object after a while; say whether it was taken, refused, or refused although there was time."""
    time.sleep(after_s)
    try:
        with acting(db, actor.county_id, actor.unit_id) as session:
            raise_objection(session, actor, line_id, SAID)
    except NotNow:
        with db.begin() as session:
            return "refused" if read_clock(session, actor.county_id) >= CLOSES else "refused early"
    return "taken"


def lines_of(db: Db, branch: Branch) -> list[tuple[Actor, UUID]]:
    """Each member of a branch with their line."""
    with acting(db, branch.county_id, branch.unit_id) as session:
        return [(branch.actors[line.member_id], line.id) for line in session.scalars(select(Line))]


def close_until(clockwork: Db, over: Event) -> None:
    """Fire what is due, again and again, as a worker that hardly rests."""
    while not over.wait(0.01):
        fire_all_due(clockwork)


def test_objections_and_the_closing_clock_never_both_win(db: Db, clockwork: Db) -> None:
    branches = a_county(db, branches=5, members=4)
    publish_quarter(db, clockwork, branches)
    lines = [one for branch in branches for one in lines_of(db, branch)]
    chance = random.Random(20260421)
    run_towards_the_close(db, branches[0].county_id)

    with ThreadPoolExecutor(3) as clocks, ThreadPoolExecutor(10) as people:
        over = Event()
        closing = [clocks.submit(close_until, clockwork, over) for _ in range(3)]
        raised = [
            people.submit(object_around_the_close, db, actor, line, chance.uniform(0, 0.5))
            for actor, line in lines
        ]
        said = [one.result() for one in raised]
        over.set()
        for one in closing:
            one.result()
    set_clock(db, branches[0].county_id, CLOSES + timedelta(minutes=5))
    fire_all_due(clockwork)

    assert set(said) == {"taken", "refused"}
    assert wrongs(clockwork, branches) == []
    held = "SELECT count(*) FROM line WHERE state = 'held'"
    assert count(clockwork, branches, held) == said.count("taken")
    settled = "SELECT count(*) FROM line WHERE state = 'settled'"
    assert count(clockwork, branches, settled) == len(lines) - said.count("taken")


def test_a_check_without_the_lock_is_caught(db: Db, clockwork: Db) -> None:
    # The negative control: looks, thinks, then writes. This is how an objection gets in late.
    branches = a_county(db, members=2)
    notice = publish_quarter(db, clockwork, branches)[0]
    set_clock(db, branches[0].county_id, CLOSES - timedelta(seconds=1))
    actor, line_id = lines_of(db, branches[0])[0]
    with acting(db, actor.county_id, actor.unit_id) as session:
        at = read_clock(session, actor.county_id)
        seen = session.get_one(Notice, (actor.county_id, notice.id))
        assert seen.closes_at is not None
        assert at < seen.closes_at

        set_clock(db, actor.county_id, CLOSES)
        fire_all_due(clockwork)

        objection = _written_without_looking_again(actor, notice, line_id, at)
        session.add(objection)
        session.flush()
        remark(session, actor, objection, "raise", at)

    caught = {what for what, _ in wrongs(clockwork, branches)}
    assert caught == {"after the close", "settled over"}


def _written_without_looking_again(actor: Actor, notice: Notice, line_id: UUID, at: datetime) -> Objection:
    return Objection(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        line_id=line_id,
        notice_id=notice.id,
        number="异2026-Q1-999",
        raised_as="member",
        raised_by=actor.person_id,
        name=SAID.name,
        on_paper=False,
        handed_in_at=at,
        entered_at=at,
        text=SAID.text,
        due_at=at + timedelta(days=3),
        state="raised",
        stage=0,
    )
