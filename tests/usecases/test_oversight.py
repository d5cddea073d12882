"""Oversight: what the first two administrators did is told where nobody read it within a week, and only then."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from shared.authz.actor import Actor
from shared.db.deadlines import Deadline
from shared.db.history import History
from shared.db.messages import Message
from shared.db.session import Db, acting
from shared.usecases.administrations import enter_person, enter_subtree
from shared.usecases.oversight import READ, UNREAD, note_reading
from tests.builders import Branch, a_county, run_clock, set_clock
from tests.usecases.people import NOW
from tests.usecases.test_administrators import an_administrator

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def branch(db: Db) -> Branch:
    """A branch of a county with administrators."""
    return a_county(db, members=1)[0]


def enters_somebody(db: Db, branch: Branch, keys: Actor, name: str, at_hours: int) -> None:
    """The system administrator enters somebody, so many hours after the beginning."""
    with acting(db, branch.county_id, branch.county_id) as session:
        enter_subtree(session, keys)
        enter_person(session, keys, branch.unit_id, name, "", NOW + at_hours * HOUR)


def reads(db: Db, actor: Actor, at_hours: int) -> None:
    """Somebody opens the history, so many hours after the beginning."""
    with acting(db, actor.county_id, actor.unit_id) as session:
        note_reading(session, actor, NOW + at_hours * HOUR)


def told(db: Db, clockwork: Db, branch: Branch, days: int) -> list[list[str]]:
    """Whom messages are for that were written once the clock has gone on so many days."""
    set_clock(db, branch.county_id, NOW + days * DAY)
    run_clock(clockwork, branch.county_id, lambda one: one.command == UNREAD)
    with acting(db, branch.county_id, branch.county_id) as session:
        mine = select(Message).filter_by(county_id=branch.county_id, topic="oversight")
        return [one.body["roles"] for one in session.scalars(mine.order_by(Message.number))]


def test_what_nobody_has_read_within_a_week_is_told_to_who_should_and_to_the_county(
    db: Db, clockwork: Db, branch: Branch
) -> None:
    keys = an_administrator(db, branch, "system_administrator")
    enters_somebody(db, branch, keys, "顾一", 0)
    enters_somebody(db, branch, keys, "顾二", 2)

    assert told(db, clockwork, branch, 6) == []
    assert told(db, clockwork, branch, 8) == [["audit_administrator", "county_officer"]]


def test_what_was_read_is_not_told_and_what_came_after_is(db: Db, clockwork: Db, branch: Branch) -> None:
    keys, reader = (an_administrator(db, branch, f"{role}_administrator") for role in ("system", "audit"))
    enters_somebody(db, branch, keys, "顾一", 0)
    reads(db, keys, 1)
    reads(db, reader, 2)
    reads(db, reader, 3)

    assert told(db, clockwork, branch, 8) == []
    with acting(db, branch.county_id, branch.county_id) as session:
        # Once is enough: what is read again with nothing new in it is written down no more.
        assert len(session.scalars(select(History).filter_by(command=READ, unit_id=branch.county_id)).all()) == 1
    enters_somebody(db, branch, keys, "顾二", 8 * 24)
    assert len(told(db, clockwork, branch, 16)) == 1


def test_the_clock_is_set_once_a_day_and_by_nobody_else(db: Db, clockwork: Db, branch: Branch) -> None:
    keys, reader = (an_administrator(db, branch, f"{role}_administrator") for role in ("system", "audit"))
    for hours in (0, 5, 10):
        enters_somebody(db, branch, keys, f"顾{hours}", hours)
    reads(db, reader, 12)
    enters_somebody(db, branch, keys, "顾末", 14)

    with acting(db, branch.county_id, branch.county_id) as session:
        assert len(session.scalars(select(Deadline).filter_by(command=UNREAD)).all()) == 2
