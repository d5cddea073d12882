"""Who hears of what waits, and finds it on their desk, where a unit divides its work otherwise."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from shared.authz.actor import Actor
from shared.db.messages import Message, Notification
from shared.db.session import Db, acting
from shared.domain.policies import Effect, Rule
from shared.usecases.answers import Remedy, answer_objection
from shared.usecases.claims import submit_claim
from shared.usecases.members import actor_of
from shared.usecases.messages import deliver
from shared.usecases.opinions import give_opinion
from shared.usecases.policies import grant_policy, propose_policy
from shared.usecases.tasks import tasks_of
from tests.usecases.stage import POSTED, Stage

GIVE, FORBID, _ = Effect


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch with its officers, and its township."""
    return Stage(db, clockwork)


def arranged(stage: Stage, *rules: Rule) -> None:
    """Let the secretary propose and the township grant."""
    proposed = stage.do(propose_policy, "secretary", rules, "人手不够")
    stage.do(grant_policy, "township_officer", proposed.id)


def now_as(stage: Stage, role: str) -> Actor:
    """Who an officer is on the next request."""
    who = stage.branch[role]
    assert who.person_id is not None
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        return actor_of(session, stage.county_id, stage.unit_id, who.person_id, stage.now.date())


def told(stage: Stage, words: str) -> set[str]:
    """Deliver what is in the outbox; return which officers have heard these words."""
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        for message_id in session.scalars(select(Message.id).filter_by(done_at=None, unit_id=stage.unit_id)):
            deliver(session, message_id, stage.county_id, stage.now)
    persons = set(stage.all(select(Notification.person_id).where(Notification.text.contains(words))))
    return {role for role, actor in stage.branch.officers.items() if actor.person_id in persons}


def desk(stage: Stage, role: str) -> set[str]:
    """What kinds of things wait for an officer."""
    actor = now_as(stage, role)
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        return {task.kind for task in tasks_of(session, actor, stage.now)}


def test_an_objection_goes_to_whom_the_answer_was_given_and_no_longer_to_whom_it_is_forbidden(
    stage: Stage,
) -> None:
    arranged(stage, Rule(GIVE, "objection:answer", "recorder"), Rule(FORBID, "objection:answer", "secretary"))
    stage.accept(stage.claim(stage.mei))
    stage.publish()
    objection = stage.object(stage.mei, stage.mei)
    stage.investigate(objection.id)

    assert told(stage, "调查情况已写好") == {"recorder", "office"}
    assert "answer" in desk(stage, "recorder")
    assert "answer" not in desk(stage, "secretary")
    stage.do(answer_objection, now_as(stage, "recorder"), objection.id, False, "登记属实", Remedy())


def test_a_reminder_goes_to_whom_the_awaited_step_was_given(stage: Stage) -> None:
    arranged(stage, Rule(GIVE, "objection:assign", "office"), Rule(FORBID, "objection:assign", "secretary"))
    stage.accept(stage.claim(stage.mei))
    stage.publish()
    stage.object(stage.mei, stage.mei)

    stage.move(POSTED + timedelta(days=4))

    heard = told(stage, "一件异议已到办理期限")
    assert "office" in heard
    assert "secretary" not in heard
    assert "assign" in desk(stage, "office")


@pytest.mark.long
def test_a_leaders_opinion_is_signed_by_whom_the_unit_has_given_it(stage: Stage) -> None:
    arranged(stage, Rule(GIVE, "opinion:give", "recorder"))
    claim = stage.claim(stage.mei, submit=False)
    stage.do(submit_claim, stage.mei, claim.id)

    assert "opinion" in desk(stage, "recorder")
    stage.do(give_opinion, now_as(stage, "recorder"), claim.id, True, "好")
