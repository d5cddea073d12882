"""The tree as county officers see and change it: on any day, with what was decided, and nothing of members."""

from datetime import date
from uuid import UUID

import pytest

from shared.authz.actor import Actor
from shared.db.session import Db, acting
from shared.domain.reorganisations import Change
from shared.domain.units import UnitKind
from shared.usecases.members import actor_of, add_person, appoint
from shared.usecases.overviews import see_overview
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in, words
from tests.builders import LONG_AGO, founder
from tests.usecases.neighbours import Neighbours, morning
from tests.usecases.test_reorganisations import decide, found


@pytest.fixture
def county(db: Db, clockwork: Db) -> Neighbours:
    made = Neighbours(db, clockwork)
    made.go_to(morning(date(2026, 1, 5)))
    made.open_all("2026-Q1")
    return made


def officer_of(county: Neighbours, unit_id: UUID, role: str) -> Actor:
    """Somebody who holds an office in a unit above the branches."""
    by = founder(county.county_id)
    with acting(county.db, county.county_id, unit_id) as session:
        person = add_person(session, by, unit_id, "组织部干部")
        appoint(session, by, unit_id, person.id, role, LONG_AGO)
        return actor_of(session, county.county_id, unit_id, person.id, date(2026, 1, 5))


@pytest.fixture
def officer(browser: Browser, db: Db, county: Neighbours) -> Person:
    return signed_in(browser.app, db, officer_of(county, county.county_id, "county_officer"))


PAPER = "青组〔2026〕12号"
IN_ORDER = (
    ("柳溪镇", "乡镇（街道）"),
    ("第2村党支部", "党支部"),
    ("柳溪联村党总支", "党总支"),
    ("第1村党支部", "党支部"),
)


def test_the_tree_is_shown_with_general_branches_and_branches_below_each_other(
    county: Neighbours, officer: Person
) -> None:
    town = county.first.branch.parent_id
    officer.opens(f"/units/{town}/new")
    officer.hands_in(f"/units/{town}/new", kind="general_branch", name="柳溪联村党总支", code="lianhe")
    assert officer.page is not None
    general = str(officer.page.url).rsplit("/", 1)[1]

    moving = f"/units/{county.first.unit_id}/move"
    officer.opens(moving)
    said = officer.hands_in(moving, to=general, document=PAPER)

    assert "第1村党支部划归柳溪联村党总支" in said
    said = officer.opens("/units")
    places = [said.index(f"{name} {kind}") for name, kind in IN_ORDER]
    assert places == sorted(places)


def test_the_tree_of_an_earlier_day_has_the_names_of_that_day(county: Neighbours, officer: Person) -> None:
    unit = county.first.unit_id
    officer.opens(f"/units/{unit}/rename")
    officer.hands_in(f"/units/{unit}/rename", name="第一联合党支部", document=PAPER)

    assert "第一联合党支部" in officer.opens("/units?on=2026-01-05")
    said = officer.opens("/units?on=2026&on=1&on=4")
    assert "第1村党支部" in said
    assert "现名第一联合党支部" in said
    assert "请写完整的年、月、日" in officer.opens("/units?on=2026&on=2&on=30", 422)
    assert "第1村党支部" in officer.opens(f"/units/{unit}")


def test_a_decision_for_later_waits_and_can_be_called_off(county: Neighbours, officer: Person) -> None:
    unit = county.first.unit_id
    officer.opens(f"/units/{unit}/dissolve")
    assert "等生效" in officer.hands_in(f"/units/{unit}/dissolve", day=[2026, 5, 1], document=PAPER)
    assert "已经决定、等生效的调整" in officer.opens("/units")
    assert officer.page is not None
    stop = next(part for part in officer.page.text.split('"') if part.endswith("/call-off"))

    assert "已经决定、等生效的调整" not in officer.hands_in(stop)


@pytest.mark.long
def test_what_is_in_the_way_of_an_end_is_said_in_the_form(county: Neighbours, officer: Person) -> None:
    unit = county.first.unit_id
    officer.opens(f"/units/{unit}/dissolve")

    said = officer.hands_in(f"/units/{unit}/dissolve", 422, document=PAPER)

    assert "还有 13 名党员，请先转出" in said
    assert "党员001" not in said


@pytest.mark.long
def test_two_branches_are_merged_and_one_is_split_by_the_numbers_of_the_document(
    county: Neighbours, officer: Person
) -> None:
    first, second = county.first.unit_id, county.second.unit_id
    officer.opens(f"/units/{first}/split")
    said = officer.hands_in(
        f"/units/{first}/split", 422, name="新支部", code="new", members="001\n999", document=PAPER
    )
    assert "没有编号 999 的党员" in said
    said = officer.hands_in(f"/units/{first}/split", name="新支部", code="new", members="001", document=PAPER)
    assert "1 名党员转到新支部" in said
    officer.opens(f"/units/{first}/merge")

    said = officer.hands_in(f"/units/{first}/merge", to=second, document=PAPER)

    assert "已经撤销，最后一天是2026年1月4日" in said
    assert "第1村党支部" not in officer.opens("/units")
    assert "现已撤销" in officer.opens("/units?on=2026-01-04")


@pytest.mark.long
def test_a_township_sees_and_changes_its_own_alone(browser: Browser, db: Db, county: Neighbours) -> None:
    town = signed_in(browser.app, db, county.first.branch.above["township_officer"])

    assert "青禾县" not in town.opens("/units").split("的组织")[1]
    town.opens(f"/units/{county.county_id}", 404)
    town.opens(f"/units/{county.first.branch.parent_id}/new", 403)
    secretary = signed_in(browser.app, db, county.first.branch["secretary"])
    secretary.opens("/units", 403)


@pytest.mark.long
def test_last_year_s_report_and_board_show_last_year_s_names_and_tree(
    browser: Browser, county: Neighbours
) -> None:
    first, town = county.first, county.first.branch.parent_id
    county.finish_all("2026-Q1")
    other = found(county, UnitKind.TOWNSHIP, "东河镇", "donghe")
    county.go_to(morning(date(2026, 5, 6)))
    decide(county, first.unit_id, Change.RENAME, date(2026, 5, 6), name="第一联合党支部")
    decide(county, first.unit_id, Change.MOVE, date(2026, 5, 6), to_unit_id=other)
    county.open_all("2026-Q2")

    def named(above: UUID, period: str) -> set[str]:
        by = Actor(county.county_id, above, None, "镇干部", frozenset({"township_officer"}))
        with acting(county.db, county.county_id, above) as session:
            return {one.unit.name for one in see_overview(session, by, period).branches}

    assert named(town, "2026-Q1") == {"第1村党支部", "第2村党支部"}
    assert named(town, "2026-Q2") == {"第2村党支部"}
    assert named(other, "2026-Q1") == set()
    assert named(other, "2026-Q2") == {"第一联合党支部"}
    board = words(browser.get(f"/board/{first.unit_id}").text)
    assert "第一联合党支部 积分公示栏" in board
    assert "第1村党支部 2026-Q1 积分公示" in board
