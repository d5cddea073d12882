"""The rule editor in a real browser: a clause changed, its trial on a settled quarter, and another's approval."""

import pytest
from playwright.sync_api import Page, expect

from services.worker.jobs import WORKS, run_all
from shared.db.session import Db
from tests.browser.conftest import Opens
from tests.browser.looking import findings, wider_than_the_screen
from tests.usecases.test_book_drafts import officer
from tests.usecases.test_trials import Settled

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def settled(db: Db, clockwork: Db) -> Settled:
    """A county whose branches have settled a quarter."""
    return Settled(db, clockwork)


def looked_at(page: Page, axe: str) -> None:
    """Nobody is kept out of this page, and nothing of it stands out to the side."""
    assert findings(page, axe) == []
    assert wider_than_the_screen(page) == []


def begun(page: Page) -> None:
    """Begin the next version of the county's plan."""
    page.get_by_role("button", name="起草下一版").click()
    expect(page.get_by_text("第 2 版草稿，第 1 稿")).to_be_visible()


@pytest.mark.parametrize(("width", "javascript"), [(1280, True), (375, False)])
def test_a_plan_is_changed_tried_and_approved(
    db: Db, clockwork: Db, opens: Opens, axe: str, width: int, javascript: bool
) -> None:
    settled = Settled(db, clockwork)
    qiu = officer(db, settled.id, settled.id, "county_officer", "丘禾")
    page = opens(settled.lin, "/books", width=width, javascript=javascript)
    begun(page)
    draft = page.url

    page.get_by_role("link", name="条款", exact=True).click()
    page.get_by_role("link", name="为本支部讲一次党课").click()
    page.get_by_label("每次多少分？").fill("3")
    page.get_by_label("每季度上限").fill("2")
    page.get_by_role("button", name="保存").click()
    page.goto(draft)
    expect(page.get_by_role("link", name="单次 3 分，超过自己的上限 2 分")).to_be_visible()
    page.get_by_role("link", name="单次 3 分，超过自己的上限 2 分").click()
    page.get_by_label("每季度上限").fill("3")
    page.get_by_role("button", name="保存").click()

    page.goto(f"{draft}/trials")
    page.get_by_role("button", name="试算").click()
    run_all(clockwork, WORKS)
    page.goto(f"{draft}/trials")
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_text("人分数会高")).to_be_visible()
    expect(page.get_by_role("row", name="第1村党支部")).to_contain_text("2")
    if javascript:
        looked_at(page, axe)

    page.goto(draft)
    expect(page.get_by_text("每次 2 分 → 3 分；每季度上限 2 分 → 3 分")).to_be_visible()
    if javascript:
        looked_at(page, axe)
    page.get_by_role("button", name="送审").click()
    expect(page.get_by_text("要由没有参加起草的另一个人审批")).to_be_visible()

    other = opens(qiu, "/desk", width=width, javascript=javascript)
    other.get_by_role("link", name="审批积分细则的草稿").click()
    other.get_by_role("button", name="审批，按期施行").click()
    expect(other.get_by_text("第 2 版").first).to_be_visible()


def test_the_pages_of_the_editor_are_for_everybody(settled: Settled, opens: Opens, axe: str) -> None:
    begun(opens(settled.lin, "/books"))
    page = opens(settled.lin, "/books", width=375)
    page.get_by_role("link", name="全县农村党员积分管理实施方案").first.click()
    draft = page.url
    for path in (
        "",
        "/items",
        "/items/D-B5",
        "/items/new",
        "/chapters/grades",
        "/chapters/points",
        "/text",
        "/trials",
    ):
        page.goto(draft + path)
        looked_at(page, axe)
    for path in ("/books", "/books/uses"):
        page.goto(draft.partition("/books")[0] + path)
        looked_at(page, axe)


@pytest.mark.parametrize("width", [1280, 375])
def test_classes_and_the_ladder_of_results_are_asked_block_by_block(
    db: Db, clockwork: Db, opens: Opens, axe: str, width: int
) -> None:
    # A county of its own: of one plan there is one draft at a time.
    settled = Settled(db, clockwork)
    page = opens(settled.lin, "/books", width=width)
    begun(page)
    draft = page.url

    page.goto(f"{draft}/chapters/consequences")
    looked_at(page, axe)
    second = page.get_by_role("group", name="第 2 项")
    second.get_by_label("限几个月改正？").fill("6")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("listitem").filter(has_text="限期 6 个月")).to_be_visible()

    page.goto(f"{draft}/chapters/classes")
    looked_at(page, axe)
