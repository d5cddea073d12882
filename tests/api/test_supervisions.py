"""Supervisions, hints and work meetings on pages, for the township; what was decided, for the branch."""

import pytest

from shared.db.session import Db
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.stage import DAY, POSTED, Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A quarter without a single claim, settled in April and not sent up."""
    made = Stage(db, clockwork)
    made.publish()
    made.move(POSTED + 20 * DAY)
    return made


def person(browser: Browser, stage: Stage, who: str) -> Person:
    return signed_in(browser.app, stage.db, stage.who(who))


def test_a_branch_is_judged_by_its_work_and_reads_why(browser: Browser, stage: Stage) -> None:
    town, secretary = person(browser, stage, "township_officer"), person(browser, stage, "secretary")
    assert "还没有评定" in secretary.opens("/supervisions")
    town.opens("/supervisions")
    assert "拟正常" in town.opens("/supervisions/2026-04")
    town.opens(f"/supervisions/2026-04/{stage.unit_id}")
    at = f"/supervisions/2026-04/{stage.unit_id}"
    assert "要写明理由" in town.hands_in(at, 422, standing="commended")

    town.hands_in(at, standing="commended", words="抢险期间仍按期公示")

    assert "表扬" in secretary.opens("/supervisions")
    assert "抢险期间仍按期公示" in secretary.opens("/supervisions")
    assert "党员001" not in town.opens("/supervisions/2026-04")
    town.opens("/supervisions/去年", 404)


@pytest.mark.long
def test_all_that_are_left_are_decided_at_once(browser: Browser, stage: Stage) -> None:
    town = person(browser, stage, "township_officer")
    town.opens("/supervisions/2026-04")

    said = town.hands_in("/supervisions/2026-04")

    assert "其余" not in said
    assert "正常" in said


@pytest.mark.long
def test_hints_are_shown_as_questions(browser: Browser, stage: Stage) -> None:
    said = person(browser, stage, "township_officer").opens("/hints")

    assert "只是提示，不是结论" in said
    assert "每个党员的积分都一样。 看看是不是只记了人人都有的项目" in said
    person(browser, stage, "secretary").opens("/hints", 403)


@pytest.mark.long
def test_a_work_meeting_is_called_heard_and_written_down(browser: Browser, stage: Stage) -> None:
    town = person(browser, stage, "township_officer")
    assert "逾期未办的工作" in town.opens("/work-meetings/new")
    said = town.hands_in("/work-meetings/new")
    assert town.page is not None
    at = town.page.url.path
    assert "第1村党支部" in said
    town.hands_in(f"{at}/reports", **{f"heard-{stage.unit_id}": "1", f"summary-{stage.unit_id}": "本周上报"})
    assert "请写明会议记录" in town.hands_in(f"{at}/minutes", 422, minutes="")

    said = town.hands_in(f"{at}/minutes", minutes="5月10日前上报。")

    assert "第1村党支部 已听取 本周上报" in said
    assert "5月10日前上报。" in said
    assert "已有会议记录" in town.opens("/work-meetings")
