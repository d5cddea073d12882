"""A members' meeting that passes the whole list in one vote."""

import time
from uuid import UUID

from sqlalchemy import Engine, text

from benchmarks.counties import CLOSES, a_proposed_branch
from benchmarks.figures import Figure, median
from shared.authz.actor import Actor
from shared.db.session import Db, acting
from shared.domain.meetings import Attended, Count
from shared.usecases.meetings import call_roll, convene, vote_list

TIMES = 5
_BRANCH = text("SELECT id FROM unit WHERE county_id = :county AND kind = 'branch'")
_PEOPLE = text("SELECT person_id FROM member WHERE county_id = :county")
_ROUNDS = text("SELECT id FROM round WHERE county_id = :county")
_PASSED = text("SELECT count(*) FROM line WHERE county_id = :county AND state = 'passed'")


def measure(engine: Engine, db: Db, lines: int) -> list[Figure]:
    """The vote alone, commit included; everybody is there and in favour."""
    passed_in(engine, db, lines)
    seconds = [passed_in(engine, db, lines) for _ in range(TIMES)]
    rate = median([lines / one for one in seconds])
    detail = {"lines": lines, "seconds": seconds}
    return [Figure("vote", "党员大会通过积分", rate, "行/秒", 20_000, detail=detail)]


def passed_in(engine: Engine, db: Db, lines: int) -> float:
    """Return the seconds that a vote on so many lines takes; AssertionError where one is left."""
    county = a_proposed_branch(engine, lines)
    with engine.connect() as connection:
        branch = connection.execute(_BRANCH, {"county": county}).scalar_one()
        people = list(connection.scalars(_PEOPLE, {"county": county}))
        rounds = list(connection.scalars(_ROUNDS, {"county": county}))
    by = Actor(county, branch, people[0], "支部书记", frozenset({"secretary"}))
    meeting = _convened(db, by, people)
    begun = time.monotonic()
    with acting(db, county, branch) as session:
        vote_list(session, by, meeting, rounds, Count(lines), [], CLOSES)
    taken = time.monotonic() - begun
    with engine.connect() as connection:
        if connection.scalar(_PASSED, {"county": county}) != lines:
            raise AssertionError("not every line was passed")
    return taken


def _convened(db: Db, by: Actor, people: list[UUID]) -> UUID:
    with acting(db, by.county_id, by.unit_id) as session:
        meeting = convene(session, by, "members", "一季度积分评定", "大会〔2026〕1号", CLOSES)
        call_roll(session, by, meeting.id, dict.fromkeys(people, Attended.PRESENT))
        return meeting.id
