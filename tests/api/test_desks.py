"""Desks: what waits for each of a branch's people, until when, and what they have done."""

import re

import pytest

from services.api.desks import WAYS
from shared.db.session import Db
from shared.usecases.claims import submit_claim
from shared.usecases.opinions import give_opinion
from shared.usecases.sources import SOURCES
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.stage import CLOSED, DAY, Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch in its first quarter under the county's plan."""
    return Stage(db, clockwork)


def desk(browser: Browser, stage: Stage, who: str) -> str:
    return signed_in(browser.app, stage.db, stage.who(who)).opens("/desk")


def test_a_claim_waits_for_the_leader_of_its_group_and_then_for_the_committee(
    browser: Browser, stage: Stage
) -> None:
    claim = stage.claim(stage.mei, submit=False)
    stage.do(submit_claim, stage.mei, claim.id)
    leader = stage.branch.leader_of(stage.mei)
    other = next(one for one in stage.branch.leaders if one is not leader)

    assert "给 1 项申报签小组意见" in signed_in(browser.app, stage.db, leader).opens("/desk")
    assert "签小组意见" not in signed_in(browser.app, stage.db, other).opens("/desk")
    assert "审核 1 项申报" not in desk(browser, stage, "secretary")

    stage.do(give_opinion, leader, claim.id, True, "好")

    assert "签小组意见" not in signed_in(browser.app, stage.db, leader).opens("/desk")
    assert "审核 1 项申报" in desk(browser, stage, "secretary")


def test_what_is_overdue_stands_first_and_says_by_how_much(browser: Browser, stage: Stage) -> None:
    stage.move(CLOSED)
    before = desk(browser, stage, "secretary")
    assert "提出初步意见" in before
    assert "还剩" in before

    stage.move(CLOSED + 12 * DAY)

    said = desk(browser, stage, "secretary")
    assert "已逾期 1 件" in said
    assert "逾期" in said.split("提出初步意见")[1]


def test_an_empty_desk_says_what_comes_next(browser: Browser, stage: Stage) -> None:
    said = desk(browser, stage, "recorder")

    assert "没有要您办的事" in said
    assert "申报截止" in said


def test_a_department_finds_the_word_that_is_asked_of_it(browser: Browser, stage: Stage) -> None:
    stage.claim(stage.mei, "D-B1")

    assert "反馈部门意见" in desk(browser, stage, "word")
    assert "反馈部门意见" not in desk(browser, stage, "township_officer")


def test_the_number_in_the_menu_is_that_of_the_desk(browser: Browser, stage: Stage) -> None:
    stage.move(CLOSED)

    assert "待办 1 件" in desk(browser, stage, "secretary")


def test_what_was_done_is_found_again(browser: Browser, stage: Stage) -> None:
    claim = stage.claim(stage.mei)
    stage.accept(claim)

    organiser = signed_in(browser.app, stage.db, stage.who("organiser"))
    assert claim.number in organiser.opens("/desk/done")


def test_a_stranger_has_no_desk(browser: Browser) -> None:
    answer = Person(browser.app).client.get("/desk", follow_redirects=False)

    assert answer.headers["location"] == "/sign-in?back=%2Fdesk"


def test_every_task_leads_to_a_page_of_ours(browser: Browser) -> None:
    pages = {re.sub(r"{[^}]*}", "{}", route.path) for route in browser.app.routes}
    ways = {kind: re.sub(r"{[^}]*}", "{}", way.address) for kind, way in WAYS.items() if way.address}

    assert {kind for kind, address in ways.items() if address not in pages} == set()


def test_every_kind_of_task_has_its_words() -> None:
    assert {source.kind for source in SOURCES} <= set(WAYS)
