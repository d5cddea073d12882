"""Bringing a county in from two spreadsheets as its officer does, beside plain COPY of what comes of them."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import Engine, text

from benchmarks.counties import Size
from benchmarks.figures import Figure, growth
from services.worker.jobs import WORKS, run_all
from shared.authz.actor import Actor
from shared.db.session import Db, acting
from shared.papers.templates import listed
from shared.stores.workbooks import read_grid
from shared.usecases.imports import confirm
from shared.usecases.members import actor_of, add_person, appoint
from shared.usecases.units import found_county
from shared.usecases.uploads import upload

BEGINS = datetime(2026, 1, 5, 1, tzinfo=UTC)
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗", "伟芳娜敏静强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉"
BLOCK = 1 << 16
# The rows themselves in tables with the same columns, checks and indexes; no keys to others, no trigger, no walls.
_COPIED = ("unit", "person", "member")
_COUNT = text("SELECT count(*) FROM member WHERE county_id = :county")


@dataclass(slots=True)
class Stopwatch:
    """How long each part took, in seconds, and how long COPY of what came of it."""

    parts: dict[str, float] = field(default_factory=dict)
    copied: float = 0.0

    @contextmanager
    def times(self, name: str) -> Iterator[None]:
        """Add what happens within to a part."""
        begun = time.monotonic()
        yield
        self.parts[name] = self.parts.get(name, 0.0) + time.monotonic() - begun


def measure(engine: Engine, db: Db, clockwork: Db, size: Size) -> list[Figure]:
    """Bring in a quarter of a county, half of one and a whole one, each once; a few before."""
    brought_in(engine, db, clockwork, size.part(0.02))
    sizes = [size.part(0.25), size.part(0.5), size]
    watches = [brought_in(engine, db, clockwork, one) for one in sizes]
    seconds, whole = [sum(watch.parts.values()) for watch in watches], watches[-1]
    a_member = {one.members: 1000 * taken / one.members for one, taken in zip(sizes, seconds, strict=True)}
    detail = {"branches": size.branches, "members": size.members, "copied_s": whole.copied, **whole.parts}
    return [
        Figure("onboarding", "用表格导入一个县的组织和名册", seconds[-1], "秒", 300, at_most=True, detail=detail),
        growth("onboarding_growth", "导入，每人用时，全县比四分之一县", a_member, "毫秒", 1.25),
        Figure("onboarding_by_copy", "导入占 COPY 同样的行", 100 * whole.copied / seconds[-1], "%"),
    ]


def brought_in(engine: Engine, db: Db, clockwork: Db, size: Size) -> Stopwatch:
    """Upload, rehearse, confirm and carry out both lists; AssertionError where a member is missing."""
    watch = Stopwatch()
    officer = _officer(db)
    for kind, made in (("units", units(size)), ("roster", roster(size))):
        _bring_in(db, clockwork, officer, kind, made, watch)
    with engine.connect() as connection:
        if connection.scalar(_COUNT, {"county": officer.county_id}) != size.members:
            raise AssertionError("not every member was brought in")
    watch.copied = copy(engine, officer.county_id)
    return watch


def _bring_in(db: Db, clockwork: Db, by: Actor, kind: str, file: bytes, watch: Stopwatch) -> None:
    with watch.times(f"{kind}_read_s"):
        grid = read_grid(f"{kind}.xlsx", file)
    with watch.times(f"{kind}_rehearsed_s"):
        with acting(db, by.county_id, by.unit_id) as session:
            import_id = upload(session, by, kind, f"{kind}.xlsx", grid, BEGINS).id
        run_all(clockwork, WORKS)
    with watch.times(f"{kind}_carried_out_s"):
        with acting(db, by.county_id, by.unit_id) as session:
            confirm(session, by, import_id, BEGINS)
        run_all(clockwork, WORKS)


def units(size: Size) -> bytes:
    """The list of a county's organisations: branches first, so that every parent stands below."""
    branches = [
        [f"b{n}", f"第{n}村党支部", "党支部", f"t{n % size.townships + 1}"] for n in range(1, size.branches + 1)
    ]
    towns = [[f"t{n}", f"第{n}镇", "乡镇", ""] for n in range(1, size.townships + 1)]
    return listed("组织", ["编码", "名称", "类别", "上级"], branches + towns)


def roster(size: Size) -> bytes:
    """The list of a county's members, as townships keep it."""
    rows = [_member(n, size.branches) for n in range(size.members)]
    return listed("名册", ["所在支部", "编号", "姓名", "出生年月", "党小组", "人员类别", "手机号码"], rows)


def _member(n: int, branches: int) -> Sequence[str]:
    name = SURNAMES[n % 20] + GIVEN[n // 20 % 24] + GIVEN[n // 480 % 24]
    place, number = f"第{n % branches + 1}村党支部", f"{n // branches + 1:03d}"
    born = f"{1940 + n % 65}年{n % 12 + 1}月"
    return place, number, name, born, f"第{n % 3 + 1}党小组", "正式党员", f"1390{n:07d}"


def _officer(db: Db) -> Actor:
    """Found an empty county with one officer."""
    county = uuid4()
    by = Actor(county, county, None, "筹建人", frozenset({"system_administrator", "security_administrator"}))
    with db.begin() as session:
        found_county(session, by, "测试县", f"bench-{county.hex[:8]}", demonstration=True, now=BEGINS)
    with acting(db, county, county) as session:
        person = add_person(session, by, county, "县干部")
        appoint(session, by, county, person.id, "county_officer", date(2020, 1, 1))
        return actor_of(session, county, county, person.id, BEGINS.date())


def copy(engine: Engine, county: UUID) -> float:
    """Return the seconds that COPY takes for the same rows, in one transaction, commit included."""
    written = {table: _read(engine, table, county) for table in _COPIED}
    with engine.begin() as connection:
        for table in _COPIED:
            connection.execute(text(f"CREATE TABLE IF NOT EXISTS copied_{table} (LIKE {table} INCLUDING ALL)"))
    begun = time.monotonic()
    with engine.connect() as connection:
        driver = _driver(connection)
        with driver.cursor() as cursor:
            for table, rows in written.items():
                with cursor.copy(f"COPY copied_{table} FROM STDIN (FORMAT binary)".encode()) as into:
                    for start in range(0, len(rows), BLOCK):
                        into.write(rows[start : start + BLOCK])
        driver.commit()
    return time.monotonic() - begun


def _read(engine: Engine, table: str, county: UUID) -> bytes:
    with engine.connect() as connection, _driver(connection).cursor() as cursor:
        wanted = f"COPY (SELECT * FROM {table} WHERE county_id = '{county}') TO STDOUT (FORMAT binary)".encode()
        with cursor.copy(wanted) as out:
            return b"".join(bytes(block) for block in out)


def _driver(connection: object) -> psycopg.Connection[object]:
    driver: psycopg.Connection[object] = connection.connection.driver_connection  # type: ignore[attr-defined]
    return driver
