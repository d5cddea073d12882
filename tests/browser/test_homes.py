"""A member's pages on the smallest phone in the largest type: heard, reached, and never wider than the screen."""

import pytest
from playwright.sync_api import Page

from shared.db.session import Db
from shared.usecases.claims import return_claim
from tests.browser.conftest import Opens
from tests.browser.looking import findings, wider_than_the_screen
from tests.usecases.stage import Stage

# Minutes, or many pictures of one page: with ./jifen test --all.
pytestmark = pytest.mark.long

OWN = (
    "/home",
    "/claims",
    "/points",
    "/year",
    "/board",
    "/lines/mine",
    "/objections",
    "/notifications",
    "/reports/about-me",
    "/proxies/new",
    "/rights",
    "/rights/copy",
    "/complaints",
    "/reflections/new",
)


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch whose notice hangs; of Mei's claims one counts, one came back and was not supplemented."""
    made = Stage(db, clockwork, members=3)
    made.accept(made.claim(made.mei))
    back = made.claim(made.mei, "D-A5")
    made.do(return_claim, "organiser", back.id, "请写明和谁一起去的，附一张照片")
    made.publish()
    return made


def test_every_page_of_a_member_is_for_old_eyes_and_old_phones(stage: Stage, opens: Opens, axe: str) -> None:
    page = opens(stage.branch.actors[stage.mei.id], "/home", width=320, size="xl")
    start = page.url.removesuffix("/home")
    new = f"/objections/new/{stage.line(stage.mei).id}"

    for path in (*OWN, new):
        page.goto(start + path)
        assert faults(page, axe) == [], path


def faults(page: Page, axe: str) -> list[str]:
    """Return what is wrong with a page, and whether it is one at all."""
    assert page.locator("h1").count() == 1, page.url
    return [*findings(page, axe), *wider_than_the_screen(page)]
