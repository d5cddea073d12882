"""Settling a quarter as the worker does, beside plain COPY of the same rows in the same run."""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

import psycopg
from sqlalchemy import Engine, text

from benchmarks.counties import Size, a_posted_county
from benchmarks.figures import Figure, median
from shared.db.session import Db, acting
from shared.usecases.deadlines import Due, due, fire, fire_windows

TIMES = 3
BLOCK = 1 << 16
# The yardstick: a table with the ledger's columns, checks and indexes; no keys to others, no trigger, no walls.
_LIKE = "CREATE TABLE IF NOT EXISTS copied (LIKE ledger_entry INCLUDING ALL)"
_COLUMNS = """county_id, id, unit_id, round_id, line_id, member_id, seal_id, edition, ordinal, kind, source_id,
    item, clause, happened_on, points, scope, note, recorded_at"""
_ROWS = """COPY (
    SELECT a.county_id, a.id, a.unit_id, l.round_id, l.id, l.member_id, s.id, a.edition, a.ordinal, a.kind,
           a.source_id, a.item, a.clause, a.happened_on, a.points, a.scope, a.note, now()
    FROM line l
    JOIN award a ON a.county_id = l.county_id AND a.line_id = l.id AND a.edition = l.edition
    JOIN seal s ON s.county_id = l.county_id AND s.notice_id = l.notice_id
    WHERE l.county_id = %s) TO STDOUT (FORMAT binary)"""
_TOWNSHIPS = text("SELECT id, parent_id FROM unit WHERE county_id = :county AND kind = 'branch'")
_ENTERED = text("SELECT count(*), coalesce(sum(points), 0) FROM ledger_entry WHERE county_id = :county")
_SETTLED = text("""
SELECT count(*), coalesce(sum(points), 0) FROM line WHERE county_id = :county AND state = 'settled'
""")

Way = Callable[[Db, UUID, Sequence[Due]], None]


@dataclass(frozen=True, slots=True)
class Pair:
    """One county settled, and the same rows copied: seconds, and rows."""

    rows: int
    branches: int
    copied_s: float
    settled_s: float

    @property
    def share(self) -> float:
        """Settling's rows per second as a share of COPY's, per cent."""
        return 100 * self.copied_s / self.settled_s


def measure(engine: Engine, clockwork: Db, size: Size, say: Callable[[str], None]) -> list[Figure]:
    """Settle counties by townships, two at a time, one by one, and branch by branch, COPY beside each; thrice."""
    with engine.begin() as connection:
        connection.execute(text(_LIKE))
    # What every process does once, such as reading the book, is done before.
    pair(engine, clockwork, size.part(0.05), by_two)
    runs: dict[str, list[Pair]] = defaultdict(list)
    for n in range(TIMES):
        say(f"结算：第 {n + 1} 次，共 {TIMES} 次")
        for name, way, share in (("two", by_two, 1), ("one", by_township, 0.5), ("branch", by_branch, 0.5)):
            runs[name].append(pair(engine, clockwork, size.part(share), way, copy_first=n % 2 == 0))
    runs["quarter"] = [pair(engine, clockwork, size.part(0.25), by_two)]
    runs["half"] = [pair(engine, clockwork, size.part(0.5), by_two)]
    return [*rates(size, runs), *shares(runs), growth(runs)]


def rates(size: Size, runs: Mapping[str, Sequence[Pair]]) -> list[Figure]:
    """Rows a second, which mean little on another machine or beside other programs."""
    every = [one for name in ("two", "one", "branch") for one in runs[name]]
    detail = {"branches": size.branches, "members": size.members, "rows": size.rows}
    settled = median([one.rows / one.settled_s for one in runs["two"]])
    return [
        Figure("copy", "COPY 同样的行（尺子）", median([one.rows / one.copied_s for one in every]), "行/秒"),
        Figure("settle", "全县一个季度的结算，两个进程", settled, "行/秒", detail=detail),
    ]


def shares(runs: Mapping[str, Sequence[Pair]]) -> list[Figure]:
    """The same as shares of COPY in the same run, and what a branch alone takes."""
    wanted = (
        ("settle_by_township", "按乡镇成批结算，两个进程，占 COPY", "two", 50.0),
        ("settle_by_township_alone", "按乡镇成批结算，一个进程，占 COPY", "one", 50.0),
        ("settle_by_branch", "逐个支部结算，一个进程，占 COPY", "branch", 25.0),
    )
    found = [
        Figure(key, title, median([one.share for one in runs[name]]), "%", aim,
               detail={"shares": [one.share for one in runs[name]]})
        for key, title, name, aim in wanted
    ]  # fmt: skip
    a_branch = median([1000 * one.settled_s / one.branches for one in runs["branch"]])
    return [*found, Figure("close_window", "一个支部的公示截止并结算", a_branch, "毫秒", 20, at_most=True)]


def growth(runs: Mapping[str, Sequence[Pair]]) -> Figure:
    """What a row takes in the whole county, to what it takes in a quarter of one."""
    a_row = {name: median([one.settled_s / one.rows for one in runs[name]]) for name in ("quarter", "half", "two")}
    detail = {"us_a_row": {name: 1e6 * seconds for name, seconds in a_row.items()}}
    times = a_row["two"] / a_row["quarter"]
    return Figure("settle_growth", "每行用时，全县比四分之一县", times, "倍", 1.25, at_most=True, detail=detail)


def pair(engine: Engine, clockwork: Db, size: Size, way: Way, copy_first: bool = True) -> Pair:
    """Make a county, copy its rows and settle it; AssertionError where the ledger does not add up."""
    county = a_posted_county(engine, size)
    rows = _rows(engine, county)
    copied = _copied(engine, rows) if copy_first else 0.0
    with clockwork.begin() as session:
        waiting = [one for one in due(session, 10 * size.branches) if one.county_id == county]
    begun = time.monotonic()
    way(clockwork, county, waiting)
    settled = time.monotonic() - begun
    copied = copied or _copied(engine, rows)
    _adds_up(engine, county, size)
    return Pair(size.rows, size.branches, copied, settled)


def by_township(clockwork: Db, county: UUID, waiting: Sequence[Due]) -> None:
    """One transaction a township, one after another."""
    for batch in _townships(clockwork, county, waiting):
        _fire_windows(clockwork, county, batch)


def by_two(clockwork: Db, county: UUID, waiting: Sequence[Due]) -> None:
    """One transaction a township, two at a time: as many as a worker has processes unless told otherwise."""
    with ThreadPoolExecutor(2) as workers:
        batches = _townships(clockwork, county, waiting)
        list(workers.map(lambda batch: _fire_windows(clockwork, county, batch), batches))


def by_branch(clockwork: Db, county: UUID, waiting: Sequence[Due]) -> None:
    """One transaction a branch."""
    for one in waiting:
        with acting(clockwork, county, one.unit_id) as session:
            fire(session, one)


def _fire_windows(clockwork: Db, county: UUID, batch: Sequence[Due]) -> None:
    with acting(clockwork, county, *sorted(one.unit_id for one in batch)) as session:
        fire_windows(session, county, batch)


def _townships(clockwork: Db, county: UUID, waiting: Sequence[Due]) -> list[list[Due]]:
    with acting(clockwork, county, county) as session:
        above = dict(session.execute(_TOWNSHIPS, {"county": county}).tuples().all())
    batches: dict[UUID, list[Due]] = defaultdict(list)
    for one in waiting:
        batches[above[one.unit_id]].append(one)
    return list(batches.values())


def _rows(engine: Engine, county: UUID) -> bytes:
    with (
        engine.connect() as connection,
        _raw(connection.connection).cursor() as cursor,
        cursor.copy(_ROWS, (county,)) as copy,
    ):
        return b"".join(bytes(block) for block in copy)


def _copied(engine: Engine, rows: bytes) -> float:
    with engine.connect() as connection:
        raw = _raw(connection.connection)
        begun = time.monotonic()
        with raw.cursor() as cursor, cursor.copy(f"COPY copied ({_COLUMNS}) FROM STDIN (FORMAT binary)") as copy:
            for start in range(0, len(rows), BLOCK):
                copy.write(rows[start : start + BLOCK])
        raw.commit()
        return time.monotonic() - begun


def _raw(connection: object) -> "psycopg.Connection[tuple[object, ...]]":
    return connection.driver_connection  # type: ignore[attr-defined,no-any-return]


def _adds_up(engine: Engine, county: UUID, size: Size) -> None:
    with engine.connect() as connection:
        entered = connection.execute(_ENTERED, {"county": county}).one()
        settled = connection.execute(_SETTLED, {"county": county}).one()
    if entered[0] != size.rows or settled[0] != size.members or entered[1] != settled[1]:
        raise AssertionError(f"the ledger holds {entered} of {settled} settled lines, {size.rows} were published")
