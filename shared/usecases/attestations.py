"""Attestations: witnesses of a year's totals are written down under its notice, which waits for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, see
from shared.db.attestations import Attestation, attested
from shared.db.notices import Notice
from shared.domain.attestations import Attested, faults_of, in_words, missing
from shared.domain.errors import Invalid, NotNow
from shared.domain.notices import NOTICE, NoticeKind, NoticeState
from shared.domain.windows import local_day
from shared.usecases.carry_out import remark
from shared.usecases.postings import book_behind

BEFORE = (NoticeState.DRAFTED, NoticeState.REVIEWED)


@dataclass(frozen=True, slots=True)
class Attesting:
    """A notice with whom its book wants there, who was, and who is still missing."""

    notice: Notice
    wanted: Sequence[str]
    there: Sequence[Attested]

    @property
    def missing(self) -> Sequence[str]:
        """Who is wanted and was not there."""
        return missing(self.wanted, self.there)

    @property
    def open(self) -> bool:
        """Whether somebody can still be written down."""
        return bool(self.wanted) and self.notice.state in BEFORE


def wanted_for(session: Session, notice: Notice) -> Sequence[str]:
    """Return whom the book wants there when this notice's figures are counted: the year's alone."""
    if notice.kind != NoticeKind.YEAR:
        return ()
    return book_behind(session, notice).procedure.witnesses


def see_attesting(session: Session, actor: Actor, notice_id: UUID) -> Attesting:
    """Return a notice's witnesses to those who draft it."""
    notice = see(session, actor, Action.NOTICE_DRAFT, Notice, notice_id)
    return Attesting(notice, wanted_for(session, notice), attested(session, notice.county_id, notice.id))


def attest(session: Session, actor: Actor, notice_id: UUID, one: Attested, now: datetime) -> Attestation:
    """Write down that somebody took part in counting the total and confirmed it with their signature."""
    notice = hold(session, actor, Action.NOTICE_DRAFT, Notice, notice_id)
    seen = Attesting(notice, wanted_for(session, notice), attested(session, notice.county_id, notice.id))
    if not seen.wanted:
        raise NotNow("细则没有要求这份公示有人参加统计、监督。")
    if not seen.open:
        raise NotNow(f"这份公示已经{NOTICE.words[NoticeState(notice.state)]}，参加统计的人不能再改。")
    faults = faults_of(one, seen.wanted, actor.name, local_day(now))
    if any((other.role, other.name) == (one.role, one.name.strip()) for other in seen.there):
        faults.append(f"{one.role} {one.name} 已经登记。")
    if faults:
        raise Invalid(*faults)
    made = Attestation(
        county_id=actor.county_id,
        unit_id=notice.unit_id,
        notice_id=notice.id,
        role=one.role,
        name=one.name.strip(),
        present_on=one.present_on,
        recorded_by=actor.person_id,
        recorded_at=now,
    )
    session.add(made)
    remark(session, actor, notice, "attest", now, note=f"{in_words([one])}参加统计，当场核对并签名确认")
    return made


def refuse_unattested(session: Session, notice: Notice) -> None:
    """Refuse a notice whose total was counted without those whom the book wants there."""
    absent = missing(wanted_for(session, notice), attested(session, notice.county_id, notice.id))
    if absent:
        raise NotNow(f"细则要求年度积分在{'、'.join(absent)}参加、监督下统计，请先登记到场见证的人，再审批。")
