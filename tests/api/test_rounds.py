"""Rounds: the month's steps, by the stages of each book, with what is left of each."""

import pytest

from shared.db.session import Db
from shared.usecases.claims import submit_claim
from tests.api.conftest import Browser
from tests.api.people import signed_in
from tests.usecases.stage import CLOSED, Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch in its first quarter under the county's plan."""
    return Stage(db, clockwork)


def test_the_list_leads_to_the_rounds_steps(browser: Browser, stage: Stage) -> None:
    secretary = signed_in(browser.app, stage.db, stage.who("secretary"))

    assert "2026年第一季度" in secretary.opens("/rounds")
    assert "收申报" in secretary.opens(f"/rounds/{stage.round_id}")


def test_each_step_says_how_much_is_left_of_it(browser: Browser, stage: Stage) -> None:
    claim = stage.claim(stage.mei, submit=False)
    stage.do(submit_claim, stage.mei, claim.id)

    said = signed_in(browser.app, stage.db, stage.who("recorder")).opens(f"/rounds/{stage.round_id}")

    assert "还有 1 项没有签" in said
    assert "还有 1 项没有审核" in said
    assert "党员大会评定 · 还没有到" in said


@pytest.mark.parametrize(
    ("book", "period", "step"),
    [
        ("chaiqian", "2026-Q1", "支部认定"),
        ("xujiayan", "2026-Q1", "评议小组评分"),
        ("xinba", "2026-01", "党小组长签意见"),
    ],
)
def test_the_steps_are_the_books_own(
    browser: Browser, db: Db, clockwork: Db, book: str, period: str, step: str
) -> None:
    stage = Stage(db, clockwork, book, period)

    said = signed_in(browser.app, db, stage.who("secretary")).opens(f"/rounds/{stage.round_id}")

    assert step in said


def test_when_claims_have_closed_the_next_step_is_the_committees(browser: Browser, stage: Stage) -> None:
    stage.move(CLOSED)

    said = signed_in(browser.app, stage.db, stage.who("secretary")).opens(f"/rounds/{stage.round_id}")

    assert "还剩" in said.split("支委会提出初步意见")[1]


def test_a_member_without_an_office_has_no_work_list(browser: Browser, stage: Stage) -> None:
    signed_in(browser.app, stage.db, stage.who(stage.mei)).opens(f"/rounds/{stage.round_id}", 403)


def test_another_branchs_round_is_not_there(browser: Browser, stage: Stage, db: Db, clockwork: Db) -> None:
    other = Stage(db, clockwork)

    signed_in(browser.app, stage.db, stage.who("secretary")).opens(f"/rounds/{other.round_id}", 404)
