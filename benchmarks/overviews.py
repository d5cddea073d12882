"""A county's overview: its counts from few claims behind the ledger to many, at three sizes, and how it grows."""

import time
from uuid import UUID

from sqlalchemy import Engine, text

from benchmarks.counties import Size, a_county_at_work
from benchmarks.figures import Figure, median
from shared.db.session import Db, acting

SIZES = (100_000, 1_000_000)
LARGEST = 5_000_000
TIMES = 5
A_ROUND = 8
# Behind each entry of the ledger stands a confirmed claim: the overview counts claims and lines, and never reads
# the ledger itself.
_PLACES = text("""
INSERT INTO unit_period (county_id, id, unit_id, parent_id, kind, name, since)
SELECT county_id, gen_random_uuid(), id, parent_id, kind, name, '2015-01-01' FROM unit WHERE county_id = :county
""")
_ROUNDS = text("""
INSERT INTO round (county_id, id, unit_id, book_id, period, first_day, last_day, claims_close_at, filing_period,
                   notice_period, state, stage)
SELECT r.county_id, gen_random_uuid(), r.unit_id, r.book_id, p.period, r.first_day, r.last_day, r.claims_close_at,
       p.period, p.period, 'filed', 9
FROM round r CROSS JOIN LATERAL (SELECT (2025 - (n - 1) / 4) || '-Q' || (n - 1) % 4 + 1 AS period
                                 FROM generate_series(1, :periods) n) p
WHERE r.county_id = :county
""")
_LINES = text("""
INSERT INTO line (county_id, id, unit_id, round_id, member_id, edition, by_rule, points, state, stage)
SELECT r.county_id, gen_random_uuid(), r.unit_id, r.id, m.id, 1, 16, 16, 'settled', 5
FROM round r JOIN member m ON m.county_id = r.county_id AND m.unit_id = r.unit_id
WHERE r.county_id = :county AND r.state = 'filed'
""")
_CLAIMS = text("""
INSERT INTO claim (county_id, id, unit_id, round_id, member_id, number, item, happened_on, text, entered_by,
                   filed_at, state, stage)
SELECT l.county_id, gen_random_uuid(), l.unit_id, l.round_id, l.member_id, l.id || '-' || n, 'D-B4', '2025-01-01',
       '', l.member_id, now(), 'confirmed', 4
FROM line l, generate_series(1, :each) n WHERE l.county_id = :county AND l.state = 'settled' LIMIT :claims
""")
_COUNTS = text("SELECT noun, sum(number) FROM jifen.counts() GROUP BY noun")


def measure(engine: Engine, db: Db, scale: float, whole: bool) -> list[Figure]:
    """Count each county from its top, five times; the largest only where it is asked for."""
    sizes = [max(1_000, round(size * min(scale, 1))) for size in (*SIZES, *([LARGEST] if whole else []))]
    seconds = {size: counted_in(engine, db, size, min(scale, 1)) for size in sizes}
    least, most = sizes[0], sizes[-1]
    detail = {"milliseconds": {f"{size}": 1000 * one for size, one in seconds.items()}}
    return [
        Figure("overview", f"全县总览的件数，{most:,} 笔", 1000 * seconds[most], "毫秒", detail=detail),
        Figure("overview_growth", f"同上，比 {least:,} 笔", seconds[most] / seconds[least], "倍", 3, at_most=True),
    ]


def counted_in(engine: Engine, db: Db, claims: int, scale: float) -> float:
    """Return the seconds in which a county's work is counted; AssertionError where a claim is left out."""
    size = Size(20, 650, 20_000, 0).part(scale)
    county = a_county_at_work(engine, size)
    given = {"county": county, "claims": claims, "each": A_ROUND}
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(_PLACES, given)
        connection.execute(_ROUNDS, {**given, "periods": -(-claims // (size.members * A_ROUND))})
        connection.execute(_LINES, given)
        connection.execute(_CLAIMS, given)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE unit_period, round, line, claim"))
    return median([_counted(db, county, claims) for _ in range(TIMES)])


def _counted(db: Db, county: UUID, claims: int) -> float:
    with acting(db, county, county) as session:
        begun = time.monotonic()
        counted = dict(session.execute(_COUNTS).tuples().all())
        taken = time.monotonic() - begun
    if counted["claim"] != claims:
        raise AssertionError(f"{claims} claims, counted {counted}")
    return taken
