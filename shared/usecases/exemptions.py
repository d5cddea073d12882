"""Exemptions: somebody is left out of scoring with their consent, by a decision, until it is looked at again."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.members import Member
from shared.domain.errors import Invalid, NotNow
from shared.domain.periods import day_in_words
from shared.domain.reviews import ReviewKind, review_day_faults
from shared.domain.windows import local_day
from shared.usecases.carry_out import remark
from shared.usecases.members import end_exemption, exempt
from shared.usecases.reviews import end_reviews, set_review


@dataclass(frozen=True, slots=True)
class Ground:
    """What an exemption stands on: the minute that decided it, how the member agreed, the day of its review."""

    minute: str
    consent: str
    review_on: date | None


def begin_exemption(session: Session, actor: Actor, member_id: UUID, ground: Ground, now: datetime) -> Member:
    """Leave a member out of scoring from this round on, and set the day on which that is looked at again."""
    faults = review_day_faults(ground.review_on, local_day(now))
    if not ground.consent.strip():
        faults.append("请写明本人怎样同意的，例如“本人签字 3月2日”。")
    if not ground.minute.strip():
        faults.append("不列入积分考核要写明会议记录编号。")
    if faults or ground.review_on is None:
        raise Invalid(*faults)
    member = exempt(session, actor, member_id, ground.minute, True, now)
    member.exempt_consent, member.exempt_review_on = ground.consent, ground.review_on
    _set(session, actor, member, ground.review_on, now)
    return member


def review_exemption(
    session: Session, actor: Actor, member_id: UUID, minute: str, next_on: date | None, now: datetime
) -> Member:
    """Look at an exemption again: it goes on until the next day, or ends where there is none."""
    if next_on is None:
        member = end_exemption(session, actor, member_id, minute, now)
        member.exempt_review_on = None
        end_reviews(session, actor, member.id, ReviewKind.EXEMPTION, now)
        return member
    member = hold(session, actor, Action.EXEMPTION_RECORD, Member, member_id)
    if member.exempt_from is None or member.exempt_to is not None:
        raise NotNow(f"{member.name}现在列入积分考核，没有可以复核的。")
    faults = review_day_faults(next_on, local_day(now))
    if not minute.strip():
        faults.append("复核要写明会议记录编号。")
    if faults:
        raise Invalid(*faults)
    member.exempt_review_on = next_on
    _set(session, actor, member, next_on, now)
    remark(session, actor, member, "review_exemption", now, note=f"继续到{day_in_words(next_on)}（{minute}）")
    return member


def _set(session: Session, actor: Actor, member: Member, day: date, now: datetime) -> None:
    what = f"{member.name}不列入计分的复核"
    set_review(session, actor, member.unit_id, ReviewKind.EXEMPTION, member.id, what, day, now)
