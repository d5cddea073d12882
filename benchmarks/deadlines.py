"""Reminders that are all due at one instant, fired by the worker's own loop."""

import time

from sqlalchemy import Engine, text

from benchmarks.counties import CLOSES, Size, a_county_at_work
from benchmarks.figures import Figure
from services.worker.deadlines import fire_all_due
from shared.db.session import Db

BRANCHES = 650
# Each is a first reminder: it tells, notes, and arms the next rung, three days on.
_PENDING = text("""
INSERT INTO deadline (county_id, id, unit_id, subject_kind, subject_id, stage, command, rung, due_at, try_at,
                      attempts)
SELECT r.county_id, gen_random_uuid(), r.unit_id, 'round', r.id, r.stage, 'remind', 0, :at, :at, 0
FROM generate_series(1, :number) n
JOIN (SELECT *, row_number() OVER () AS place FROM round WHERE county_id = :county) r
    ON r.place = n % :branches + 1
""")
_TOLD = text("SELECT count(*) FROM message WHERE county_id = :county AND topic = 'reminder'")


def measure(engine: Engine, clockwork: Db, number: int) -> list[Figure]:
    """A tenth first, then all: the rate, and how it holds."""
    tenth = fired_in(engine, clockwork, number // 10)
    seconds = fired_in(engine, clockwork, number)
    rate, few = number / seconds, number // 10 / tenth
    detail = {"number": number, "seconds": seconds, "seconds_for_a_tenth": tenth}
    return [
        Figure("reminders", "触发到期的催办", rate, "件/秒", 5_000, detail=detail),
        Figure("reminders_growth", "每件用时，十倍的催办比一倍", few / rate, "倍", 1.25, at_most=True),
    ]


def fired_in(engine: Engine, clockwork: Db, number: int) -> float:
    """Return the seconds that so many reminders take; AssertionError where one was lost or doubled."""
    county = a_county_at_work(engine, Size(20, min(BRANCHES, number), min(BRANCHES, number), 1))
    with engine.begin() as connection:
        given = {"county": county, "at": CLOSES, "number": number, "branches": min(BRANCHES, number)}
        connection.execute(_PENDING, given)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE deadline"))
        connection.execute(text("CHECKPOINT"))
    begun = time.monotonic()
    fired = fire_all_due(clockwork)
    taken = time.monotonic() - begun
    with engine.connect() as connection:
        told = connection.scalar(_TOLD, {"county": county})
    if not fired == told == number:
        raise AssertionError(f"{number} reminders were due, {fired} fired, {told} told")
    return taken
