"""Deliveries: in working hours, as one parcel, once it is noted, again where it failed, and in the end a call."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from services.worker.channels import Apprised, NotSent
from services.worker.deliveries import send_all
from shared.db.deliveries import Delivery
from shared.db.members import Person
from shared.db.messages import Message, Notification
from shared.db.session import Db, acting
from shared.domain.notifications import HOURS, MOST_ATTEMPTS, SMS, Way
from shared.domain.windows import SHANGHAI
from shared.usecases.messages import Audience, deliver, tell
from shared.usecases.notifications import call_list, mark_seen, record_call, set_ways
from tests.builders import Branch, a_county, set_clock
from tests.mailboxes import mail_server

NIGHT = datetime(2026, 4, 14, 22, 0, tzinfo=SHANGHAI)
MORNING = datetime(2026, 4, 15, 8, 0, tzinfo=SHANGHAI)
NOON = datetime(2026, 4, 14, 12, 0, tzinfo=SHANGHAI)
OFFERED = {"email", "wecom", SMS}


@dataclass
class Recorded:
    """A channel of the test's own: what was handed to it, and whether it refuses."""

    sent: list[tuple[str, str, str]] = field(default_factory=list)
    refuses: bool = False
    dies: bool = False

    def send(self, address: str, text: str, key: str) -> None:
        """Take it, refuse it, or die with it in hand."""
        if self.refuses:
            raise NotSent("对方没有接受")
        self.sent.append((address, text, key))
        if self.dies:
            raise KeyboardInterrupt


class Town:
    """A branch whose first member has a mailbox and a telephone, at an instant of its own."""

    def __init__(self, db: Db, clockwork: Db) -> None:
        self.db, self.clockwork = db, clockwork
        self.branch: Branch = a_county(db)[0]
        self.mei = self.branch.members[0]
        self.mail, self.wecom, self.sms = Recorded(), Recorded(), Recorded()
        self.at(NOON)

    def at(self, now: datetime) -> None:
        self.now = now
        set_clock(self.db, self.branch.county_id, now)

    def told(self, *topics: str) -> None:
        """Tell the first member of so many things, as the worker does."""
        branch, persons = self.branch, Audience([self.mei.person_id])
        with acting(self.db, branch.county_id, branch.unit_id) as session:
            for topic in topics:
                by = branch["recorder"]
                tell(session, by, branch.unit_id, topic, UUID(int=1), "内容只在系统里看", persons, self.now)
        with acting(self.clockwork, branch.county_id, branch.unit_id) as session:
            for message in session.scalars(select(Message.id).filter_by(done_at=None)):
                deliver(session, message, branch.county_id, self.now, OFFERED, HOURS)

    def ways(self, *ways: Way) -> None:
        with acting(self.db, self.branch.county_id, self.branch.unit_id) as session:
            set_ways(session, self.branch.actors[self.mei.id], ways, OFFERED)

    def sends(self) -> int:
        return send_all(self.clockwork, {"email": self.mail, "wecom": self.wecom, SMS: self.sms}, HOURS)

    def deliveries(self) -> list[Delivery]:
        with acting(self.db, self.branch.county_id, self.branch.unit_id) as session:
            return list(session.scalars(select(Delivery).order_by(Delivery.channel, Delivery.id)))

    def states(self) -> Sequence[tuple[str, str]]:
        return [(one.channel, one.state) for one in self.deliveries()]

    def sees(self) -> None:
        with acting(self.db, self.branch.county_id, self.branch.unit_id) as session:
            ids = list(session.scalars(select(Notification.id).filter_by(person_id=self.mei.person_id)))
            mark_seen(session, self.branch.actors[self.mei.id], ids, self.now)

    def to_call(self, by: str = "recorder") -> list[UUID]:
        with acting(self.db, self.branch.county_id, self.branch.unit_id) as session:
            return [one.member_id for one in call_list(session, self.branch[by], self.now)]


@pytest.fixture
def town(db: Db, clockwork: Db) -> Town:
    """What other tests have left is out of the way first."""
    town = Town(db, clockwork)
    town.ways(Way("email", "mei@example.cn"), Way(SMS, "13800000000"))
    return town


def test_what_is_entered_at_night_leaves_in_the_morning(town: Town) -> None:
    town.at(NIGHT)
    town.told("deduction")

    assert town.sends() == 0
    town.at(MORNING)
    assert town.sends() == 1
    assert town.sends() == 0

    (sent,) = town.mail.sent
    assert sent[0] == "mei@example.cn"
    assert sent[1].startswith("您有 1 条新消息（积分登记 1 条）")
    assert "内容" not in sent[1]
    assert town.states() == [("email", "sent"), (SMS, "queued")]


def test_many_things_are_one_parcel(town: Town) -> None:
    town.told(*["filed"] * 6)

    assert town.sends() == 1
    assert town.mail.sent[0][1].startswith("您有 6 条新消息，请登录")
    assert {one.state for one in town.deliveries()} == {"sent"}


def test_what_was_seen_meanwhile_is_not_sent(town: Town) -> None:
    town.told("deduction")
    town.sees()

    town.at(NOON + timedelta(days=2))
    assert town.sends() == 0
    assert town.states() == [("email", "seen"), (SMS, "seen")]


def test_sms_goes_to_who_has_not_seen_it_a_day_later(town: Town) -> None:
    town.told("deduction", "filed")
    town.sends()
    town.at(NOON + timedelta(hours=23))
    town.sends()
    assert town.sms.sent == []

    town.at(NOON + timedelta(hours=24))
    assert town.sends() == 1
    assert [address for address, _, _ in town.sms.sent] == ["13800000000"]


def test_what_fails_is_tried_five_times_and_then_somebody_calls(town: Town) -> None:
    town.ways(Way("email", "mei@example.cn"), Way(SMS, "", wanted=False))
    town.mail.refuses = True
    town.told("deduction")

    instants = []
    while (waiting := town.deliveries()[0]).state == "queued":
        town.at(waiting.due_at)
        town.sends()
        instants.append((waiting.due_at - NOON) // timedelta(minutes=1))
    failed = town.deliveries()[0]
    town.at(NOON + timedelta(days=1))

    assert instants == [0, 10, 30, 70, 150]
    assert (failed.attempts, failed.state, failed.error) == (MOST_ATTEMPTS, "failed", "对方没有接受")
    assert town.to_call() == [town.mei.id]


def test_what_does_not_arrive_by_one_way_goes_by_the_next_before_anybody_calls(town: Town) -> None:
    town.ways(Way("email", "mei@example.cn"), Way("wecom", "mei"), Way(SMS, "", wanted=False))
    town.mail.refuses = True
    town.told("deduction")

    while any(one.state == "queued" for one in town.deliveries()):
        town.at(min(one.due_at for one in town.deliveries() if one.state == "queued"))
        town.sends()
    town.at(NOON + timedelta(days=1))

    assert town.states() == [("email", "failed"), ("wecom", "sent")]
    assert [address for address, _, _ in town.wecom.sent] == ["mei"]
    assert town.to_call() == []


@pytest.mark.long
def test_a_failure_that_passes_is_forgotten(town: Town) -> None:
    town.mail.refuses = True
    town.told("filed")
    town.sends()
    assert town.deliveries()[0].error == "对方没有接受"

    town.mail.refuses = False
    town.at(NOON + timedelta(minutes=10))
    town.sends()
    assert (town.deliveries()[0].state, town.deliveries()[0].error) == ("sent", None)


@pytest.mark.long
def test_who_is_killed_between_sending_and_noting_sends_again_under_the_same_key(town: Town) -> None:
    town.told("filed")
    town.mail.dies = True
    with pytest.raises(KeyboardInterrupt):
        town.sends()
    assert town.states() == [("email", "queued")]

    town.mail.dies = False
    assert town.sends() == 1
    assert len(town.mail.sent) == 2
    assert len({key for _, _, key in town.mail.sent}) == 1


@pytest.mark.long
def test_two_workers_send_one_parcel(town: Town, db: Db) -> None:
    town.told("filed")
    other = town.clockwork
    branch = town.branch
    with acting(other, branch.county_id, branch.unit_id) as holding:
        list(holding.scalars(select(Delivery).with_for_update()))
        assert town.sends() == 0
    assert town.sends() == 1


@pytest.mark.long
def test_a_letter_leaves_through_a_mail_server(town: Town) -> None:
    town.told("deduction")
    with mail_server() as server:
        template = f"mailto://127.0.0.1:{server.port}?smtp=127.0.0.1&from=jifen@example.cn&to={{address}}"
        assert send_all(town.clockwork, {"email": Apprised(template)}, HOURS) == 1

    assert server.letters[0].to == ["mei@example.cn"]
    assert "请登录积分系统查看" in server.letters[0].words


@pytest.mark.long
def test_whom_nothing_reaches_is_called_and_each_call_is_written_down(town: Town) -> None:
    town.ways(Way(SMS, "", wanted=False))
    town.told("deduction", "filed")
    assert town.to_call() == []
    town.at(NOON + timedelta(hours=24))
    assert town.to_call() == [town.mei.id]

    branch, leader = town.branch, town.branch.leader_of(town.mei)
    with acting(town.db, branch.county_id, branch.unit_id) as session:
        missed = record_call(session, leader, town.mei.id, False, "无人接听", town.now)
    assert (missed.called_by, missed.reached) == (leader.person_id, False)
    assert town.to_call() == [town.mei.id]
    with acting(town.db, branch.county_id, branch.unit_id) as session:
        listed = call_list(session, leader, town.now)
        record_call(session, leader, town.mei.id, True, "", town.now)

    assert (listed[0].unseen, listed[0].tried_at) == (1, town.now)
    assert town.to_call() == []


@pytest.mark.long
def test_nobody_made_up_is_sent_anything_that_they_have_not_asked_for(town: Town, db: Db) -> None:
    other = town.mei = town.branch.members[1]
    with acting(db, town.branch.county_id, town.branch.unit_id) as session:
        session.execute(update(Person).where(Person.id == other.person_id).values(telephone="13911111111"))
    town.told("deduction")

    assert town.deliveries() == []
