"""Departures, and joining from outside: who enters a branch anew, and who leaves it for good, how and when."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require
from shared.db.members import Member
from shared.db.transfers import Transfer
from shared.db.units import Unit
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.periods import day_in_words
from shared.domain.probations import one_year_after
from shared.domain.reviews import ReviewKind
from shared.domain.transfers import DECIDED, JOINED, LEFT, Joining, Leaving, TransferState
from shared.domain.units import UnitKind
from shared.domain.windows import local_day
from shared.usecases.arrivals import end_offices
from shared.usecases.carry_out import remark
from shared.usecases.members import Particulars, entered_member
from shared.usecases.reviews import drop_reviews, set_review
from shared.usecases.transfers import is_here


def join(session: Session, actor: Actor, particulars: Particulars, how: Joining, now: datetime) -> Member:
    """Enter somebody whom the branch has admitted, or who has come from another county, from a day on.

    Whoever is admitted is on probation for a year.
    """
    require(actor, Action.MEMBER_JOIN)
    faults = _joining_faults(session, actor, particulars, how, local_day(now))
    if faults:
        raise Invalid(*faults)
    member = entered_member(session, actor, actor.unit_id, particulars)
    member.joined_as = how
    if particulars.probationary and particulars.present_from:
        begun = particulars.present_from
        member.probation_until = one_year_after(begun)
        what = f"预备党员{member.name}的预备期"
        kind = ReviewKind.PROBATION
        set_review(session, actor, actor.unit_id, kind, member.id, what, member.probation_until, now)
    session.flush()
    remark(session, actor, member, "join", now, note=JOINED[how])
    return member


def leave(
    session: Session, actor: Actor, member_id: UUID, how: Leaving, last_day: date, minute: str, now: datetime
) -> Member:
    """Write down that somebody has left: their last day as a member, and by whose decision where one was taken.

    What was entered of them stays; rounds of which they did not see the last day do not count for them.
    """
    member = hold(session, actor, Action.MEMBER_LEAVE, Member, member_id)
    if member.person_id == actor.person_id:
        raise Forbidden("不能办理自己的离开登记，请由其他同志办理。")
    faults = _leaving_faults(session, member, how, last_day, minute, local_day(now))
    if faults:
        raise Invalid(*faults)
    member.present_to, member.left_as = last_day, how
    end_offices(session, member, last_day + timedelta(days=1))
    drop_reviews(session, actor, member.id, now)
    remark(session, actor, member, "leave", now, note=f"{LEFT[how]} {minute}".strip())
    return member


def _joining_faults(
    session: Session, actor: Actor, particulars: Particulars, how: Joining, today: date
) -> list[str]:
    unit = session.get_one(Unit, (actor.county_id, actor.unit_id))
    faults = []
    if unit.kind != UnitKind.BRANCH or unit.until is not None:
        faults.append("党员登记在党支部名下。")
    if how is Joining.TRANSFERRED:
        faults.append("本县党员请由原支部提出转接，再由本支部接收。")
    if particulars.present_from is None or particulars.present_from > today:
        faults.append("请写明从哪一天起在本支部，最晚写今天。")
    taken = select(Member.id).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    if session.scalar(taken.filter_by(member_no=particulars.member_no)) is not None:
        faults.append(f"编号 {particulars.member_no} 在本支部已经用过，请换一个。")
    return faults


def _leaving_faults(
    session: Session, member: Member, how: Leaving, last_day: date, minute: str, today: date
) -> list[str]:
    if not is_here(member, today):
        raise NotNow(f"{member.name}已经不在本支部。")
    faults = []
    if how is Leaving.TRANSFERRED:
        faults.append("转到本县其他支部请办理转接，由对方支部接收。")
    if last_day > today:
        faults.append(f"最后一天最晚写今天（{day_in_words(today)}）。")
    if member.present_from and last_day < member.present_from:
        faults.append(f"{member.name}{day_in_words(member.present_from)}才到本支部，最后一天不能早于这一天。")
    if how in DECIDED and not minute.strip():
        faults.append(f"“{LEFT[how]}”要写明批准的文号或会议记录编号。")
    if how is Leaving.DISQUALIFIED and not member.probationary:
        faults.append(f"{member.name}是正式党员，不能取消预备党员资格。")
    going = select(Transfer.id).filter_by(county_id=member.county_id, member_id=member.id)
    if session.scalar(going.filter_by(state=TransferState.PROPOSED).limit(1)) is not None:
        faults.append(f"{member.name}的转接还在等对方接收，请先撤回。")
    return faults
