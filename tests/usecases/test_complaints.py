"""Complaints: anybody may write one, the unit itself does not see it, and the level above answers in writing."""

from uuid import UUID

import pytest
from sqlalchemy import select

from shared.authz.actor import Actor, the_public
from shared.db.complaints import Complaint
from shared.db.session import Db, acting
from shared.domain.complaints import ComplaintKind, Letter
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.usecases.complaints import (
    answer_complaint,
    close_complaint,
    complaints_received,
    complaints_written,
    write_complaint,
)
from tests.usecases.stage import Stage

LATE = Letter(ComplaintKind.COMPLAINT, "公示贴在屋里，外面看不到")
TOWN = "township_officer"


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch."""
    return Stage(db, clockwork)


def written(stage: Stage, actor: Actor) -> list[UUID]:
    """What somebody reads of their own."""
    with acting(stage.db, stage.county_id, actor.unit_id) as session:
        return [one.id for one in complaints_written(session, actor)]


def received(stage: Stage, actor: Actor) -> list[UUID]:
    """What lies with an officer's unit."""
    with acting(stage.db, stage.county_id, actor.unit_id) as session:
        return [one.id for one in complaints_received(session, actor)]


def test_it_goes_past_the_branch_to_the_level_above(stage: Stage) -> None:
    made = stage.do(write_complaint, stage.mei, LATE)

    assert made.number.startswith("诉20260105-")
    assert received(stage, stage.who(TOWN)) == [made.id]
    told = stage.messages("complaint", stage.branch.parent_id)
    assert [message.body["roles"] for message in told] == [[TOWN]]
    assert stage.messages("complaint") == []
    with pytest.raises(Forbidden):
        received(stage, stage.who("secretary"))
    for branch_s in ("secretary", "discipline"):
        with pytest.raises(Forbidden):
            stage.do(answer_complaint, branch_s, made.id, "没有的事")


def test_who_wrote_it_reads_it_again_and_nobody_else_of_the_branch(stage: Stage) -> None:
    made = stage.do(write_complaint, stage.mei, LATE)

    assert written(stage, stage.who(stage.mei)) == [made.id]
    assert written(stage, stage.who(stage.branch.members[1])) == []


def test_a_visitor_leaves_a_name_or_none(stage: Stage) -> None:
    visitor = the_public(stage.county_id, stage.unit_id)
    named = Letter(ComplaintKind.SUGGESTION, "字再大一点", "柳永根", "0555-0199")

    nobody, somebody = stage.do(write_complaint, visitor, LATE), stage.do(write_complaint, visitor, named)

    assert set(received(stage, stage.who(TOWN))) == {nobody.id, somebody.id}
    kept = stage.row(Complaint, somebody.id, stage.branch.parent_id)
    assert (kept.name, kept.telephone, kept.person_id) == ("柳永根", "0555-0199", None)
    assert stage.all(select(Complaint.id)) == []  # the branch has neither
    assert written(stage, visitor) == []
    stage.do(answer_complaint, TOWN, nobody.id, "已请村里移到外墙")


def test_it_is_answered_in_writing_and_closed(stage: Stage) -> None:
    made = stage.do(write_complaint, stage.mei, LATE)

    with pytest.raises(NotNow, match=r"已收到.*不能“办结”"):
        stage.do(close_complaint, TOWN, made.id)
    with pytest.raises(Invalid, match="书面"):
        stage.do(answer_complaint, TOWN, made.id, " ")
    stage.do(answer_complaint, TOWN, made.id, "已请村里移到外墙")
    stage.do(close_complaint, TOWN, made.id)
    with pytest.raises(NotNow, match="已办结"):
        stage.do(answer_complaint, TOWN, made.id, "再说一句")

    answer = stage.messages("complaint")[-1]
    assert answer.body["persons"] == [str(stage.mei.person_id)]
    assert "移到外墙" in answer.body["text"]


def test_about_a_township_it_lies_with_the_county(stage: Stage) -> None:
    officer = stage.who(TOWN)

    made = stage.do(write_complaint, officer, LATE)

    assert stage.all(select(Complaint.id), stage.county_id) == [made.id]
    assert written(stage, officer) == [made.id]
    with pytest.raises(Forbidden):
        stage.do(answer_complaint, officer, made.id, "自己答复自己")


def test_an_empty_letter_is_sent_back(stage: Stage) -> None:
    with pytest.raises(Invalid, match="请写明"):
        stage.do(write_complaint, stage.mei, Letter(ComplaintKind.SUGGESTION, " "))
    with pytest.raises(NotFound):
        stage.do(answer_complaint, TOWN, stage.round_id, "答复")
