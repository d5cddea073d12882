"""What follows from a year is heard, decided by people with a minute, followed, and ended before the branch."""

from uuid import uuid4

import pytest

from shared.db.outcomes import OutcomeCase
from shared.db.session import Db, acting
from tests.api.conftest import Browser
from tests.api.people import signed_in
from tests.usecases.stage import START, Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    return Stage(db, clockwork)


@pytest.fixture
def case(stage: Stage) -> OutcomeCase:
    """A proposal as the clock makes it when a year has settled."""
    made = OutcomeCase(
        county_id=stage.county_id,
        id=uuid4(),
        unit_id=stage.unit_id,
        member_id=stage.mei.id,
        period="2025",
        kind="talk",
        measure="remind",
        legal_basis="《中国共产党党员教育管理工作条例》",
        terms={"choices": [], "months": None},
        basis="2025 年度积分 40.00 分，依据细则“谈话提醒”",
        body="committee",
        state="proposed",
        proposed_at=START,
    )
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        session.add(made)
    return made


MINUTED = {"note": "谈一次话", "minute": "支委会〔2026〕2号"}


def test_a_case_goes_from_the_member_s_words_to_its_end(browser: Browser, stage: Stage, case: OutcomeCase) -> None:
    secretary = signed_in(browser.app, stage.db, stage.branch["secretary"])
    mei = signed_in(browser.app, stage.db, stage.who(stage.mei))
    at = f"/outcomes/{case.id}"
    assert "待研究" in secretary.opens("/outcomes")
    # Whom an office lets see no outcomes sees their own as a member, and nobody else's.
    assert stage.mei.name not in signed_in(browser.app, stage.db, stage.branch.leaders[0]).opens("/outcomes")
    secretary.opens(f"{at}/decide")
    assert "要先听取本人意见" in secretary.hands_in(f"{at}/decide", 422, taken="yes", **MINUTED)

    assert "请您说说意见" in mei.opens("/home")
    assert "说说我的意见" in mei.opens(at)
    mei.opens(f"{at}/hear")
    assert "已听取本人意见" in mei.hands_in(f"{at}/hear", words="家里有困难，今后改正")
    secretary.opens(f"{at}/decide")
    assert "请填写会议记录编号" in secretary.hands_in(f"{at}/decide", 422, taken="yes", note="谈一次话")
    assert "已决定" in secretary.hands_in(f"{at}/decide", taken="yes", **MINUTED)
    secretary.opens(f"{at}/owner")
    assert "谁负责" in secretary.hands_in(f"{at}/owner", owner=stage.branch["organiser"].person_id)
    for step, more in (("step", {}), ("check", {"good": "no"}), ("step", {}), ("check", {"good": "yes"})):
        secretary.opens(f"{at}/{step}")
        secretary.hands_in(f"{at}/{step}", done_on=["2026", "1", "5"], text="谈心，商定办法", **more)
        assert "结果怎样运用" in mei.opens("/year")
    secretary.opens(f"{at}/close")
    assert "已办结" in secretary.hands_in(f"{at}/close", ending="已改正")

    said = signed_in(browser.app, stage.db, stage.who(stage.branch.members[1])).opens("/outcomes")
    assert "提醒谈话" in said
    assert "已改正" in said
    assert "家里有困难" not in said


@pytest.mark.long
def test_who_came_second_is_told(browser: Browser, stage: Stage, case: OutcomeCase) -> None:
    first, second = (signed_in(browser.app, stage.db, stage.branch["secretary"]) for _ in "12")
    at, words = f"/outcomes/{case.id}/decide", {"taken": "no", "note": "情况特殊", "minute": "支委会〔2026〕2号"}
    first.opens(at)
    second.opens(at)
    first.hands_in(at, 200, **words)

    assert "现在是“不采用”" in second.hands_in(at, 422, **words)


@pytest.mark.long
def test_nobody_else_sees_or_decides(browser: Browser, stage: Stage, case: OutcomeCase) -> None:
    recorder = signed_in(browser.app, stage.db, stage.branch["recorder"])
    recorder.opens(f"/outcomes/{case.id}/decide")
    assert "不能办理" in recorder.hands_in(f"/outcomes/{case.id}/decide", 422, taken="no", **MINUTED)
    other = signed_in(browser.app, stage.db, stage.who(stage.branch.members[1]))
    other.opens(f"/outcomes/{case.id}", 403)
    assert stage.mei.name not in other.opens("/outcomes")
    other.opens(f"/outcomes/{case.id}/unheard-of", 404)


@pytest.mark.long
def test_the_member_takes_a_decision_to_the_level_above(browser: Browser, stage: Stage, case: OutcomeCase) -> None:
    secretary = signed_in(browser.app, stage.db, stage.branch["secretary"])
    mei = signed_in(browser.app, stage.db, stage.who(stage.mei))
    town = signed_in(browser.app, stage.db, stage.who("township_officer"))
    at = f"/outcomes/{case.id}"
    town.opens(at, 404)
    mei.opens(f"{at}/hear")
    mei.hands_in(f"{at}/hear", words="不同意")
    secretary.opens(f"{at}/decide")
    secretary.hands_in(f"{at}/decide", taken="yes", **MINUTED)
    assert "可以在" in mei.opens(at)
    mei.opens(f"{at}/appeal")
    assert "申诉中" in mei.hands_in(f"{at}/appeal", grounds="当天请过假")

    assert "当天请过假" in town.opens(at)
    town.opens(f"{at}/rule")
    assert "不采用" in town.hands_in(f"{at}/rule", upheld="yes", text="请假属实，原决定撤销")

    assert "请假属实" in mei.opens(at)
    assert stage.row(OutcomeCase, case.id).state == "dropped"


@pytest.mark.long
def test_the_committee_suggests_something_from_the_roster(browser: Browser, stage: Stage) -> None:
    secretary = signed_in(browser.app, stage.db, stage.branch["secretary"])
    at = f"/members/{stage.mei.id}"
    assert "建议表扬、推荐、谈话" in secretary.opens(at)
    secretary.opens(f"{at}/suggest")
    assert "请写明为什么" in secretary.hands_in(f"{at}/suggest", 422, measure="mentor")

    said = secretary.hands_in(f"{at}/suggest", measure="mentor", basis="新党员，请老党员带一带")

    assert "重点帮带" in said
    assert "建议，待研究" in said
