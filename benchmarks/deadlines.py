"""Reminders that are all due at one instant, fired by the worker's own loop."""

import time

from sqlalchemy import Engine, text

from benchmarks.counties import CLOSES, Size, a_county_at_work
from benchmarks.figures import Figure, growth
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
# Each of these is far off.
_WAITING = text(
    _PENDING.text.replace(":at, :at", ":at + interval '1 day' * (n % 300 + 1), :at + interval '1 day'")
)
# A county with a clock that runs, so that each is marked at the instant at which it fired.
_RUNS = text(
    "UPDATE moved_clock SET runs = true, set_at = clock_timestamp(), stands_at = :at WHERE county_id = :county"
)
_LATE = text("""
SELECT percentile_cont(ARRAY[0.5, 0.99, 1]) WITHIN GROUP (ORDER BY extract(epoch FROM fired_at - due_at))
FROM deadline WHERE county_id = :county AND fired_at IS NOT NULL AND rung = 0
""")
_TOLD = text("SELECT count(*) FROM message WHERE county_id = :county AND topic = 'reminder'")


def measure(engine: Engine, clockwork: Db, number: int) -> list[Figure]:
    """A tenth first, then a third, then all: the rate, and how it holds; then how late many at once are."""
    sizes = (number // 10, number // 3, number)
    taken = [fired_in(engine, clockwork, size) for size in sizes]
    each = {size: 1e6 * seconds / size for size, seconds in zip(sizes, taken, strict=True)}
    return [
        Figure("reminders", "触发到期的催办", number / taken[-1], "件/秒", 5_000),
        growth("reminders_growth", "催办，每件用时，十倍比一倍", each, "微秒", 1.25),
        *lateness(engine, clockwork, sizes[0], 10 * number),
    ]


def lateness(engine: Engine, clockwork: Db, number: int, pending: int) -> list[Figure]:
    """How late each of many is that fall due at one instant, while many more wait for theirs."""
    county = a_county_at_work(engine, Size(20, BRANCHES, BRANCHES, 1))
    given = {"county": county, "at": CLOSES, "branches": BRANCHES}
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(_WAITING, {**given, "number": pending})
        connection.execute(_PENDING, {**given, "number": number})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE deadline"))
        connection.execute(text("CHECKPOINT"))
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(_RUNS, given)
    fired = fire_all_due(clockwork)
    with engine.connect() as connection:
        half, most, last = connection.execute(_LATE, given).scalar_one()
    if fired != number:
        raise AssertionError(f"{number} were due, {fired} fired")
    detail = {"number": number, "pending": pending, "p50_s": half, "last_s": last}
    title = f"{number:,} 件催办同时到期、另有 {pending:,} 件未到期，99% 迟不过"
    return [Figure("reminders_late_p99", title, most, "秒", 1, at_most=True, detail=detail)]


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
