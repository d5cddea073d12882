"""Settling a quarter as the worker does, beside plain COPY of the same rows in the same run."""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import psycopg
from sqlalchemy import Engine, text

from benchmarks.counties import CLOSES, Size, a_closed_county, a_posted_county
from benchmarks.figures import Figure, growth, median
from shared.authz.actor import the_clock
from shared.db.session import ONCE_FOR_ALL, Db, acting, plan_for_many
from shared.usecases.deadlines import Due, due, fire, fire_windows
from shared.usecases.settlement import settle

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
_PLACES = text("""
SELECT u.parent_id, u.id, n.id FROM unit u JOIN notice n ON n.county_id = u.county_id AND n.unit_id = u.id
WHERE u.county_id = :county ORDER BY u.parent_id, u.code
""")
_ENTERED = text("SELECT count(*), coalesce(sum(points), 0) FROM ledger_entry WHERE county_id = :county")
_SETTLED = text("""
SELECT count(*), coalesce(sum(points), 0) FROM line WHERE county_id = :county AND state = 'settled'
""")

Settle = Callable[[Db, UUID, "Places"], None]


@dataclass(frozen=True, slots=True)
class Places:
    """The branches of a county, each with its notice, by township."""

    townships: Sequence[Sequence[tuple[UUID, UUID]]]

    @property
    def branches(self) -> list[tuple[UUID, UUID]]:
        """All of them, each with its notice."""
        return [one for township in self.townships for one in township]


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
    """Settle counties by townships and by branches, and fire whole windows, COPY beside each; three times."""
    with engine.begin() as connection:
        connection.execute(text(_LIKE))
    # What every process does once, such as reading the book, is done before.
    pair(engine, clockwork, size.part(0.02), fire_townships, a_posted_county)
    pair(engine, clockwork, size.part(0.02), fire_branches, a_posted_county)
    runs: dict[str, list[Pair]] = defaultdict(list)
    for n in range(TIMES):
        say(f"结算：第 {n + 1} 次，共 {TIMES} 次")
        for name, way, share, made in (
            ("township", settle_townships, 1.0, a_closed_county),
            ("branch", settle_branches, 0.25, a_closed_county),
            ("windows", fire_townships, 0.25, a_posted_county),
            ("window", fire_branches, 0.15, a_posted_county),
        ):
            runs[name].append(pair(engine, clockwork, size.part(share), way, made, copy_first=n % 2 == 0))
        runs["quarter"].append(pair(engine, clockwork, size.part(0.25), settle_townships, a_closed_county))
    runs["half"] = [pair(engine, clockwork, size.part(0.5), settle_townships, a_closed_county)]
    return [*rates(size, runs), *shares(runs), by_size(runs)]


def rates(size: Size, runs: Mapping[str, Sequence[Pair]]) -> list[Figure]:
    """Rows a second, which mean little on another machine or beside other programs."""
    copied = [one.rows / one.copied_s for several in runs.values() for one in several]
    settled = [one.rows / one.settled_s for one in runs["township"]]
    detail = {"branches": size.branches, "members": size.members, "rows": size.rows}
    return [
        Figure("copy", "COPY 同样的行（尺子）", median(copied), "行/秒"),
        Figure("settle", "全县一个季度入账，按乡镇成批", median(settled), "行/秒", detail=detail),
        Figure("settle_county", "同上，全县用时", size.rows / median(settled), "秒", 30, at_most=True),
    ]


def shares(runs: Mapping[str, Sequence[Pair]]) -> list[Figure]:
    """The same as shares of COPY in the same run, and what a branch's whole window takes."""
    wanted = (
        ("settle_by_township", "入账占 COPY，按乡镇成批", "township", 50.0),
        ("settle_by_branch", "入账占 COPY，逐个支部", "branch", 25.0),
        ("windows_by_township", "截止、入账、备案材料一并，占 COPY，按乡镇", "windows", None),
    )
    found = [
        Figure(key, title, median([one.share for one in runs[name]]), "%", aim,
               detail={"shares": [one.share for one in runs[name]]})
        for key, title, name, aim in wanted
    ]  # fmt: skip
    a_branch = [1000 * one.settled_s / one.branches for one in runs["window"]]
    together = [1000 * one.settled_s / one.branches for one in runs["windows"]]
    return [
        *found,
        Figure(
            "close_window", "一个支部的公示截止、入账、生成备案材料", median(a_branch), "毫秒", 20, at_most=True
        ),
        Figure("close_window_together", "同上，按乡镇成批，每个支部", median(together), "毫秒", 20, at_most=True),
    ]


def by_size(runs: Mapping[str, Sequence[Pair]]) -> Figure:
    """What a row takes in the whole county, to what it takes in a quarter of one."""
    a_row = {
        runs[name][0].rows: 1e6 * median([one.settled_s / one.rows for one in runs[name]])
        for name in ("quarter", "half", "township")
    }
    return growth("settle_growth", "入账，每行用时，全县比四分之一县", a_row, "微秒", 1.25)


def pair(
    engine: Engine,
    clockwork: Db,
    size: Size,
    way: Settle,
    made: Callable[[Engine, Size], UUID],
    copy_first: bool = True,
) -> Pair:
    """Make a county, copy its rows and settle it; AssertionError where the ledger does not add up."""
    county = made(engine, size)
    rows, places = _rows(engine, county), _places(engine, county)
    copied = _copied(engine, rows) if copy_first else 0.0
    begun = time.monotonic()
    way(clockwork, county, places)
    settled = time.monotonic() - begun
    copied = copied or _copied(engine, rows)
    _adds_up(engine, county, size)
    return Pair(size.rows, size.branches, copied, settled)


def settle_townships(clockwork: Db, county: UUID, places: Places) -> None:
    """What closed notices published goes into the ledger, one transaction a township."""
    for township in places.townships:
        with acting(clockwork, county, *(unit for unit, _ in township)) as session, plan_for_many(session):
            settle(session, the_clock(county, county), [notice for _, notice in township], CLOSES)


def settle_branches(clockwork: Db, county: UUID, places: Places) -> None:
    """The same, one transaction a branch."""
    for unit, notice in places.branches:
        with acting(clockwork, county, unit, plans=ONCE_FOR_ALL) as session:
            settle(session, the_clock(county, unit), [notice], CLOSES)


def fire_townships(clockwork: Db, county: UUID, places: Places) -> None:
    """All that the clock does when windows end, as the worker has it done, one transaction a township."""
    waiting = _waiting(clockwork, county)
    for township in places.townships:
        with acting(clockwork, county, *(unit for unit, _ in township)) as session:
            fire_windows(session, county, [waiting[unit] for unit, _ in township])


def fire_branches(clockwork: Db, county: UUID, places: Places) -> None:
    """The same, one transaction a branch."""
    waiting = _waiting(clockwork, county)
    for unit, _ in places.branches:
        with acting(clockwork, county, unit, plans=ONCE_FOR_ALL) as session:
            fire(session, waiting[unit])


def _waiting(clockwork: Db, county: UUID) -> dict[UUID, Due]:
    with clockwork.begin() as session:
        return {one.unit_id: one for one in due(session, 10_000) if one.county_id == county}


def _places(engine: Engine, county: UUID) -> Places:
    townships: dict[UUID, list[tuple[UUID, UUID]]] = defaultdict(list)
    with engine.connect() as connection:
        for township, unit, notice in connection.execute(_PLACES, {"county": county}):
            townships[township].append((unit, notice))
    return Places(list(townships.values()))


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
