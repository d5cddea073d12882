"""Supervisions and the monthly meeting: the rule proposes from counts of work, people decide, the branch hears."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shared.db.session import Db
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.periods import Period
from shared.domain.supervisions import Standing
from shared.usecases.supervisions import see_supervisions, supervise, supervise_all, supervisions_of
from shared.usecases.work_meetings import (
    Heard,
    call_work_meeting,
    close_work_meeting,
    hear_reports,
    proposed_agenda,
    see_work_meeting,
)
from tests.usecases.stage import DAY, POSTED, Stage

TOWN = "township_officer"
APRIL = Period.parse("2026-04")


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch whose quarter hangs on the board in April."""
    made = Stage(db, clockwork)
    made.accept(made.claim(made.mei))
    made.publish()
    return made


def reading(step: Callable[..., Any]) -> Callable[..., Any]:
    """A step that needs no instant."""
    return lambda session, actor, *given: step(session, actor, *given[:-1])


def april(stage: Stage) -> Any:
    (one,) = stage.do(reading(see_supervisions), TOWN, APRIL)
    return one


def test_what_was_not_done_by_its_term_is_counted(stage: Stage) -> None:
    stage.move(POSTED + 20 * DAY)

    conduct = april(stage).conduct

    # The notice was posted two days late, and the package has not gone up.
    assert (conduct.timely.due, conduct.timely.late, conduct.answered.due) == (4, 2, 0)
    assert conduct.standing is Standing.SOUND
    assert conduct.words == "到期工作 4 件，逾期 2 件。"


def test_an_objection_left_lying_counts_against_the_branch(stage: Stage) -> None:
    stage.object(stage.mei, stage.mei)
    stage.move(POSTED + 20 * DAY)

    conduct = april(stage).conduct

    assert (conduct.answered.due, conduct.answered.late) == (1, 1)
    assert conduct.standing is Standing.URGED


@pytest.mark.long
def test_the_level_above_decides_once_and_the_branch_is_told(stage: Stage) -> None:
    with pytest.raises(NotNow, match="还没有结束"):
        stage.do(supervise_all, TOWN, APRIL)
    stage.move(POSTED + 20 * DAY)

    assert stage.do(supervise_all, TOWN, APRIL) == 1
    with pytest.raises(NotNow, match="都办完了"):
        stage.do(supervise_all, TOWN, APRIL)
    with pytest.raises(NotNow, match="已经评定为“正常”"):
        stage.do(supervise, TOWN, stage.unit_id, APRIL, Standing.SOUND, "")

    (message,) = stage.messages("supervision")
    assert message.body["text"].startswith("柳溪镇对第1村党支部2026年4月积分工作的评定：正常。到期工作")
    (own,) = stage.do(reading(supervisions_of), "secretary")
    assert (own.standing, own.figures["timely"]) == ("sound", {"due": 4, "late": 2})


@pytest.mark.long
def test_a_decision_against_the_rule_gives_its_reason_and_no_points_enter(stage: Stage) -> None:
    stage.move(POSTED + 20 * DAY)

    with pytest.raises(Invalid, match="按规则是“正常”，评定为“表扬”的要写明理由"):
        stage.do(supervise, TOWN, stage.unit_id, APRIL, Standing.COMMENDED, " ")
    decided = stage.do(supervise, TOWN, stage.unit_id, APRIL, Standing.COMMENDED, "抢险期间仍按期公示")

    assert decided.words.endswith("抢险期间仍按期公示")
    assert set(decided.figures) == {"by", "timely", "complete", "answered"}


@pytest.mark.long
def test_only_those_above_decide_and_only_of_their_own(stage: Stage, db: Db, clockwork: Db) -> None:
    stage.move(POSTED + 20 * DAY)
    other = Stage(db, clockwork)

    with pytest.raises(Forbidden):
        stage.do(supervise_all, "secretary", APRIL)
    with pytest.raises(NotFound):
        stage.do(supervise, TOWN, other.unit_id, APRIL, Standing.SOUND, "")


@pytest.mark.long
def test_a_months_meeting_from_the_agenda_to_the_minutes(stage: Stage) -> None:
    stage.object(stage.mei, stage.mei)
    stage.move(POSTED + 20 * DAY)
    agenda = stage.do(proposed_agenda, TOWN)

    meeting = stage.do(call_work_meeting, TOWN, date(2026, 5, 8), agenda)
    stage.do(hear_reports, TOWN, meeting.id, {stage.unit_id: Heard(True, " 异议本周答复 ")})
    stage.do(close_work_meeting, TOWN, meeting.id, "第1村党支部5月10日前答复。")

    assert "拟督促：第1村党支部。" in agenda
    assert "逾期未办的工作" in agenda
    seen = stage.do(reading(see_work_meeting), TOWN, meeting.id)
    assert [(unit.name, report) for unit, report in seen.reports] == [("第1村党支部", Heard(True, "异议本周答复"))]
    assert [m.body["roles"] for m in stage.messages("work_meeting")] == [["secretary"]]
    with pytest.raises(NotNow, match="不能再改"):
        stage.do(hear_reports, TOWN, meeting.id, {stage.unit_id: Heard(False, "")})
    with pytest.raises(NotNow, match="已经召集过了"):
        stage.do(call_work_meeting, TOWN, date(2026, 5, 28), agenda)


@pytest.mark.long
def test_only_units_directly_below_report(stage: Stage) -> None:
    county = replace(stage.who(TOWN), unit_id=stage.county_id, roles=frozenset({"county_officer"}))
    meeting = stage.do(call_work_meeting, county, date(2026, 5, 8), "听取汇报")

    with pytest.raises(Invalid, match="不是直接下级"):
        stage.do(hear_reports, county, meeting.id, {stage.unit_id: Heard(True, "")})
    with pytest.raises(Forbidden):
        stage.do(call_work_meeting, "secretary", date(2026, 5, 8), "听取汇报")
