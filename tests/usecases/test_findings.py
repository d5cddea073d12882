"""Findings: written by the named investigator before the answer, and never changed afterwards."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.db.objections import Objection
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.windows import local_day
from shared.usecases.answers import Remedy, answer_objection
from shared.usecases.findings import Inquiry, findings_of, investigate
from shared.usecases.objections import assign_investigator, withdraw_objection
from tests.usecases.stage import POSTED, Stage

FOUND = Inquiry("查阅了签到表，当天确有发言。", "本人和会议记录人", local_day(POSTED))


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch whose quarter hangs on the board, and somebody to look into an objection to Mei's line."""
    made = Stage(db, clockwork)
    made.accept(made.claim(made.mei))
    made.publish()
    return made


@pytest.fixture
def objection(stage: Stage) -> Objection:
    """Mei objects; the discipline committee member investigates."""
    made = stage.object(stage.mei, stage.mei)
    stage.do(assign_investigator, "secretary", made.id, stage.branch["discipline"].person_id)
    return made


def answer(stage: Stage, objection: Objection) -> None:
    """Answer that it stays as it is."""
    stage.do(answer_objection, "organiser", objection.id, False, "记录与细则一致", Remedy())


def test_nothing_is_answered_before_it_has_been_looked_into(stage: Stage, objection: Objection) -> None:
    with pytest.raises(NotNow, match="还没有写下调查情况"):
        answer(stage, objection)
    stage.do(investigate, "discipline", objection.id, FOUND)
    answer(stage, objection)

    assert stage.history(objection.id) == ["raise", "assign", "investigate", "reject"]
    said = {message.body["text"] for message in stage.messages("objection")}
    assert f"收到异议 {objection.number}，请在2026年4月17日 24:00 前调查并书面答复。" in said
    assert f"异议 {objection.number} 的调查情况已写好，请在2026年4月17日 24:00 前书面答复。" in said


def test_who_is_named_writes_it_and_nobody_else(stage: Stage, objection: Objection) -> None:
    for wrong in ("organiser", "secretary", stage.branch.members[1]):
        with pytest.raises(Forbidden, match="指定的调查人"):
            stage.do(investigate, wrong, objection.id, FOUND)
    member = stage.branch.members[2]
    stage.do(assign_investigator, "secretary", objection.id, member.person_id)
    with pytest.raises(Forbidden, match="指定的调查人"):
        stage.do(investigate, "discipline", objection.id, FOUND)

    stage.do(investigate, member, objection.id, FOUND)  # any member may be asked to


def test_when_another_is_named_the_former_one_s_findings_do_not_do(stage: Stage, objection: Objection) -> None:
    stage.do(investigate, "discipline", objection.id, FOUND)
    stage.do(assign_investigator, "secretary", objection.id, stage.branch["publicity"].person_id)

    with pytest.raises(NotNow, match="还没有写下调查情况"):
        answer(stage, objection)
    stage.move(stage.now + timedelta(hours=1))
    stage.do(investigate, "publicity", objection.id, replace(FOUND, text="复核结果相同。"))
    answer(stage, objection)

    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        shown = [finding.text for finding in findings_of(session, objection)]
    assert shown == [FOUND.text, "复核结果相同。"]


def test_every_fault_of_an_inquiry_is_told_at_once(stage: Stage, objection: Objection) -> None:
    early = Inquiry(" ", "", local_day(POSTED - timedelta(days=1)))

    with pytest.raises(Invalid) as refused:
        stage.do(investigate, "discipline", objection.id, early)

    assert all(fault in str(refused.value) for fault in ("查明了什么", "听取了哪些人", "2026-04-14"))
    with pytest.raises(Invalid, match="调查日期"):
        stage.do(investigate, "discipline", objection.id, replace(FOUND, held_on=local_day(POSTED) + timedelta(1)))


@pytest.mark.long
def test_a_case_that_has_ended_is_not_looked_into_any_more(stage: Stage, objection: Objection) -> None:
    stage.do(withdraw_objection, stage.mei, objection.id)

    with pytest.raises(NotNow, match="已办结"):
        stage.do(investigate, "discipline", objection.id, FOUND)


@pytest.mark.long
def test_what_was_found_is_never_changed(stage: Stage, objection: Objection) -> None:
    stage.do(investigate, "discipline", objection.id, FOUND)

    for change in ("UPDATE finding SET text = '另一种说法'", "DELETE FROM finding"):
        with pytest.raises(DBAPIError), acting(stage.db, stage.county_id, stage.unit_id) as session:
            session.execute(text(change))
