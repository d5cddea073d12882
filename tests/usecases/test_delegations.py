"""Delegations: a role handed over until a day, both named, never two duties in one hand, ended early."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import able
from shared.db.delegations import Delegation
from shared.db.history import History
from shared.db.messages import Message
from shared.db.session import Db, acting
from shared.db.units import Holding
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.usecases.administrations import end_role
from shared.usecases.delegations import appoint_acting, delegate, end_delegation, stands, to_delegate
from shared.usecases.members import actor_of
from tests.builders import founder
from tests.usecases.stage import Stage

UNTIL = date(2026, 2, 28)
WHY = "外出学习"


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch with its officers, and its township."""
    return Stage(db, clockwork)


def on(stage: Stage, actor: Actor, day: date) -> Actor:
    """Who somebody is in the branch on a day."""
    assert actor.person_id is not None
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        return actor_of(session, stage.county_id, stage.unit_id, actor.person_id, day)


def test_whom_a_role_is_handed_has_it_until_the_day_and_both_are_in_the_history(stage: Stage) -> None:
    mei = stage.who(stage.mei)
    made = stage.do(delegate, "secretary", "secretary", mei.person_id, UNTIL, WHY)

    assert able(on(stage, mei, UNTIL), Action.MEETING_HOLD)
    assert not able(on(stage, mei, UNTIL + timedelta(days=1)), Action.MEETING_HOLD)
    assert able(on(stage, stage.branch["secretary"], UNTIL), Action.MEETING_HOLD)
    step = stage.all(select(History).filter_by(subject_id=made.id))[0]
    assert step.actor_name == stage.branch["secretary"].name
    assert mei.name in (step.note or "")
    assert any(
        mei.name not in told.body["text"] for told in stage.all(select(Message).filter_by(topic="delegation"))
    )


def test_it_is_ended_early_by_either_of_the_two_and_by_nobody_else(stage: Stage) -> None:
    mei = stage.who(stage.mei)
    made = stage.do(delegate, "recorder", "recorder", mei.person_id, UNTIL, WHY)

    with pytest.raises(Forbidden, match="提前结束"):
        stage.do(end_delegation, "secretary", made.id)
    stage.do(end_delegation, on(stage, mei, stage.now.date()), made.id)

    assert not able(on(stage, mei, stage.now.date()), Action.RECORD_ENTER)
    with pytest.raises(NotNow, match="已经结束"):
        stage.do(end_delegation, "recorder", made.id)


@pytest.mark.parametrize(
    ("giver", "role", "taker"),
    [
        # who records would supervise; who drafts would approve; who reviews would approve
        ("discipline", "discipline", "recorder"),
        ("secretary", "secretary", "recorder"),
        ("secretary", "secretary", "publicity"),
        ("recorder", "recorder", "discipline"),
    ],
)
def test_never_two_duties_that_are_kept_apart(stage: Stage, giver: str, role: str, taker: str) -> None:
    with pytest.raises(Invalid, match="不能再办"):
        stage.do(delegate, giver, role, stage.branch[taker].person_id, UNTIL, WHY)


def test_only_one_s_own_role_to_a_colleague_within_the_term(stage: Stage) -> None:
    mei, ana = (stage.who(member) for member in stage.branch.members[:2])
    with pytest.raises(Forbidden, match="只能委托自己担任的职务"):
        stage.do(delegate, "recorder", "secretary", mei.person_id, UNTIL, WHY)
    with pytest.raises(NotFound, match="单位以外的人"):
        stage.do(delegate, "recorder", "recorder", stage.branch.above["word"].person_id, UNTIL, WHY)
    with pytest.raises(NotFound):
        stage.do(delegate, "recorder", "recorder", stage.branch["recorder"].person_id, UNTIL, WHY)
    with pytest.raises(Invalid) as refused:
        stage.do(delegate, "recorder", "recorder", mei.person_id, date(2030, 1, 1), " ")
    assert len(refused.value.faults) == 2

    stage.do(delegate, "recorder", "recorder", mei.person_id, UNTIL, WHY)
    with pytest.raises(Forbidden, match="不能再转给别人"):
        stage.do(delegate, on(stage, mei, stage.now.date()), "recorder", ana.person_id, UNTIL, WHY)


def test_it_ends_with_the_officer_s_own_term(stage: Stage) -> None:
    mei = stage.who(stage.mei)
    stage.do(delegate, "recorder", "recorder", mei.person_id, UNTIL, WHY)
    mine = select(Holding).filter_by(person_id=stage.branch["recorder"].person_id, role="recorder")

    stage.do(end_role, founder(stage.county_id), stage.all(mine)[0].id, date(2026, 1, 31))

    assert able(on(stage, mei, date(2026, 1, 31)), Action.RECORD_ENTER)
    assert not able(on(stage, mei, date(2026, 2, 1)), Action.RECORD_ENTER)


def test_somebody_is_appointed_to_act_by_who_grants_rights(stage: Stage) -> None:
    mei = stage.who(stage.mei)
    given = (mei.person_id, stage.unit_id, "secretary", UNTIL, "书记空缺")
    with pytest.raises(Forbidden):
        stage.do(appoint_acting, "township_officer", *given)
    grants = replace(founder(stage.county_id), person_id=stage.branch["recorder"].person_id)
    publicity = stage.branch["publicity"].person_id
    with pytest.raises(Invalid, match="审核的人不能批准"):
        stage.do(appoint_acting, grants, publicity, *given[1:])
    made = stage.do(appoint_acting, grants, *given)

    assert able(on(stage, mei, UNTIL), Action.MEETING_HOLD)
    assert not able(on(stage, mei, UNTIL + timedelta(days=1)), Action.MEETING_HOLD)
    assert stage.row(Delegation, made.id).kind == "acting"


def test_the_list_says_who_stands_in_for_whom(stage: Stage) -> None:
    mei = stage.who(stage.mei)
    stage.do(delegate, "recorder", "recorder", mei.person_id, UNTIL, WHY)

    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        (one,) = stands(session, stage.branch["recorder"], stage.now)
        roles, people = to_delegate(session, on(stage, mei, stage.now.date()), stage.now)

    assert (one.name, one.officer, one.until, one.theirs) == (mei.name, stage.branch["recorder"].name, UNTIL, True)
    assert roles == []
    assert mei.person_id not in {person.id for person in people}
