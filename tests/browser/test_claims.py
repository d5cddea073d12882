"""A member's claim in a real browser: with a script and without, on a small phone in large type."""

from datetime import UTC, datetime

import pytest

from shared.db.session import Db, acting
from shared.usecases.rounds import open_round
from tests.browser.conftest import Opens
from tests.browser.looking import findings, unreached, wider_than_the_screen
from tests.builders import Branch, a_county, founder, set_clock

# What takes minutes together: with ./jifen test --all.
pytestmark = pytest.mark.long

START = datetime(2026, 2, 3, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def branch(db: Db) -> Branch:
    made = a_county(db)[0]
    set_clock(db, made.county_id, START)
    with acting(db, made.county_id, made.unit_id) as session:
        open_round(session, founder(made.county_id), made.unit_id, "2026-Q1", START)
    return made


@pytest.mark.parametrize("javascript", [True, False])
def test_a_claim_from_the_item_to_its_number(opens: Opens, branch: Branch, javascript: bool) -> None:
    page = opens(branch.actors[branch.members[0].id], "/claims/new", javascript=javascript, width=375)

    page.locator('a[href="/claims/new/D-A4"]').click()
    for name, value in zip(("年", "月", "日"), ("2026", "2", "1"), strict=True):
        page.get_by_label(name, exact=True).fill(value)
    page.get_by_label("做了什么").fill("清扫村道")
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("link", name="下一步").click()
    page.wait_for_url("**/check")
    page.get_by_role("button", name="提交申报").click()

    page.wait_for_url("**/submitted")
    assert "2026-Q1-" in page.inner_text("main")


def test_a_claim_s_page_can_be_heard_reached_and_read_in_the_largest_type(
    opens: Opens, branch: Branch, axe: str
) -> None:
    page = opens(branch.actors[branch.members[1].id], "/claims/new/D-A4", width=320, size="xl", theme="contrast")

    assert findings(page, axe) == []
    assert wider_than_the_screen(page) == []
    assert unreached(page) == []
