"""Overviews: work in numbers for every level, members for none; packages for the level that they were sent to."""

import pytest
from sqlalchemy import create_engine, make_url, select, text

from services.cli.database import Urls
from shared.db.filings import Filing
from shared.db.session import Db, acting
from tests.api.conftest import Browser
from tests.api.people import Forms, signed_in, words
from tests.api.test_boards import text_of
from tests.builders import a_county
from tests.quarters import Quarter, objected, posted
from tests.usecases.stage import DAY, Stage

OLD = text("""
INSERT INTO notice (county_id, id, unit_id, kind, period, code, title, state, stage, provisional, why)
VALUES (:county, gen_random_uuid(), :unit, 'first', '2019-Q1', gen_random_uuid(), '公示', 'drafted', 0, false, '')
""")


@pytest.fixture(scope="module")
def objected_to(db: Db, clockwork: Db) -> Quarter:
    """A notice with one objection to it, to which no other test adds another."""
    quarter = posted(db, clockwork, a_county(db))[0]
    objected(db, quarter)
    return quarter


def test_a_county_sees_how_far_the_work_is(browser: Browser, settled: Quarter) -> None:
    said = text_of(browser.get(f"/overview/{settled.branch.county_id}").text)

    assert "1 个支部有积分工作" in said
    assert "2026年第一季度 3 2 67% 17 17 100%" in said
    assert "第1村党支部 （柳溪镇）" in said
    assert "已备案" in said


def test_an_overview_names_no_member(browser: Browser, settled: Quarter) -> None:
    for unit in (settled.branch.county_id, settled.branch.parent_id):
        assert "党员001" not in browser.get(f"/overview/{unit}").text


def test_an_open_objection_is_counted_by_state_and_age(browser: Browser, objected_to: Quarter) -> None:
    said = text_of(browser.get(f"/overview/{objected_to.branch.county_id}").text)

    assert "1 件异议在办（共 1 件）" in said
    assert "3 天以内 1" in said
    assert "已受理 1" in said


def test_a_period_can_be_chosen(browser: Browser, settled: Quarter) -> None:
    address = f"/overview/{settled.branch.county_id}"

    assert "2026年第一季度" in browser.get(address, params={"period": "2026-Q1"}).text
    assert browser.get(address, params={"period": "' OR 1=1"}).status_code == 200


def test_a_county_officer_drills_down_to_a_branch_and_meets_no_member(
    browser: Browser, db: Db, settled: Quarter
) -> None:
    branch = settled.branch
    town = signed_in(browser.app, db, branch.above["township_officer"])

    assert "第1村党支部" in town.opens("/overview")
    said = town.opens(f"/overview/{branch.unit_id}")

    assert "2026年第一季度 已备案" in said
    assert "回执 备2026-Q1" in said
    assert "党员001" not in said
    town.opens(f"/overview/{branch.county_id}", 404)


def test_a_branch_that_is_late_is_urged_once_in_three_days(browser: Browser, db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork)
    stage.refuse(stage.claim(stage.mei))
    stage.publish()
    stage.move(stage.object(stage.mei, stage.mei).due_at + 2 * DAY)
    town = signed_in(browser.app, db, stage.branch.above["township_officer"])
    at = f"/overview/{stage.unit_id}"
    assert "异议：1 件逾期" in town.opens(at)
    sent = {**next(f.fields for f in Forms(town.page.text).found if f.fields.get("subject") == ["objection"])}  # type: ignore[union-attr]

    said = words(town.client.post(f"{at}/urgings", data=sent).text)

    assert "三天内已经催办过" in said
    assert "起可以再次催办" in said
    again = town.client.post(f"{at}/urgings", data={**sent, "_key": str(stage.round_id)})
    assert again.status_code == 422
    assert len(stage.messages("urging")) == 1


def test_what_is_older_than_a_year_is_folded_away_and_can_be_chosen(
    browser: Browser, admin_database_url: str, urls: Urls, objected_to: Quarter
) -> None:
    address = f"/overview/{objected_to.branch.county_id}"
    assert "更早的周期" not in browser.get(address).text
    engine = create_engine(make_url(admin_database_url).set(database=make_url(urls.app).database))
    with engine.begin() as connection:
        connection.execute(OLD, {"county": objected_to.branch.county_id, "unit": objected_to.branch.unit_id})
    engine.dispose()

    page = browser.get(address).text
    assert "更早的周期" in page
    assert f"{address}?period=2019-Q1" in page
    assert "2019年第一季度" in text_of(browser.get(address, params={"period": "2019-Q1"}).text)


def test_members_see_no_overview(browser: Browser, db: Db, settled: Quarter) -> None:
    branch = settled.branch
    member = signed_in(browser.app, db, branch.actors[branch.members[0].id])

    member.opens(f"/overview/{branch.parent_id}", 403)
    member.opens("/overview", 403)


def test_a_package_is_read_where_it_was_sent(browser: Browser, db: Db, settled: Quarter) -> None:
    branch = settled.branch
    with acting(db, branch.county_id, branch.unit_id) as session:
        filing = session.scalars(select(Filing).filter_by(unit_id=branch.unit_id, number=1)).one()

    said = text_of(browser.get(f"/filings/{filing.id}").text)

    assert filing.receipt is not None
    assert filing.receipt in said
    assert "材料与上报时的校验码一致" in said
    assert "党员001" in said
