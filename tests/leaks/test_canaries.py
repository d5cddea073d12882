"""Fifty tenants with a mark in all that is theirs: nobody is ever shown another county's, whatever they open.

Every address of the route table is asked, so that a new one is covered by itself: by people of ten tenants, all
fifty in turn, for their own rows and for another county's, and again with the queries' conditions taken off.
"""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.cli.county_moves import export_county
from services.cli.database import Urls
from services.cli.papers import write_unit
from shared.db.session import Db
from shared.stores.evidence import Store
from tests.api.people import Person
from tests.authz.truth import handlers
from tests.builders import FOUNDED
from tests.leaks.asking import Askers, filled, foreign, in_words, near, said
from tests.leaks.panels import Panel
from tests.leaks.world import COUNTIES, MARK, Tenant, World, texts

# Minutes: with ./jifen test --all.
pytestmark = pytest.mark.long

GETS = sorted((path, one) for one in handlers() if "GET" in one.http_methods for path in one.paths)
# What is shown of other units of one's own county: the tree to all; above, what was filed and who holds an office;
# below, what those above have said of the branch.
TREE = {"unit", "unit_period"}
SEEN = {
    "above": TREE | {"supervision"},
    "below": TREE | {"filing", "history", "member", "person", "policy"},
    "beside": TREE,
}
EACH = pytest.mark.parametrize(("path", "handler"), GETS, ids=[path for path, _ in GETS])


@pytest.fixture(scope="module")
def read() -> dict[str, bool]:
    """Which addresses somebody has read."""
    return {}


def of_two_counties(world: World, path: str) -> list[Tenant]:
    """Return the ten tenants whose people ask this address: another two counties for each."""
    first = next(n for n, (one, _) in enumerate(GETS) if one == path) % COUNTIES + 1
    return [one for one in world.tenants if one.number // 100 in {first, first % COUNTIES + 1}]


def test_there_are_fifty_tenants_and_each_has_its_marks(everything: Session, world: World) -> None:
    """What follows would be empty if nothing were marked."""
    marked = set()
    for table, column in texts():
        written = everything.scalars(text(f"SELECT {column} FROM \"{table}\" WHERE {column} ~ 'Qz'"))
        marked |= set(MARK.findall(" ".join(written)))

    assert len(world.tenants) == 50
    assert {int(number) for number, _ in marked} == {one.number for one in world.tenants}
    assert len({table for _, table in marked}) > 60


@EACH
def test_nobody_is_shown_anything_of_another_county(
    askers: Askers,
    world: World,
    codes: dict[UUID, str],
    read: dict[str, bool],
    caplog: pytest.LogCaptureFixture,
    path: str,
    handler: HTTPRouteHandler,
) -> None:
    opened, shown, seen = set(), set(), set()
    for tenant, of, who in questions(askers, world, path, handler):
        at = filled(path, world, of, codes)
        for answer in askers.answers(who, at):
            opened |= {answer.status_code} if of is tenant else set()
            shown |= set(foreign(said(answer), world, tenant, at))
            seen |= set(near(said(answer), tenant))

    assert shown == set()
    assert {(where, table) for where, table in seen if table not in SEEN[where]} == set()
    read[path] = 200 in opened
    assert not MARK.search(caplog.text)


def test_most_addresses_had_something_to_show(read: dict[str, bool]) -> None:
    """What was refused to everybody proves little."""
    assert sum(read.values()) > 0.8 * len(read), sorted(path for path, was in read.items() if not was)


def questions(
    askers: Askers, world: World, path: str, handler: HTTPRouteHandler
) -> Iterator[tuple[Tenant, Tenant, Person]]:
    """Yield who asks an address, for whose row: their own, then their twin's in the next county."""
    for tenant in of_two_counties(world, path):
        who = askers.who_may(handler, tenant, path.startswith("/api/"))
        if who is not None:
            yield tenant, tenant, who
        if who is not None and "{" in path:
            yield tenant, world.twin(tenant), who


@EACH
def test_a_stranger_is_shown_nothing_of_anybody(
    askers: Askers, world: World, codes: dict[UUID, str], path: str, handler: HTTPRouteHandler
) -> None:
    for tenant in of_two_counties(world, path)[2:4]:
        for answer in askers.answers(Person(askers.app), filled(path, world, tenant, codes)):
            assert not MARK.search(said(answer))


@pytest.mark.parametrize("role", ["system_administrator", "security_administrator", "audit_administrator"])
def test_the_panel_shows_each_county_its_own(panel: Panel, world: World, role: str) -> None:
    for county in [one for one in world.tenants if one.above is None]:
        browser = panel.signed_in(county, role)
        for at in panel.addresses(world, county):
            for answer in panel.answers(browser, at):
                assert list(foreign(said(answer), world, county, at)) == [], at


@pytest.mark.parametrize("nth", [0, 1])
def test_an_export_holds_one_county(
    world: World, urls: Urls, store: Store, tmp_path: Path, nth: int, everything: Session
) -> None:
    county = [one for one in world.tenants if one.above is None][nth]
    file = tmp_path / "county.tar"
    export_county(urls.backup, store, str(county.county_id), file, FOUNDED)

    written = file.read_bytes().decode("utf-8", "replace")
    assert len(set(MARK.findall(written))) > 50
    assert list(foreign(written, world, county)) == []


def test_papers_of_a_branch_name_its_own_people(db: Db, world: World, tmp_path: Path) -> None:
    for branch in world.tenants[2:20:5]:
        write_unit(db, branch.county_id, branch.unit_id, tmp_path / str(branch.number), "https://here.test")

        written = [in_words(file.read_bytes()) for file in sorted((tmp_path / str(branch.number)).iterdir())]
        assert any(MARK.search(one) for one in written)
        assert [list(foreign(one, world, branch)) for one in written] == [[]] * len(written)
