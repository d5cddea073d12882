"""Officers: what they do between the claims and the notice, each step until it is done, whatever breaks."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.claims import Claim, Opinion
from shared.db.clock import read_clock
from shared.db.meetings import Attendance, Meeting
from shared.db.notices import Notice
from shared.db.rounds import Round
from shared.db.session import Db, acting
from shared.domain.claims import ClaimState
from shared.domain.errors import Refusal
from shared.domain.meetings import Attended, Count
from shared.domain.notices import NoticeKind, NoticeState
from shared.domain.rounds import RoundState
from shared.usecases.claims import Ruling, decide_claims
from shared.usecases.lines import propose
from shared.usecases.meetings import call_roll, close_meeting, convene, vote_list
from shared.usecases.notices import approve_notice, draft_notice, publish_notice, review_notice
from shared.usecases.opinions import give_opinion
from tests.builders import Branch

PATIENCE_S = 120.0
PERIOD = "2026-Q1"
AT_ONCE = 40
Step = Callable[[Session], bool]


@dataclass(frozen=True, slots=True)
class Office:
    """A branch's officers before the round that they bring to its notice."""

    db: Db
    branch: Branch
    round_id: UUID

    @property
    def _here(self) -> dict[str, UUID]:
        return {"county_id": self.branch.county_id, "unit_id": self.branch.unit_id}

    def publish(self) -> None:
        """Rule on every claim, propose, hold the meeting, and put the notice up."""
        for step in (self._opine, self._rule, self._propose, self._convene, self._vote, self._close, self._draft):
            self._insist(step)
        for state, by, act in self._signatures():
            self._insist(lambda session, state=state, by=by, act=act: self._sign(session, state, by, act))  # type: ignore[misc]

    def _insist(self, step: Step) -> None:
        """Take a step until it says that nothing is left of it: a commit that broke off may have gone through."""
        ends = time.monotonic() + PATIENCE_S
        said: Exception | None = None
        while time.monotonic() < ends:
            try:
                with acting(self.db, self.branch.county_id, self.branch.unit_id) as session:
                    if step(session):
                        return
            except (DBAPIError, Refusal) as fault:
                said = fault
                time.sleep(0.3)
        raise AssertionError(f"an officer could not go on with {step}: {said}")

    def _now(self, session: Session) -> datetime:
        return read_clock(session, self.branch.county_id)

    def _round(self, session: Session) -> Round:
        return session.get_one(Round, (self.branch.county_id, self.round_id), populate_existing=True)

    def _opine(self, session: Session) -> bool:
        heard = select(Opinion.claim_id).filter_by(**self._here)
        waiting = select(Claim).filter_by(**self._here, state=ClaimState.SUBMITTED).where(Claim.id.not_in(heard))
        members = {member.id: member for member in self.branch.members}
        claims = list(session.scalars(waiting.limit(AT_ONCE)))
        for claim in claims:
            leader = self.branch.leader_of(members[claim.member_id])
            give_opinion(session, leader, claim.id, True, "好", self._now(session))
        return not claims

    def _rule(self, session: Session) -> bool:
        waiting = select(Claim.id).filter_by(**self._here, state=ClaimState.SUBMITTED)
        ids = list(session.scalars(waiting.limit(AT_ONCE)))
        if ids:
            ruling = Ruling(True, "支委会〔2026〕1号")
            decide_claims(session, self.branch["organiser"], ids, ruling, self._now(session))
        return not ids

    def _propose(self, session: Session) -> bool:
        # The clock ends the claims, as soon as a worker is there again.
        if self._round(session).state == RoundState.REVIEWING:
            propose(session, self.branch["secretary"], self.round_id, {}, self._now(session))
        return self._round(session).state not in {RoundState.COLLECTING, RoundState.REVIEWING}

    def _meeting(self, session: Session) -> Meeting | None:
        return session.scalar(select(Meeting).filter_by(**self._here))

    def _convene(self, session: Session) -> bool:
        if self._meeting(session) is None:
            minute, now = "大会〔2026〕1号", self._now(session)
            convene(session, self.branch["secretary"], "members", "一季度积分评定", minute, now)
        return True

    def _vote(self, session: Session) -> bool:
        meeting, by = self._meeting(session), self.branch["secretary"]
        if meeting is None or self._round(session).state != RoundState.PROPOSED:
            return meeting is not None
        voters = select(Attendance.person_id).filter_by(county_id=self.branch.county_id, meeting_id=meeting.id)
        present = dict.fromkeys(session.scalars(voters), Attended.PRESENT)
        roll = call_roll(session, by, meeting.id, present)
        return vote_list(session, by, meeting.id, [self.round_id], Count(roll.present), [], self._now(session))

    def _close(self, session: Session) -> bool:
        meeting = self._meeting(session)
        if meeting is not None and meeting.closed_at is None:
            close_meeting(session, self.branch["secretary"], meeting.id, self._now(session))
        return meeting is not None

    def _notice(self, session: Session) -> Notice | None:
        return session.scalar(select(Notice).filter_by(**self._here))

    def _draft(self, session: Session) -> bool:
        if self._notice(session) is None:
            by, now = self.branch["recorder"], self._now(session)
            draft_notice(session, by, NoticeKind.FIRST, PERIOD, "一季度积分公示", now)
        return True

    def _signatures(self) -> Iterator[tuple[str, Actor, Callable[..., object]]]:
        yield NoticeState.DRAFTED, self.branch["publicity"], review_notice
        yield NoticeState.REVIEWED, self.branch["secretary"], approve_notice
        yield NoticeState.APPROVED, self.branch["recorder"], publish_notice

    def _sign(self, session: Session, state: str, by: Actor, act: Callable[..., object]) -> bool:
        notice = self._notice(session)
        if notice is not None and notice.state == state:
            act(session, by, notice.id, self._now(session))
        return notice is not None
