"""The administrators' panel in a real browser: signed in by hand, every page readable, usable without a script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from services.admin.app import VIEWS, create_app
from services.admin.scopes import read_for_whom_asks
from services.cli.database import Urls
from shared.db.session import Db
from tests.admin.people import a_code_of, an_administrator
from tests.browser.conftest import served
from tests.browser.looking import findings, wider_than_the_screen
from tests.builders import Branch, a_county
from tests.quarters import posted
from tests.usecases.people import PASSWORD, SECRET

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
    actor, signer = an_administrator(db, branch, "audit_administrator")
    context = browser.new_context(viewport={"width": request.param, "height": 900}, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(panel)
    page.fill("#name", signer.name)
    page.fill("#password", PASSWORD)
    page.get_by_role("button").click()
    page.fill("#code", a_code_of(db, actor, signer))
    page.get_by_role("button").click()
    page.get_by_role("heading", name="工作情况").wait_for()
    yield page
    context.close()


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
