"""A branch on the stage: the steps of a round in one word each, so that a test tells only what it is about."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select

from shared.authz.actor import Actor
from shared.db.base import InCounty
from shared.db.claims import Claim
from shared.db.history import History
from shared.db.members import Member
from shared.db.messages import Message
from shared.db.notices import Notice
from shared.db.objections import Objection
from shared.db.rounds import Line
from shared.db.session import Db, acting
from shared.domain.attestations import Attested
from shared.domain.deeds import Deed
from shared.domain.meetings import Attended, Count
from shared.domain.notices import NoticeKind
from shared.domain.rule_books import Checked
from shared.domain.windows import local_day
from shared.usecases.attestations import attest, see_attesting
from shared.usecases.claims import Ruling, decide_claims, draft_claim, submit_claim
from shared.usecases.findings import Inquiry, investigate
from shared.usecases.lines import propose
from shared.usecases.meetings import call_roll, close_meeting, convene, vote_list
from shared.usecases.members import appoint
from shared.usecases.notices import approve_notice, draft_notice, publish_notice, review_notice
from shared.usecases.objections import Statement, assign_investigator, raise_objection
from shared.usecases.opinions import give_opinion
from shared.usecases.rounds import open_round
from tests.builders import LONG_AGO, a_county, a_deed, founder, run_clock, set_clock

T = TypeVar("T")
Row = TypeVar("Row", bound=InCounty)
SECRET = b"the secret of an installation, 32"
START = datetime(2026, 1, 5, 1, tzinfo=UTC)
CLOSED = datetime(2026, 4, 7, 1, tzinfo=UTC)
POSTED = datetime(2026, 4, 14, 1, tzinfo=UTC)
DAY = timedelta(days=1)


class Stage:
    """One branch, one round, and a clock that stands until the test moves it."""

    def __init__(
        self,
        db: Db,
        clockwork: Db,
        book: str | Checked = "county-plan",
        period: str = "2026-Q1",
        members: int = 3,
        start: datetime = START,
    ) -> None:
        """Found a county, and open a round in its branch."""
        self.db, self.clockwork, self.now = db, clockwork, start
        self.branch = a_county(db, book, members=members)[0]
        self.county_id, self.unit_id = self.branch.county_id, self.branch.unit_id
        self.mei, *_ = self.branch.members
        set_clock(db, self.county_id, start)
        self.round_id = self.open(period)

    def open(self, period: str) -> UUID:
        """Open a round."""
        with acting(self.db, self.county_id, self.unit_id) as session:
            return open_round(session, founder(self.county_id), self.unit_id, period, self.now).id

    def move(self, instant: datetime) -> None:
        """Let time pass; the clock does what falls due."""
        self.now = instant
        set_clock(self.db, self.county_id, instant)
        run_clock(self.clockwork, self.county_id)

    def who(self, actor: Actor | Member | str) -> Actor:
        """Return the actor that a role, a member or an actor means."""
        if isinstance(actor, str):
            return self.branch[actor] if actor in self.branch.officers else self.branch.above[actor]
        return self.branch.actors[actor.id] if isinstance(actor, Member) else actor

    def do(self, step: Callable[..., T], by: Actor | Member | str, *args: Any) -> T:
        """Take one step now, in the unit of whoever takes it."""
        actor = self.who(by)
        with acting(self.db, self.county_id, actor.unit_id) as session:
            return step(session, actor, *args, self.now)

    def row(self, kind: type[Row], row_id: UUID, unit_id: UUID | None = None) -> Row:
        """Read a row as it stands."""
        with acting(self.db, self.county_id, unit_id or self.unit_id) as session:
            return session.get_one(kind, (self.county_id, row_id))

    def all(self, query: Select[tuple[T]], unit_id: UUID | None = None) -> list[T]:
        """Read what the branch, or another unit, may see."""
        with acting(self.db, self.county_id, unit_id or self.unit_id) as session:
            return list(session.scalars(query))

    def also(self, person: str, role: str) -> None:
        """Let an officer hold one more role."""
        who = self.branch[person]
        assert who.person_id is not None
        with acting(self.db, self.county_id, self.unit_id) as session:
            appoint(session, founder(self.county_id), self.unit_id, who.person_id, role, LONG_AGO)
        self.branch.officers[person] = replace(who, roles=who.roles | {role})

    def line(self, member: Member, round_id: UUID | None = None) -> Line:
        """Return a member's line."""
        query = select(Line).filter_by(round_id=round_id or self.round_id, member_id=member.id)
        return self.all(query)[0]

    def claim(
        self, member: Member, item: str = "D-A4", day: date = date(2026, 1, 2), submit: bool = True, **deed: Any
    ) -> Claim:
        """Let a member claim something, hand it in, and the leader sign an opinion."""
        made = self.do(draft_claim, member, self.round_id, member.id, a_deed(item, day, **deed))
        if submit:
            self.do(submit_claim, member, made.id)
            self.do(give_opinion, self.branch.leader_of(member), made.id, True, "好")
        return made

    def decide(self, claims: Sequence[Claim], ruling: Ruling, by: str = "organiser") -> None:
        """Let the committee decide claims."""
        self.do(decide_claims, by, [claim.id for claim in claims], ruling)

    def accept(self, *claims: Claim) -> None:
        """Let the committee accept claims."""
        self.decide(claims, Ruling(True, "支委会〔2026〕1号"))

    def refuse(self, *claims: Claim) -> None:
        """Let the committee refuse claims."""
        self.decide(claims, Ruling(False, "支委会〔2026〕1号", "材料与事实不符"))

    def propose(self) -> None:
        """Let the claims close and the committee propose the points."""
        if self.now < CLOSED:
            self.move(CLOSED)
        self.do(propose, "secretary", self.round_id, {})

    def meet(self, minute: str = "大会〔2026〕1号", absent: int = 0) -> UUID:
        """Call the members' meeting with so many absent; return its id."""
        meeting = self.do(convene, "secretary", "members", "积分评定", minute)
        everybody = sorted(self.branch.actors.values(), key=lambda actor: actor.name)
        there = {actor.person_id: Attended.PRESENT for actor in everybody[absent:] if actor.person_id}
        with acting(self.db, self.county_id, self.unit_id) as session:
            call_roll(session, self.branch["secretary"], meeting.id, there)
        return meeting.id

    def vote(self, meeting_id: UUID, in_favour: int, excepted: Sequence[UUID] = ()) -> bool:
        """Vote on the round."""
        with acting(self.db, self.county_id, self.unit_id) as session:
            given = [self.round_id], Count(in_favour), excepted, self.now, SECRET
            return vote_list(session, self.branch["secretary"], meeting_id, *given)

    def pass_all(self) -> None:
        """Let the members' meeting pass everything."""
        meeting_id = self.meet(f"大会〔{self.now:%Y-%m-%d}〕")
        assert self.vote(meeting_id, len(self.branch.actors))
        self.do(close_meeting, "secretary", meeting_id)

    def post(
        self,
        kind: NoticeKind = NoticeKind.FIRST,
        period: str = "2026-Q1",
        at: datetime | None = None,
        by: str = "recorder",
    ) -> Notice:
        """Take a notice through its four steps."""
        if at is not None:
            self.move(at)
        notice = self.do(draft_notice, by, kind, period, f"{period} 积分公示")
        return self.hang(notice.id, by)

    def hang(self, notice_id: UUID, by: str = "recorder") -> Notice:
        """Review, approve and publish a notice that has been drafted."""
        self.do(review_notice, "publicity", notice_id)
        with acting(self.db, self.county_id, self.unit_id) as session:
            for role in see_attesting(session, self.who(by), notice_id).missing:
                attest(session, self.who(by), notice_id, Attested(role, "见证人", local_day(self.now)), self.now)
        self.do(approve_notice, "secretary", notice_id)
        return self.do(publish_notice, by, notice_id)

    def publish(self, at: datetime = POSTED) -> Notice:
        """Take the county plan's round from its claims to its notice."""
        self.propose()
        self.pass_all()
        return self.post(at=at)

    def drafted(self) -> Notice:
        """Return the correction that the clock has drafted."""
        return self.all(select(Notice).filter_by(state="drafted", kind="correction"))[0]

    def object(self, by: Actor | Member, about: Member, text: str = "少记了一次", **who: Any) -> Objection:
        """Object to a member's line."""
        actor = self.who(by)
        with acting(self.db, self.county_id, self.unit_id) as session:
            return raise_objection(session, actor, self.line(about).id, Statement(text, actor.name, **who))

    def investigate(self, objection_id: UUID, by: str = "secretary", investigator: str = "discipline") -> None:
        """Let an officer name who investigates an objection, and let them write down what they found."""
        self.do(assign_investigator, by, objection_id, self.who(investigator).person_id)
        inquiry = Inquiry("查阅了登记，走访了在场的同志。", "当事人和在场的同志", local_day(self.now))
        self.do(investigate, investigator, objection_id, inquiry)

    def history(self, subject_id: UUID) -> list[str]:
        """Return the steps taken with something, in order."""
        return [h.command for h in self.told(subject_id)]

    def told(self, subject_id: UUID) -> list[History]:
        """Return the history of something, in order."""
        return self.all(select(History).filter_by(subject_id=subject_id).order_by(History.recorded_at))

    def messages(self, topic: str, unit_id: UUID | None = None) -> list[Message]:
        """Return the messages of a topic, in order."""
        query = select(Message).filter_by(topic=topic).order_by(Message.number)
        return self.all(query.where(Message.unit_id == (unit_id or self.unit_id)), unit_id)


def deed(item: str, day: date, **more: Any) -> Deed:
    """Something that was done."""
    return a_deed(item, day, **more)
