"""A filing in a browser: checked, sent up, given back with place and reason, filed, summed up; and looked at."""

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from shared.db.audits import AuditedLine
from shared.db.filings import Filing
from shared.db.session import Db
from shared.usecases.audits import Plan, draw_audit
from tests.browser.conftest import Opens
from tests.browser.looking import findings, wider_than_the_screen
from tests.usecases.stage import DAY, POSTED, Stage

# Minutes, or many pictures of one page: with ./jifen test --all.
pytestmark = pytest.mark.long

TOWN = "township_officer"


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A quarter that has settled and lies packed in the branch."""
    made = Stage(db, clockwork)
    made.accept(made.claim(made.mei))
    made.publish()
    made.move(POSTED + 9 * DAY)
    return made


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()
    page.wait_for_load_state()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_package_goes_up_comes_back_and_is_summed_up(stage: Stage, opens: Opens, javascript: bool) -> None:
    at = f"/filings/{stage.all(select(Filing))[0].id}"
    secretary = opens(stage.who("secretary"), at, javascript=javascript)
    assert secretary.get_by_text("名册人数 = 参加积分人数 + 不参加积分人数").is_visible()
    press(secretary, "上报柳溪镇")
    town = opens(stage.who(TOWN), f"{at}/return", javascript=javascript)
    press(town, "退回")
    assert town.get_by_role("alert").get_by_role("link").count() == 2
    town.get_by_label("哪一处？").fill("第 3 行")
    town.get_by_label("什么原因？").fill("姓名与身份证不一致")
    press(town, "退回")

    secretary.reload()
    assert secretary.get_by_text("第 3 行：姓名与身份证不一致").first.is_visible()
    press(secretary, "重新上报柳溪镇")
    town.goto(town.url.removesuffix("/return"))
    press(town, "接收")
    press(town, "备案，给回执")
    town.goto(town.url.partition("/filings")[0] + "/totals/2026-Q1")
    press(town, "生成备案汇总")
    press(town, "上报青禾县")

    assert town.get_by_text("已上报").first.is_visible()


@pytest.mark.parametrize(("width", "size"), [(375, "xl"), (1280, "")])
def test_the_pages_of_those_above_are_for_everybody(
    stage: Stage, opens: Opens, axe: str, width: int, size: str
) -> None:
    filing = stage.all(select(Filing))[0]
    plan = Plan("2026-Q1", "县委组织部〔2026〕5号通知", 100, 100, "07 12 25", crosswise=True)
    audit = stage.do(draw_audit, TOWN, plan)
    drawn = stage.all(select(AuditedLine), stage.branch.parent_id)[0]
    page = opens(stage.who(TOWN), "/totals/2026-Q1", width=width, size=size)
    origin = page.url.partition("/totals")[0]

    for path in (
        *("/totals/2026-Q1", "/supervisions", f"/supervisions/2026-04/{stage.unit_id}", "/hints"),
        *("/audits", "/audits/new", f"/audits/{audit.id}", f"/audits/lines/{drawn.id}"),
        *("/work-meetings", "/work-meetings/new", "/filings"),
    ):
        page.goto(origin + path)
        assert findings(page, axe) == [], path
        assert wider_than_the_screen(page) == [], path
    secretary = opens(stage.who("secretary"), f"/filings/{filing.id}", width=width, size=size)
    assert findings(secretary, axe) == []
    assert wider_than_the_screen(secretary) == []
