"""Conflicts of interest: what the discipline committee member is shown of who decided in what concerns them."""

import pytest

from shared.db.members import Member
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden
from shared.usecases.answers import Remedy, answer_objection
from shared.usecases.conflicts import Concern, Conflict, conflicts
from shared.usecases.objections import assign_investigator
from shared.usecases.records import enter_record
from tests.usecases.stage import START, Stage, deed


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch whose quarter takes records."""
    return Stage(db, clockwork)


def shown(stage: Stage, by: str = "discipline") -> list[Conflict]:
    """What somebody is shown."""
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        return list(conflicts(session, stage.who(by)))


def member(stage: Stage, role: str) -> Member:
    """The member who holds a role."""
    member_id = stage.who(role).member_id
    assert member_id
    return stage.row(Member, member_id)


def test_a_round_in_which_nobody_decided_on_themselves_has_none(stage: Stage) -> None:
    stage.accept(stage.claim(stage.mei))
    stage.publish()

    assert shown(stage) == []


def test_what_somebody_entered_of_themselves_is_shown(stage: Stage) -> None:
    recorder = member(stage, "recorder")
    stage.do(enter_record, "recorder", stage.round_id, recorder.id, deed("D-K09", START.date()))
    stage.propose()

    (one,) = shown(stage)
    assert (one.concern, one.command, one.actor_name, one.name) == (
        Concern.OWN,
        "enter",
        recorder.name,
        recorder.name,
    )


def test_who_names_the_investigator_of_their_own_objection_is_shown(stage: Stage) -> None:
    stage.publish()
    objection = stage.object(stage.branch["secretary"], stage.mei)
    of_secretary = stage.object(stage.mei, member(stage, "secretary"))
    for one in (objection, of_secretary):
        stage.do(assign_investigator, "secretary", one.id, stage.branch["discipline"].person_id)

    assert {(one.concern, one.subject_id) for one in shown(stage)} == {
        (Concern.RAISED, objection.id),
        (Concern.OWN, of_secretary.id),
    }


def test_who_answers_about_what_they_decided_before_is_shown(stage: Stage) -> None:
    stage.refuse(stage.claim(stage.mei))
    stage.publish()
    objection = stage.object(stage.mei, stage.mei)
    stage.investigate(objection.id)
    stage.do(answer_objection, "organiser", objection.id, False, "与细则一致", Remedy())

    assert [(one.concern, one.command, one.number) for one in shown(stage)] == [
        (Concern.INVOLVED, "reject", objection.number)
    ]


def test_nobody_else_is_shown_them(stage: Stage) -> None:
    for other in ("secretary", "recorder", "organiser"):
        with pytest.raises(Forbidden):
            shown(stage, other)
