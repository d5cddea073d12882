"""What the panel must not show, before a real browser: points and reasons, and what lies beside one's own."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import Text, select, text
from sqlalchemy.orm import Session

from services.admin.acts import ACTS
from services.admin.app import VIEWS, create_app
from services.admin.scopes import read_for_whom_asks
from services.cli.database import Urls
from shared.db.schema import METADATA
from shared.db.session import Db, connect, enter
from tests.browser.administrators import window
from tests.browser.conftest import served
from tests.builders import Branch, a_county
from tests.quarters import played
from tests.usecases.people import SECRET

# Minutes: with ./jifen test --all.
pytestmark = pytest.mark.long

ROLES = ("system_administrator", "security_administrator", "audit_administrator")
EACH = pytest.mark.parametrize("role", ROLES)
CANARY = "金丝雀"
POINTS = re.compile(r"(?<![\d.])-?\d+\.\d{2}(?![\d.])")
# Where people write why: in any table of the product.
REASONS = {"reason", "note", "text", "words", "decision", "answer", "finding", "said", "heard", "body", "minute"}
# Where a view reads another table than the one that its name says.
TABLES = {"book": "issued_book", "look": "history"}
GONE = ("create", "edit/{}", "delete?pks={}", "export/csv", "export/json", "ajax/lookup?name=unit&term=" + CANARY)


@dataclass(frozen=True)
class World:
    """Two branches of a township and one of another county, all with a year's work; the panel's address."""

    own: Branch
    beside: Branch
    elsewhere: Branch
    panel: str
    ids: dict[str, dict[UUID, list[UUID]]]
    reasons: Sequence[str]


@pytest.fixture(scope="module")
def world(db: Db, clockwork: Db, urls: Urls, redis_url: str) -> Iterator[World]:
    """Everything beside the first branch is called by the canary's name."""
    own, beside = a_county(db, branches=2)
    played(db, clockwork, [own, beside])
    (elsewhere,) = a_county(db)
    played(db, clockwork, [elsewhere])
    units = [own.county_id, own.parent_id, own.unit_id, beside.unit_id, elsewhere.unit_id]
    backup = connect(urls.backup, 1)
    with backup.begin() as session:
        reasons = reasons_of(session, own.county_id)
        ids = {
            view.identity: ids_of(session, view.identity, units) for view in VIEWS if view.identity != "calendar"
        }
    backup.kw["bind"].dispose()
    for branch in (beside, elsewhere):
        mark(db, branch)
    with served(create_app(db, read_for_whom_asks(urls.admin), redis_url, SECRET.decode())) as at:
        yield World(own, beside, elsewhere, at, ids, reasons)


def reasons_of(session: Session, county_id: UUID) -> list[str]:
    """All that people have written in a county to say why."""
    found: set[str] = set()
    for table in METADATA.tables.values():
        for column in (table.columns[name] for name in REASONS & set(table.columns.keys())):
            if "county_id" in table.columns and isinstance(column.type, Text) and table.name != "issued_book":
                found |= set(session.scalars(select(column).where(table.columns["county_id"] == county_id)))
    return sorted(said for said in found if said and len(said) > 3)


def ids_of(session: Session, identity: str, units: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """A few rows of each of the units, by the unit."""
    table = METADATA.tables[TABLES.get(identity, identity)]
    unit = table.columns["id" if identity == "unit" else "unit_id"]
    some = select(table.columns["id"]).order_by(table.columns["id"]).limit(2)
    return {one: list(session.scalars(some.where(unit == one))) for one in units}


def mark(db: Db, branch: Branch) -> None:
    """Call a branch and everybody in it by the canary's name."""
    with db.begin() as session:
        enter(session, branch.county_id, [branch.unit_id])
        for table, key in (("unit", "id"), ("person", "unit_id"), ("member", "unit_id")):
            named = text(f"UPDATE {table} SET name = :said || name WHERE county_id = :county AND {key} = :unit")
            session.execute(named, {"said": CANARY, "county": branch.county_id, "unit": branch.unit_id})


def asked(page: Page, at: str) -> tuple[int, str]:
    """What an address answers this window, and its text."""
    got = page.request.get(at)
    return got.status, got.text()


def pages() -> Iterator[str]:
    """Every list, whole and turned to pages that are and are not there."""
    yield from ("/", "/tree")
    for view in VIEWS:
        yield from (f"/{view.identity}/list?{asked}" for asked in ("pageSize=200", "page=2", "page=9999"))


def questions() -> Iterator[str]:
    """Every list searched, in every order, and filtered by every value."""
    for view in VIEWS:
        at = f"/{view.identity}/list?pageSize=200&"
        yield f"{at}search={CANARY}"
        yield from (f"{at}sortBy={column}&sort=desc" for column in view.column_sortable_list)
        for one in getattr(view, "column_filters", ()):
            yield from (f"{at}{one.parameter_name}={value}" for value, _ in one.values)


@EACH
def test_nobody_reads_points_or_reasons_in_any_list_or_detail(
    browser: Browser, db: Db, world: World, role: str
) -> None:
    assert len(world.reasons) > 20, "nothing was marked: what follows would be empty"
    own = {world.own.county_id, world.own.parent_id, world.own.unit_id, world.beside.unit_id}
    details = [
        f"/{identity}/details/{row}"
        for identity, rows in world.ids.items()
        # A look is a step like another; few steps are looks.
        if identity != "look"
        for unit in sorted(own & rows.keys())
        for row in rows[unit]
    ]
    assert len(details) > 30
    with window(browser, world.panel, db, world.own, role) as page:
        for path in (*pages(), *details):
            status, said = asked(page, world.panel + path)
            assert status in {200, 403}, path
            assert POINTS.findall(said) == [], path
            assert [why for why in world.reasons if why in said] == [], path


@EACH
def test_nobody_meets_another_subtree_however_they_ask(browser: Browser, db: Db, world: World, role: str) -> None:
    """They administer one branch: not the one beside it, not the township above, not another county."""
    foreign = [world.beside.unit_id, world.own.parent_id, world.own.county_id, world.elsewhere.unit_id]
    with window(browser, world.panel, db, world.own, role, world.own.unit_id) as page:
        for path in (*pages(), *questions()):
            status, said = asked(page, world.panel + path)
            assert status in {200, 403}, path
            assert CANARY not in said.replace(f"search={CANARY}", "").replace(f'value="{CANARY}"', ""), path
        for identity, rows in world.ids.items():
            nobody = asked(page, f"{world.panel}/{identity}/details/{uuid4()}")
            # A book that was issued above is read by all for whom it was.
            beyond = [unit for unit in foreign if identity != "book" or unit != world.own.county_id]
            for unit in beyond:
                for row in rows.get(unit, []):
                    assert asked(page, f"{world.panel}/{identity}/details/{row}") == nobody, (identity, row)
                    for way in GONE:
                        assert asked(page, f"{world.panel}/{identity}/{way.format(row)}")[0] == 404
        for act in ACTS:
            for row in (row for unit in foreign for row in world.ids[act.of.__tablename__].get(unit, [])):
                assert asked(page, f"{world.panel}{act.path}/{row}")[0] in {403, 404}


@EACH
def test_a_sum_is_of_one_s_own_subtree(browser: Browser, db: Db, world: World, role: str) -> None:
    """A count alone would tell that there is more."""
    with (
        window(browser, world.panel, db, world.own, role, world.own.unit_id) as here,
        window(browser, world.panel, db, world.own, role) as above,
    ):
        own, both = rounds_counted(here), rounds_counted(above)

    assert own > 0
    assert both == 2 * own


def rounds_counted(page: Page) -> int:
    """How many rounds the front page counts, in whatever state."""
    table = page.locator("section", has_text="各期积分").get_by_role("row")
    return sum(int(row.split()[-1]) for row in table.all_inner_texts())
