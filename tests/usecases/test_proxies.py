"""Acting for a member (代办): who may, with whose rights, recorded with both names, told to the member, ended."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from shared.authz.actor import Actor
from shared.db.history import History
from shared.db.members import Member
from shared.db.messages import Message
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden, Invalid, NotFound
from shared.usecases.browsers import Opened
from shared.usecases.claims import draft_claim, submit_claim
from shared.usecases.proxies import (
    act_for,
    act_for_oneself,
    enter_relative,
    name_relative,
    relatives,
    tell_member,
    to_act_for,
    withdraw_relative,
)
from shared.usecases.sign_ins import recognise
from tests.builders import Branch, a_deed
from tests.usecases.people import NOW, PASSWORD, Signer, a_number, a_signer, whose
from tests.usecases.stage import Stage

UNTIL = date(2026, 12, 31)
MEMBER = frozenset({"member"})


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch with a round."""
    return Stage(db, clockwork, members=6)


@pytest.fixture
def branch(stage: Stage) -> Branch:
    """Its people."""
    return stage.branch


@pytest.fixture
def recorder(db: Db, branch: Branch) -> Signer:
    """The recorder, who holds nothing else."""
    return a_signer(db, branch, branch["recorder"], a_number())


def for_(db: Db, opened: Opened, member: Member) -> Opened:
    """Act for a member from now on."""
    with db.begin() as session:
        return act_for(session, opened.token, member.id, NOW)


def a_relative(db: Db, branch: Branch, member: Member) -> Signer:
    """Enter a relative of a member, let them have a password, and let the member name them."""
    number, actor = a_number(), branch.actors[member.id]
    with acting(db, branch.county_id, branch.unit_id) as session:
        person = enter_relative(session, branch["recorder"], "尤春香", number, NOW)
    with acting(db, branch.county_id, branch.unit_id) as session:
        name_relative(session, actor, "尤春香", number, UNTIL, NOW)
    whom = Actor(branch.county_id, branch.unit_id, person.id, "尤春香", frozenset())
    return a_signer(db, branch, whom, number)


def test_the_recorder_acts_for_a_member_with_the_member_s_rights_alone(
    db: Db, branch: Branch, recorder: Signer
) -> None:
    mei, opened = branch.members[0], recorder.opened()
    acting_for = for_(db, opened, mei)

    assert whose(db, opened.token) is None
    assert acting_for.signed_in.for_name == mei.name
    actor = acting_for.signed_in.actor
    assert actor is not None
    assert (actor.roles, actor.member_id, actor.acting_for) == (MEMBER, mei.id, mei.id)
    assert actor.person_id == recorder.person_id
    with db.begin() as session:
        again = act_for_oneself(session, acting_for.token)
    assert again.signed_in.actor is not None
    assert again.signed_in.actor.roles == {"recorder", "member"}


def test_what_is_done_is_recorded_with_both_names_and_told_to_the_member(
    db: Db, stage: Stage, branch: Branch, recorder: Signer
) -> None:
    mei = branch.members[0]
    actor = for_(db, recorder.opened(), mei).signed_in.actor
    assert actor is not None
    with acting(db, branch.county_id, branch.unit_id) as session:
        claim = draft_claim(session, actor, stage.round_id, mei.id, a_deed("D-A4", date(2026, 1, 2)), NOW)
        submit_claim(session, actor, claim.id, NOW)
        tell_member(session, actor, "提交了一项申报", NOW)

    with acting(db, branch.county_id, branch.unit_id) as session:
        steps = session.scalars(select(History).where(History.subject_id.in_([claim.id, mei.id]))).all()
        assert {(step.command, step.acting_for) for step in steps} == {("submit", mei.id), ("act_for", mei.id)}
        assert {step.actor_name for step in steps} == {branch["recorder"].name}
        told = session.scalars(select(Message).filter_by(topic="done_for_you")).one()
        assert told.body["persons"] == [str(mei.person_id)]
        assert told.body["text"].startswith(f"{branch['recorder'].name}代您办理了：提交了一项申报")


def test_nobody_is_told_of_what_they_did_themselves(db: Db, branch: Branch) -> None:
    mei = branch.members[0]
    with acting(db, branch.county_id, branch.unit_id) as session:
        tell_member(session, branch.actors[mei.id], "填写了一项申报", NOW)
        assert session.query(Message).filter_by(topic="done_for_you").count() == 0


def test_a_group_leader_acts_for_the_own_group_and_a_plain_member_for_nobody(db: Db, branch: Branch) -> None:
    leader = branch.leaders[0]
    own = next(member for member in branch.members if member.group_id == leader.group_id)
    other = next(member for member in branch.members if member.group_id != leader.group_id)
    opened = a_signer(db, branch, leader, a_number()).opened()

    with pytest.raises(Forbidden, match="您不能代"):
        for_(db, opened, other)
    assert for_(db, opened, own).signed_in.for_name == own.name
    plain = a_signer(db, branch, own, a_number()).opened()
    with pytest.raises(Forbidden):
        for_(db, plain, other)


def test_another_branch_s_member_does_not_exist(db: Db, branch: Branch, recorder: Signer) -> None:
    elsewhere = Stage(db, db, members=1).mei

    with pytest.raises(NotFound):
        for_(db, recorder.opened(), elsewhere)


def test_who_has_left_the_branch_is_acted_for_no_more(db: Db, branch: Branch, recorder: Signer) -> None:
    mei = branch.members[0]
    with acting(db, branch.county_id, branch.unit_id) as session:
        session.get_one(Member, (branch.county_id, mei.id)).present_to = date(2026, 1, 1)

    with pytest.raises(Forbidden):
        for_(db, recorder.opened(), mei)


@pytest.mark.long
def test_a_relative_whom_a_member_has_named_acts_for_them_and_nobody_else(db: Db, branch: Branch) -> None:
    mei, other = branch.members[:2]
    relative = a_relative(db, branch, mei)
    opened = relative.opened()
    assert opened.signed_in.seat is not None
    assert opened.signed_in.seat.roles == {"relative"}

    with db.begin() as session:
        signed_in = recognise(session, opened.token)
        assert signed_in is not None
        assert [member.id for member in to_act_for(session, signed_in, NOW)] == [mei.id]
    with pytest.raises(Forbidden):
        for_(db, opened, other)
    actor = for_(db, opened, mei).signed_in.actor
    assert actor is not None
    assert (actor.roles, actor.member_id, actor.name) == (MEMBER, mei.id, "尤春香")


@pytest.mark.long
def test_naming_taken_back_ends_it_with_the_next_thing_they_do(db: Db, branch: Branch) -> None:
    mei = branch.members[0]
    relative = a_relative(db, branch, mei)
    opened = for_(db, relative.opened(), mei)
    actor = branch.actors[mei.id]
    with acting(db, branch.county_id, branch.unit_id) as session:
        named = relatives(session, actor, NOW)
        assert [(one.name, one.until) for one in named] == [("尤春香", UNTIL)]
        withdraw_relative(session, actor, named[0].id, NOW)

    ended = whose(db, opened.token)
    assert ended is not None
    assert (ended.awaits, ended.actor) == ("seat", None)
    assert relative.opens(PASSWORD) is not None


@pytest.mark.long
def test_a_naming_ends_by_itself(db: Db, stage: Stage, branch: Branch) -> None:
    mei = branch.members[0]
    opened = for_(db, a_relative(db, branch, mei).opened(), mei)
    stage.move(NOW + timedelta(days=400))

    ended = whose(db, opened.token)
    assert ended is not None
    assert ended.actor is None


@pytest.mark.long
def test_a_relative_is_named_by_the_member_in_person_and_among_those_whom_the_branch_has_entered(
    db: Db, branch: Branch
) -> None:
    mei, other = branch.members[:2]
    with acting(db, branch.county_id, branch.unit_id) as session, pytest.raises(Invalid) as refusal:
        name_relative(session, branch.actors[mei.id], "无人", "13200009999", date(2030, 1, 1), NOW)
    assert len(refusal.value.faults) == 2
    with acting(db, branch.county_id, branch.unit_id) as session, pytest.raises(Forbidden):
        enter_relative(session, branch.actors[mei.id], "尤春香", "13200009999", NOW)
    with acting(db, branch.county_id, branch.unit_id) as session, pytest.raises(Invalid) as refusal:
        enter_relative(session, branch["recorder"], " ", "没有", NOW)
    assert len(refusal.value.faults) == 2
    a_relative(db, branch, mei)
    with acting(db, branch.county_id, branch.unit_id) as session:
        proxy = relatives(session, branch.actors[mei.id], NOW)[0]
        with pytest.raises(Forbidden):
            withdraw_relative(session, branch.actors[other.id], proxy.id, NOW)
