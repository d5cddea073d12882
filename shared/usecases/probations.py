"""Probations: a probationary member is made a full one, kept on trial once longer, or leaves."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.members import Member
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.periods import day_in_words
from shared.domain.probations import extension_faults
from shared.domain.reviews import ReviewKind
from shared.domain.windows import local_day
from shared.usecases.carry_out import remark
from shared.usecases.messages import Audience, tell
from shared.usecases.reviews import end_reviews, set_review


def make_full(session: Session, actor: Actor, member_id: UUID, on: date, minute: str, now: datetime) -> Member:
    """Make a probationary member a full one from a day on, by the members' meeting's minute."""
    member = _on_probation(session, actor, member_id)
    faults = [] if minute.strip() else ["转正要写明党员大会的会议记录编号。"]
    if on > local_day(now):
        faults.append("转正日期最晚写今天。")
    if member.probation_until and on < member.probation_until:
        faults.append(f"预备期到{day_in_words(member.probation_until)}，不能提前转正。")
    if faults:
        raise Invalid(*faults)
    member.probationary = False
    end_reviews(session, actor, member.id, ReviewKind.PROBATION, now)
    remark(session, actor, member, "make_full", now, note=f"{day_in_words(on)}（{minute}）")
    said = f"您已按期转为正式党员，从{day_in_words(on)}起算（{minute}）。"
    tell(session, actor, member.unit_id, "probation", member.id, said, Audience([member.person_id]), now)
    return member


def extend_probation(
    session: Session, actor: Actor, member_id: UUID, until: date, minute: str, now: datetime
) -> Member:
    """Keep a member on trial longer, once, by half a year to a year."""
    member = _on_probation(session, actor, member_id)
    faults = extension_faults(member.probation_until, member.probation_extended, until)
    if not minute.strip():
        faults.append("延长预备期要写明党员大会的会议记录编号。")
    if faults:
        raise Invalid(*faults)
    member.probation_until, member.probation_extended = until, True
    what = f"预备党员{member.name}延长后的预备期"
    set_review(session, actor, member.unit_id, ReviewKind.PROBATION, member.id, what, until, now)
    remark(session, actor, member, "extend_probation", now, note=f"到{day_in_words(until)}（{minute}）")
    said = f"您的预备期延长到{day_in_words(until)}（{minute}）。"
    tell(session, actor, member.unit_id, "probation", member.id, said, Audience([member.person_id]), now)
    return member


def _on_probation(session: Session, actor: Actor, member_id: UUID) -> Member:
    member = hold(session, actor, Action.PROBATION_DECIDE, Member, member_id)
    if not member.probationary:
        raise NotNow(f"{member.name}是正式党员，没有预备期。")
    if member.person_id == actor.person_id:
        raise Forbidden("不能办理自己的转正，请由其他同志办理。")
    return member
