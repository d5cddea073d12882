"""Reflections: a member who is away reports each quarter in writing, and their contact reads it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, may, require, see
from shared.db.members import Member
from shared.db.reflections import Reflection
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.periods import period_of
from shared.domain.procedures import Span
from shared.domain.records import MemberClass
from shared.domain.windows import local_day
from shared.usecases.carry_out import remark
from shared.usecases.messages import Audience, tell


class Due(NamedTuple):
    """A member who is away, and their report for a quarter; None as long as there is none."""

    member: Member
    reflection: Reflection | None


def write_reflection(session: Session, actor: Actor, quarter: str, words: str, now: datetime) -> Reflection:
    """Write one's report for this quarter or the last one, or write it anew before the contact has read it."""
    if actor.member_id is None:
        raise Forbidden("思想汇报由党员本人填写。")
    member = hold(session, actor, Action.REFLECTION_WRITE, Member, actor.member_id)
    faults = _faults(member, quarter, words, now)
    if faults:
        raise Invalid(*faults)
    reflection = session.scalar(
        select(Reflection).filter_by(county_id=actor.county_id, member_id=member.id, quarter=quarter)
    )
    if reflection is not None and reflection.seen_at is not None:
        raise NotNow(f"{quarter} 的思想汇报联系人已经看过，不能再改；有补充的请写在下一季度。")
    if reflection is None:
        reflection = Reflection(
            county_id=actor.county_id, unit_id=member.unit_id, member_id=member.id, quarter=quarter
        )
        session.add(reflection)
    reflection.text, reflection.written_at = words, now
    remark(session, actor, reflection, "write", now)
    to = Audience([member.contact_id]) if member.contact_id else Audience(roles=["secretary"])
    said = f"{member.name}交来 {quarter} 的思想汇报，请阅看。"
    tell(session, actor, member.unit_id, "reflection", reflection.id, said, to, now)
    return reflection


def read_reflection(session: Session, actor: Actor, reflection_id: UUID, now: datetime) -> Reflection:
    """Return a report; once the contact has read it, or the secretary where there is none, it stays as it is."""
    reflection = session.scalar(
        select(Reflection).filter_by(county_id=actor.county_id, id=reflection_id).with_for_update(key_share=True)
    )
    if reflection is None:
        raise NotFound("没有这样的记录。")
    member = see(session, actor, Action.REFLECTION_SEE, Member, reflection.member_id)
    reader = member.contact_id == actor.person_id if member.contact_id else "secretary" in actor.roles
    if reader and member.id != actor.member_id and reflection.seen_at is None:
        reflection.seen_by, reflection.seen_at = actor.person_id, now
        remark(session, actor, reflection, "read", now)
    return reflection


def reflections_due(session: Session, actor: Actor, quarter: str) -> Sequence[Due]:
    """Return the members away whose reports the actor may read, with the quarter's report of each, by name."""
    require(actor, Action.REFLECTION_SEE)
    away = select(Member).where(Member.county_id == actor.county_id, Member.unit_id == actor.unit_id)
    away = away.where(or_(Member.class_ == MemberClass.MIGRANT, Member.contact_id.is_not(None)))
    members = [m for m in session.scalars(away.order_by(Member.name_sort)) if may(actor, Action.REFLECTION_SEE, m)]
    written = select(Reflection).filter_by(county_id=actor.county_id, unit_id=actor.unit_id, quarter=quarter)
    by_member = {one.member_id: one for one in session.scalars(written)}
    return [Due(member, by_member.get(member.id)) for member in members]


def reflections_of(session: Session, actor: Actor, member_id: UUID) -> Sequence[Reflection]:
    """Return a member's reports, newest first, for whoever may read them."""
    member = see(session, actor, Action.REFLECTION_SEE, Member, member_id)
    of_member = select(Reflection).filter_by(county_id=actor.county_id, member_id=member.id)
    return session.scalars(of_member.order_by(Reflection.quarter.desc())).all()


def _faults(member: Member, quarter: str, words: str, now: datetime) -> list[str]:
    faults = []
    if not member.away:
        faults.append("思想汇报由流动党员按季填写；您在本支部，不用填写。")
    if not words.strip():
        faults.append("请写明这一季度的思想、务工和参加组织生活的情况。")
    if quarter not in open_quarters(now):
        faults.append(f"现在可以填写 {' 或 '.join(open_quarters(now))} 的思想汇报。")
    return faults


def open_quarters(now: datetime) -> list[str]:
    """Return this quarter and the one before it, for which a report may be written now."""
    this = period_of(local_day(now), Span.QUARTER)
    return [str(this.previous), str(this)]
