"""The administrators' panel in a real browser: signed in by hand, every page readable, usable without a script."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from services.admin.app import VIEWS, create_app
from services.admin.scopes import read_for_whom_asks
from services.cli.database import Urls
from shared.db.session import Db
from tests.browser.administrators import window
from tests.browser.conftest import served
from tests.browser.looking import findings, wider_than_the_screen
from tests.builders import Branch, a_county
from tests.quarters import posted
from tests.usecases.people import SECRET

# Minutes, or many pictures of one page: with ./jifen test --all.
pytestmark = pytest.mark.long

PAGES = ["/", "/tree", *(f"/{view.identity}/list" for view in VIEWS)]


@pytest.fixture(scope="module")
def branch(db: Db, clockwork: Db) -> Branch:
    """A branch with a notice that hangs."""
    made = a_county(db)
    posted(db, clockwork, made)
    return made[0]


@pytest.fixture(scope="module")
def panel(db: Db, urls: Urls, redis_url: str) -> Iterator[str]:
    """Where the panel is served."""
    with served(create_app(db, read_for_whom_asks(urls.admin), redis_url, SECRET.decode())) as at:
        yield at


@pytest.fixture(scope="module", params=[1280, 320], ids=["wide", "narrow"])
def auditor(
    request: pytest.FixtureRequest, browser: Browser, panel: str, db: Db, branch: Branch
) -> Iterator[Page]:
    """The window of an audit administrator who has signed in by hand, without scripts for the panel to use."""
    with window(browser, panel, db, branch, "audit_administrator", width=request.param) as page:
        yield page


def test_every_page_is_for_everybody_s_eyes(auditor: Page, panel: str, axe: str) -> None:
    """axe is put into the page by the test: the panel's own policy lets no script run."""
    found = {}
    for path in PAGES:
        auditor.goto(panel + path)
        found[path] = [*findings(auditor, axe), *wider_than_the_screen(auditor)]

    assert {path: faults for path, faults in found.items() if faults} == {}


def test_somebody_searches_filters_opens_one_and_leaves(auditor: Page, panel: str) -> None:
    auditor.goto(panel + "/round/list")
    auditor.get_by_role("searchbox").fill("第1村")
    auditor.get_by_role("button", name="搜索").click()
    auditor.get_by_role("link", name="已公示").or_(auditor.get_by_role("link", name="公示中")).first.click()
    auditor.goto(panel + "/unit/list")
    auditor.get_by_role("link", name="查看").first.click()
    auditor.get_by_role("link", name="返回列表").click()

    assert auditor.url.endswith("/unit/list")


def keeps(page: Page, name: str) -> None:
    """Keep a picture of what somebody sees, where a folder is named."""
    if folder := os.environ.get("JIFEN_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"panel-{name}.png"), full_page=True)


def searches(page: Page, at: str, name: str) -> None:
    """Search a list, and open the first row that is found."""
    page.goto(at)
    page.get_by_role("searchbox").fill(name)
    page.get_by_role("button", name="搜索").click()
    page.get_by_role("row").filter(has_text=name).get_by_role("link", name="查看").first.click()


def test_one_enters_somebody_another_gives_them_an_office_and_a_third_reads_of_it(
    browser: Browser, panel: str, db: Db, branch: Branch
) -> None:
    with (
        window(browser, panel, db, branch, "system_administrator") as system,
        window(browser, panel, db, branch, "security_administrator") as security,
        window(browser, panel, db, branch, "audit_administrator") as audit,
    ):
        searches(system, f"{panel}/unit/list", "第1村党支部")
        system.get_by_role("link", name="登记人员").click()
        system.get_by_label("姓名").fill("邱代理")
        system.get_by_label("电话").fill("13300000017")
        keeps(system, "entering")
        system.get_by_role("button", name="登记人员").click()
        searches(system, f"{panel}/person/list", "邱代理")
        expect(system.get_by_role("link", name="任命")).to_have_count(0)

        searches(security, f"{panel}/person/list", "邱代理")
        keeps(security, "person")
        security.get_by_role("link", name="任命代理").click()
        security.get_by_label("在哪个单位").select_option(label="第1村党支部")
        security.get_by_label("职务").select_option(label="支部书记")
        security.get_by_label("代理到哪一天").fill("2031-01-01")
        security.get_by_label("为什么代理").fill("书记外出学习")
        security.get_by_role("button", name="任命代理").click()
        expect(security.get_by_role("alert")).to_contain_text("不超过半年")
        keeps(security, "refused")
        security.get_by_label("代理到哪一天").fill("2026-06-30")
        security.get_by_role("button", name="任命代理").click()
        expect(security.get_by_role("status")).to_contain_text("已经办好：任命代理")
        keeps(security, "done")
        security.goto(f"{panel}/holding/list?search=邱代理")
        row = security.get_by_role("row").filter(has_text="邱代理")
        expect(row).to_contain_text("2026年6月30日")

        expect(row).to_contain_text("支部书记")

        audit.goto(f"{panel}/history/list?search=代理职务")
        keeps(audit, "history")
        assert security_name(security) in audit.get_by_role("main").inner_text()
        for other in (system, security):
            other.goto(f"{panel}/history/list")
            expect(other.get_by_role("heading", name="办理记录")).to_have_count(0)


def security_name(page: Page) -> str:
    """Who is signed in here, as it stands at the top of every page."""
    return page.locator("header span").inner_text().split("· ")[-1].split("（")[0]
