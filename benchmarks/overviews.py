"""A county's overview as an officer opens it: one county whose ledger grows, at each size beside a recount."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine, text

from benchmarks.counties import Size, a_county_at_work
from benchmarks.figures import Figure, growth, median
from shared.authz.actor import Actor
from shared.db.session import Db, acting
from shared.usecases.overviews import see_overview

SIZES = (100_000, 300_000, 700_000)
LARGEST = 5_000_000
TIMES = 5
# Behind each entry of the ledger stands a confirmed claim; eight for each member and quarter.
A_ROUND = 8
_PLACES = text("""
INSERT INTO unit_period (county_id, id, unit_id, parent_id, kind, name, since)
SELECT county_id, gen_random_uuid(), id, parent_id, kind, name, '2015-01-01' FROM unit WHERE county_id = :county
""")
_ROUNDS = text("""
INSERT INTO round (county_id, id, unit_id, book_id, period, first_day, last_day, claims_close_at, filing_period,
                   notice_period, state, stage)
SELECT r.county_id, gen_random_uuid(), r.unit_id, r.book_id, p.period, r.first_day, r.last_day, r.claims_close_at,
       p.period, p.period, 'filed', 9
FROM round r CROSS JOIN unnest(CAST(:periods AS text[])) AS p (period)
WHERE r.county_id = :county AND r.state = 'collecting'
""")
_LINES = text("""
INSERT INTO line (county_id, id, unit_id, round_id, member_id, edition, by_rule, points, state, stage)
SELECT r.county_id, gen_random_uuid(), r.unit_id, r.id, m.id, 1, 16, 16, 'settled', 5
FROM round r JOIN member m ON m.county_id = r.county_id AND m.unit_id = r.unit_id
WHERE r.county_id = :county AND r.period = ANY(CAST(:periods AS text[]))
""")
_CLAIMS = text("""
INSERT INTO claim (county_id, id, unit_id, round_id, member_id, number, item, happened_on, text, entered_by,
                   filed_at, state, stage)
SELECT l.county_id, gen_random_uuid(), l.unit_id, l.round_id, l.member_id, l.id || '-' || n, 'D-B4', '2025-01-01',
       '', l.member_id, now(), 'confirmed', 4
FROM round r JOIN line l ON l.county_id = r.county_id AND l.round_id = r.id CROSS JOIN generate_series(1, :each) n
WHERE r.county_id = :county AND r.period = ANY(CAST(:periods AS text[]))
""")
_KEPT = text("SELECT sum(number)::bigint FROM jifen.counts() WHERE noun = 'claim'")
_RECOUNT = text("""
SELECT sum(number)::bigint FROM (
    SELECT c.unit_id, r.period, c.state, count(*) AS number
    FROM claim c JOIN round r ON r.county_id = c.county_id AND r.id = c.round_id
    WHERE c.county_id = :county GROUP BY 1, 2, 3) counted
""")


@dataclass(frozen=True, slots=True)
class Opened:
    """How many entries there were, and the seconds for the overview and for a recount of the claims alone."""

    entries: int
    overview: float
    recount: float


def measure(engine: Engine, db: Db, scale: float, whole: bool) -> list[Figure]:
    """Open it five times at each size; the largest only where it is asked for."""
    sizes = [size * min(scale, 1) for size in (*SIZES, *([LARGEST] if whole else []))]
    seen = list(_growing(engine, db, sizes, Size(20, 650, 20_000, 0).part(min(scale, 1))))
    opened = {one.entries: 1000 * one.overview for one in seen}
    recounted = {one.entries: 1000 * one.recount for one in seen}
    most = seen[-1]
    return [
        Figure("overview", f"打开全县总览，台账 {most.entries:,} 笔", 1000 * most.overview, "毫秒"),
        growth("overview_growth", "打开全县总览，台账最多比最少", opened, "毫秒", 3),
        growth("recount_growth", "当场重数一遍申报（尺子），最多比最少", recounted, "毫秒"),
    ]


def _growing(engine: Engine, db: Db, sizes: list[float], size: Size) -> Iterator[Opened]:
    """One county, quarter upon quarter into the past; AssertionError where a claim is not counted."""
    county, quarters = a_county_at_work(engine, size), 0
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(_PLACES, {"county": county})
    for wanted in sizes:
        needed = max(quarters + 1, round(wanted / (size.members * A_ROUND)))
        periods = [f"{2025 - n // 4}-Q{4 - n % 4}" for n in range(quarters, needed)]
        _grow(engine, {"county": county, "each": A_ROUND, "periods": periods})
        quarters = needed
        yield _opened(engine, db, county, quarters * size.members * A_ROUND)


def _grow(engine: Engine, given: dict[str, object]) -> None:
    tables = ("round", "line", "claim")
    with engine.begin() as connection:
        # Without the keys' own triggers, a minute for each million; with those that count.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in tables:
            connection.execute(text(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER rows_are_counted"))
        for statement in (_ROUNDS, _LINES, _CLAIMS):
            connection.execute(statement, given)
        for table in tables:
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER rows_are_counted"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE unit_period, round, line, claim, tally"))


def _opened(engine: Engine, db: Db, county: UUID, entries: int) -> Opened:
    officer = Actor(county, county, None, "测量", frozenset({"county_officer"}))
    with acting(db, county, county) as session:
        kept = session.scalar(_KEPT)
    begun = time.monotonic()
    with engine.connect() as connection:
        counted = connection.scalar(_RECOUNT, {"county": county})
    recount = time.monotonic() - begun
    if kept != counted or counted != entries:
        raise AssertionError(f"{entries} claims, kept {kept}, counted {counted}")
    return Opened(entries, median([_seconds(db, officer) for _ in range(TIMES)]), recount)


def _seconds(db: Db, officer: Actor) -> float:
    with acting(db, officer.county_id, officer.unit_id) as session:
        begun = time.monotonic()
        see_overview(session, officer)
        return time.monotonic() - begun
