"""Every page that each role comes to by links: heard, reached by keyboard, readable and light, in every look."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Page

from services.api.web.pages import SIZES, THEMES
from services.cli.screens import walk
from shared.authz.actor import Actor
from shared.db.session import Db
from shared.usecases.claims import draft_claim, return_claim
from tests.browser.conftest import Opens
from tests.browser.looking import findings, unreached, wider_than_the_screen
from tests.browser.officers import of_the_county
from tests.builders import a_deed
from tests.usecases.stage import DAY, POSTED, START, Stage

# Minutes, or many pictures of one page: with ./jifen test --all.
pytestmark = pytest.mark.long

FIRST_LOAD, HEAVIEST = 60 * 1024, 200 * 1024
WIDTHS = (320, 375, 1280)
# All twenty-seven, by width: a width moves things about, a size and a theme change how they look.
LOOKS = list(product(SIZES, THEMES, WIDTHS))
SOME = [("", "", 1280), ("large", "dark", 375), ("xl", "contrast", 320)]
ROLES = (
    *("member", "leader", "recorder", "organiser", "publicity", "secretary", "discipline", "office"),
    *("township_officer", "county_officer"),
)


class Scales:
    """What a page brings over the line when nothing of it is there yet, in bytes as they travel."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Network.enable")
        self._session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        self._session.on("Network.loadingFinished", self._add)
        self._bytes = 0.0

    def _add(self, loaded: dict[str, Any]) -> None:
        self._bytes += loaded["encodedDataLength"]

    def taken(self) -> float:
        """Return the weight since it was last asked."""
        taken, self._bytes = self._bytes, 0.0
        return taken


def collecting(db: Db, clockwork: Db) -> Stage:
    """A branch in which claims are written, handed in, sent back."""
    stage = Stage(db, clockwork)
    stage.do(draft_claim, stage.mei, stage.round_id, stage.mei.id, a_deed("D-A5", START.date()))
    stage.claim(stage.mei)
    stage.do(return_claim, "organiser", stage.claim(stage.branch.members[1]).id, "请写明和谁一起")
    stage.claim(stage.branch.members[2], "D-E6")
    return stage


def hanging(db: Db, clockwork: Db) -> Stage:
    """A branch whose notice hangs, with objections raised and investigated."""
    stage = Stage(db, clockwork)
    stage.refuse(stage.claim(stage.mei, "D-E6"))
    stage.accept(stage.claim(stage.branch.members[1]))
    stage.publish()
    stage.object(stage.branch.members[1], stage.branch.members[2])
    stage.investigate(stage.object(stage.mei, stage.mei).id)
    return stage


def settled(db: Db, clockwork: Db) -> Stage:
    """A branch whose quarter is settled and waits to be filed."""
    stage = Stage(db, clockwork)
    stage.accept(stage.claim(stage.mei))
    stage.publish()
    stage.move(POSTED + 9 * DAY)
    return stage


@pytest.fixture(scope="module", params=[collecting, hanging, settled], ids=lambda made: made.__name__)
def stage(request: pytest.FixtureRequest, db: Db, clockwork: Db) -> Stage:
    """A branch at each of these stages in turn."""
    make: Callable[[Db, Db], Stage] = request.param
    return make(db, clockwork)


@pytest.fixture(scope="module")
def known(stage: Stage) -> set[str]:
    """The kinds of page that somebody has come to at this stage."""
    return set()


def who(stage: Stage, role: str) -> Actor:
    """Return whoever plays a role."""
    if role == "member":
        return stage.who(stage.mei)
    if role == "county_officer":
        return of_the_county(stage)
    return stage.branch.leaders[0] if role == "leader" else stage.who(role)


def shown(page: Page, size: str, theme: str, width: int) -> None:
    """Show a page as its reader has chosen it: what stands on the root element says so, wherever it comes from."""
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate(
        "([size, theme]) => Object.assign(document.documentElement.dataset, {size, theme})", [size, theme]
    )


def wrong_as_shown(page: Page, axe: str, ways: list[tuple[str, str, int]]) -> Iterator[str]:
    """Yield what is wrong with a page in some of the ways in which it may be shown; the whole once for a width."""
    read = set[int]()
    for size, theme, width in ways:
        shown(page, size, theme, width)
        found = findings(page, axe, look_alone=width in read)
        read.add(width)
        for fault in (*found, *wider_than_the_screen(page)):
            yield f"{page.url} ({size or 'standard'}, {theme or 'light'}, {width}): {fault}"


def too_heavy(page: Page, taken: float, member: bool) -> Iterator[str]:
    """Yield what is heavier than an old telephone on a village's line should have to load."""
    if member and taken > FIRST_LOAD:
        yield f"{page.url}: {taken / 1024:.1f} KB before anything can be read"
    if len(page.content()) > HEAVIEST:
        yield f"{page.url}: a page of {len(page.content()) // 1024} KB"


@pytest.mark.long
@pytest.mark.parametrize("role", ROLES)
def test_every_page_that_a_role_comes_to(opens: Opens, axe: str, stage: Stage, known: set[str], role: str) -> None:
    start = "/home" if role == "member" else "/desk"
    page = opens(who(stage, role), start)
    scales, site, faults = Scales(page), page.url.removesuffix(start), list[str]()
    known -= {start}
    for _ in walk(page, site, start, known, faults):
        page.wait_for_load_state("networkidle")
        faults += too_heavy(page, scales.taken(), role == "member")
        faults += [f"{page.url}: Tab never reaches {one}" for one in unreached(page)]
        faults += wrong_as_shown(page, axe, LOOKS)

    assert faults == []


@pytest.mark.parametrize(("role", "path"), [("member", "/home"), ("member", "/claims"), ("secretary", "/desk")])
def test_the_pages_that_people_begin_with(
    opens: Opens, axe: str, db: Db, clockwork: Db, begun: Stage, role: str, path: str
) -> None:
    page = opens(who(begun, role), path)
    scales = Scales(page)
    page.reload(wait_until="networkidle")

    assert [*too_heavy(page, scales.taken(), role == "member"), *unreached(page)] == []
    assert list(wrong_as_shown(page, axe, SOME)) == []


@pytest.fixture(scope="module")
def begun(db: Db, clockwork: Db) -> Stage:
    """A branch that collects claims."""
    return collecting(db, clockwork)
