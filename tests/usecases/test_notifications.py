"""Notifications: one's own alone, seen once, told as one wishes; and whom one may call."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from shared.authz.actor import Actor
from shared.db.members import Member
from shared.db.messages import Message, Notification
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden, Invalid, NotFound
from shared.domain.notifications import SMS, Way
from shared.usecases.members import add_person
from shared.usecases.messages import Audience, deliver, tell
from shared.usecases.notifications import (
    call_list,
    mark_seen,
    own_notifications,
    own_ways,
    record_call,
    set_ways,
    unseen_count,
)
from shared.usecases.units import found_county
from tests.builders import FOUNDED, founder
from tests.usecases.stage import DAY, Stage

OFFERED = {"email", SMS}


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch."""
    return Stage(db, clockwork)


def told(stage: Stage, member: Member, words: str) -> None:
    """Tell a member something that they lose by not knowing."""
    by, persons = stage.who("recorder"), Audience([member.person_id])
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        tell(session, by, stage.unit_id, "deduction", UUID(int=1), words, persons, stage.now)
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        for message_id in session.scalars(select(Message.id).filter_by(done_at=None, topic="deduction")):
            deliver(session, message_id, stage.county_id, stage.now)


def own(stage: Stage, actor: Actor) -> list[Notification]:
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        assert unseen_count(session, actor) == sum(
            one.seen_at is None for one in own_notifications(session, actor)
        )
        return own_notifications(session, actor)


def test_everybody_reads_their_own_newest_first(stage: Stage) -> None:
    told(stage, stage.mei, "第一件")
    stage.move(stage.now + timedelta(minutes=1))
    told(stage, stage.mei, "第二件")

    assert [one.text for one in own(stage, stage.who(stage.mei))] == ["第二件", "第一件"]
    assert own(stage, stage.who(stage.branch.members[1])) == []


def test_what_was_seen_stays_seen_since_the_first_time_and_only_by_its_own_person(stage: Stage) -> None:
    told(stage, stage.mei, "一件事")
    ids = [one.id for one in own(stage, stage.who(stage.mei))]
    first = stage.now

    assert stage.do(mark_seen, stage.branch.members[1], ids) == 0
    assert stage.do(mark_seen, stage.mei, ids) == 1
    stage.move(first + DAY)
    assert stage.do(mark_seen, stage.mei, ids) == 0

    assert [one.seen_at for one in own(stage, stage.who(stage.mei))] == [first]


def test_ways_stand_in_the_order_that_was_said_last(stage: Stage) -> None:
    mei, mail, phone = stage.who(stage.mei), Way("email", "mei@example.cn"), Way(SMS, "13800000000")
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        set_ways(session, mei, [mail, phone], OFFERED)
        set_ways(session, mei, [Way(SMS, "13900000000"), mail], OFFERED)
        assert own_ways(session, mei) == [Way(SMS, "13900000000"), mail]
        set_ways(session, mei, [mail], OFFERED)
        assert [way for way in own_ways(session, mei) if way.wanted] == [mail]
        assert own_ways(session, stage.who(stage.branch.members[1])) == []

        with pytest.raises(Invalid, match="没有开通"):
            set_ways(session, mei, [Way("wecom", "mei")], OFFERED)


def test_in_a_real_county_who_has_said_nothing_gets_sms_at_their_telephone(db: Db) -> None:
    county_id = uuid4()
    by = founder(county_id)
    with db.begin() as session:
        found_county(session, by, "松源县", f"songyuan-{county_id}", demonstration=False, now=FOUNDED)
    with acting(db, county_id, county_id) as session:
        person = add_person(session, by, county_id, "林小满", "13911111111")
        actor = replace(by, person_id=person.id)
        assert own_ways(session, actor) == [Way(SMS, "13911111111")]

        set_ways(session, actor, [Way(SMS, "", wanted=False)], OFFERED)
        assert not any(way.wanted for way in own_ways(session, actor))


def test_a_leader_calls_their_own_group_and_a_member_nobody(stage: Stage) -> None:
    told(stage, stage.mei, "一件事")
    stage.move(stage.now + DAY)
    leader = stage.branch.leader_of(stage.mei)
    other = next(one for one in stage.branch.leaders if one.group_id != leader.group_id)

    def listed(actor: Actor) -> list[UUID]:
        with acting(stage.db, stage.county_id, stage.unit_id) as session:
            return [one.member_id for one in call_list(session, actor, stage.now)]

    assert stage.mei.id in listed(leader)
    assert stage.mei.id in listed(stage.who("recorder"))
    assert stage.mei.id not in listed(other)
    with pytest.raises(Forbidden):
        listed(stage.who(stage.branch.members[1]))
    with pytest.raises(Forbidden):
        stage.do(record_call, other, stage.mei.id, True, "")
    with pytest.raises(NotFound):
        stage.do(record_call, "recorder", UUID(int=7), True, "")
