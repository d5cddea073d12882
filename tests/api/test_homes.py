"""A member's home: their points as they stand, one thing to do next, and the days that matter."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from shared.db.session import Db
from shared.usecases.claims import return_claim
from shared.usecases.confirmations import compile_lines
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.stage import CLOSED, POSTED, Stage

FEBRUARY = datetime(2026, 2, 3, 1, tzinfo=UTC)


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    return Stage(db, clockwork, start=FEBRUARY)


@pytest.fixture
def mei(browser: Browser, db: Db, stage: Stage) -> Person:
    return signed_in(browser.app, db, stage.branch.actors[stage.mei.id])


def test_while_claims_are_taken_the_next_thing_is_to_claim(mei: Person) -> None:
    said = mei.opens("/home")

    assert "下一步 现在可以申报：2026年第一季度 2026年4月5日（周日）24:00前" in said
    assert "申报截止： 2026年4月5日（周日）24:00" in said
    assert "0000-200" in said


def test_what_has_been_accepted_counts_at_once(stage: Stage, mei: Person) -> None:
    stage.accept(stage.claim(stage.mei))
    stage.claim(stage.mei, "D-A5")

    said = mei.opens("/home")

    assert "2.00 2026年第一季度，到现在" in said
    assert "还有 1 项 申报 支部正在审核" in said


def test_a_claim_that_came_back_comes_first(stage: Stage, mei: Person) -> None:
    claim = stage.claim(stage.mei)
    stage.do(return_claim, "organiser", claim.id, "请写明和谁一起")

    said = mei.opens("/home")

    assert "下一步 支部请您补充：" in said
    assert f'href="/claims/{claim.id}"' in (mei.page.text if mei.page else "")
    assert "还有 1 件 申报积分：2026年第一季度" in said


def test_a_notice_that_hangs_is_to_be_checked(stage: Stage, mei: Person) -> None:
    stage.accept(stage.claim(stage.mei))
    stage.publish()

    said = mei.opens("/home")

    assert "请核对您的一行" in said
    assert "公示期满： 2026年4月21日（周二）24:00" in said
    assert "2.00 分" in mei.opens("/lines/mine")


def test_with_nothing_to_do_it_says_what_comes_next(stage: Stage, mei: Person) -> None:
    stage.move(CLOSED)

    said = mei.opens("/home")

    assert "现在没有要您办的事。 接下来：支部审核本期的申报，提出初步意见（2026年4月16日（周四）24:00前）" in said


def test_the_front_door_leads_members_home_and_officers_to_their_desk(
    browser: Browser, db: Db, stage: Stage, mei: Person
) -> None:
    officer = signed_in(browser.app, db, stage.branch.above["township_officer"])

    assert mei.client.get("/", follow_redirects=False).headers["location"] == "/home"
    assert officer.client.get("/", follow_redirects=False).headers["location"] == "/desk"
    assert "登录" in Person(browser.app).opens("/")
    assert officer.client.get("/home").status_code in {403, 404}


def test_a_stranger_is_led_to_the_sign_in(browser: Browser) -> None:
    for path in ("/home", "/points", "/year", "/lines/mine", "/objections", "/board"):
        answer = Person(browser.app).client.get(path, follow_redirects=False)
        assert answer.headers["location"].startswith("/sign-in?back="), path


def test_the_posted_day_is_the_one_that_is_told(stage: Stage, mei: Person) -> None:
    stage.publish(POSTED)
    line = UUID(str(mei.client.get("/lines/mine", follow_redirects=False).headers["location"])[-36:])

    assert stage.line(stage.mei).id == line


def test_what_was_left_out_may_be_claimed_while_a_first_notice_hangs(
    browser: Browser, db: Db, clockwork: Db
) -> None:
    stage = Stage(db, clockwork, "chaiqian", start=FEBRUARY)
    stage.move(CLOSED)
    stage.do(compile_lines, "office", stage.round_id)
    stage.post(by="office")
    mine = signed_in(browser.app, db, stage.who(stage.mei))

    said = mine.opens("/home")

    assert said.index("请核对您的一行") < said.index("补报：2026年第一季度")
