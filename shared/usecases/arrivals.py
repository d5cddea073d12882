"""Arrivals: a branch receives a member from another one, or declines to; the year is split on that day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.claims import Claim
from shared.db.members import Member, Person
from shared.db.transfers import Transfer
from shared.db.units import Holding, Unit
from shared.domain.claims import ClaimState
from shared.domain.errors import Forbidden, Invalid
from shared.domain.transfers import TRANSFER, Joining, Leaving, TransferCommand, TransferState, day_faults
from shared.domain.windows import local_day
from shared.usecases.carry_out import step
from shared.usecases.messages import Audience, tell
from shared.usecases.openings import open_to
from shared.usecases.reviews import hand_over_reviews
from shared.usecases.transfer_statements import act_between, draw_up
from shared.usecases.transfers import is_here

# The day after the last round that takes no more deeds, in either branch: before it nothing can be split any more.
_EARLIEST = text("""
SELECT max(r.last_day) + 1 FROM round r
WHERE r.county_id = :county AND r.unit_id = ANY(CAST(:units AS uuid[])) AND length(r.period) > 4
  AND r.state NOT IN ('collecting', 'ended')
""")
UNDECIDED = (ClaimState.SUBMITTED, ClaimState.RETURNED)


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a branch receives somebody: from which day, under which number, in which group."""

    day: date
    member_no: str
    group_id: UUID | None = None


def decline_transfer(session: Session, actor: Actor, transfer_id: UUID, reason: str, now: datetime) -> Transfer:
    """Do not receive somebody, with the reason; they stay where they are."""
    transfer = _coming(session, actor, transfer_id)
    if not reason.strip():
        raise Invalid("不接收要写明原因。")
    act_between(session, actor, transfer)
    transfer.reason = reason
    step(session, actor, transfer, TRANSFER, TransferCommand.DECLINE, now, note=reason)
    said = f"对方支部没有接收{transfer.name}：{reason}"
    to = Audience(roles=["secretary"], steps=[Action.TRANSFER_PROPOSE])
    tell(session, actor, transfer.unit_id, "transfer", transfer.id, said, to, now)
    return transfer


def accept_transfer(session: Session, actor: Actor, transfer_id: UUID, arrival: Arrival, now: datetime) -> Member:
    """Receive a member from a day on: the old branch's ledger and the deeds of the running round come along."""
    transfer = _coming(session, actor, transfer_id)
    TRANSFER.after(TransferState(transfer.state), TransferCommand.ACCEPT)
    act_between(session, actor, transfer)
    return move_over(session, actor, transfer, arrival, now)


def move_over(session: Session, actor: Actor, transfer: Transfer, arrival: Arrival, now: datetime) -> Member:
    """Split a member's year between two branches, both of which are entered."""
    member = session.get_one(Member, (transfer.county_id, transfer.member_id), with_for_update=True)
    _refuse(session, transfer, member, arrival, now)
    member.present_to, member.left_as = arrival.day - timedelta(days=1), Leaving.TRANSFERRED
    end_offices(session, member, arrival.day)
    session.flush()
    joined = _membership(member, transfer.to_unit_id, arrival)
    session.add(joined)
    session.flush()
    transfer.to_member_id, transfer.moved_on = joined.id, arrival.day
    session.flush()
    step(session, actor, transfer, TRANSFER, TransferCommand.ACCEPT, now)
    _take_along(session, actor, transfer, member, now)
    hand_over_reviews(session, actor, member, joined, now)
    draw_up(session, actor, transfer, now)
    _tell(session, actor, transfer, member, now)
    return joined


def _refuse(session: Session, transfer: Transfer, member: Member, arrival: Arrival, now: datetime) -> None:
    ended = session.scalar(
        _EARLIEST, {"county": transfer.county_id, "units": [transfer.unit_id, transfer.to_unit_id]}
    )
    faults = day_faults(arrival.day, ended or date.min, local_day(now), member.present_from)
    if not is_here(member, arrival.day - timedelta(days=1)):
        faults.append(f"{member.name}已经离开原支部。")
    taken = select(Member.id).filter_by(county_id=transfer.county_id, unit_id=transfer.to_unit_id)
    if not arrival.member_no.strip():
        faults.append("请写明在本支部的编号。")
    elif session.scalar(taken.filter_by(member_no=arrival.member_no)) is not None:
        faults.append(f"编号 {arrival.member_no} 在本支部已经用过，请换一个。")
    open_ones = select(Claim.number).filter_by(county_id=transfer.county_id, member_id=member.id)
    numbers = session.scalars(open_ones.where(Claim.state.in_(UNDECIDED)).order_by(Claim.number)).all()
    if numbers:
        faults.append(
            f"{member.name}还有申报没有审核完（{'、'.join(numbers)}），请原支部先审核，或由本人撤回，再办接收。"
        )
    if faults:
        raise Invalid(*faults)


def _membership(member: Member, unit_id: UUID, arrival: Arrival) -> Member:
    """Return the membership in the new branch: the same person, class and exemption; office and contact end."""
    return Member(
        county_id=member.county_id,
        unit_id=unit_id,
        person_id=member.person_id,
        group_id=arrival.group_id,
        member_no=arrival.member_no,
        name=member.name,
        name_sort=member.name_sort,
        class_=member.class_,
        office="",
        birth_date=member.birth_date,
        present_from=arrival.day,
        joined_as=Joining.TRANSFERRED,
        probationary=member.probationary,
        probation_until=member.probation_until,
        probation_extended=member.probation_extended,
        exempt_from=member.exempt_from,
        exempt_to=member.exempt_to,
        exempt_minute=member.exempt_minute,
        exempt_consent=member.exempt_consent,
        exempt_review_on=member.exempt_review_on,
    )


def _take_along(session: Session, actor: Actor, transfer: Transfer, member: Member, now: datetime) -> None:
    """The person belongs to the new branch; the old one keeps sight of who they were."""
    person = session.get_one(Person, (member.county_id, member.person_id))
    person.unit_id = transfer.to_unit_id
    session.flush()
    open_to(session, actor.county_id, transfer.to_unit_id, transfer.unit_id, [person.id], "组织关系转出", now)


def end_offices(session: Session, member: Member, day: date) -> None:
    """Whoever goes holds no office any more in the branch that they leave."""
    held = select(Holding).filter_by(
        county_id=member.county_id, unit_id=member.unit_id, person_id=member.person_id
    )
    for holding in session.scalars(held.where(or_(Holding.until.is_(None), Holding.until >= day))):
        holding.until = max(day - timedelta(days=1), holding.since)


def _tell(session: Session, actor: Actor, transfer: Transfer, member: Member, now: datetime) -> None:
    there = session.get_one(Unit, (transfer.county_id, transfer.to_unit_id))
    said = f"{member.name}的组织关系已由{there.name}接收，本期及以后由{there.name}计分。"
    to = Audience(roles=["secretary", "recorder"])
    tell(session, actor, transfer.unit_id, "transfer", transfer.id, said, to, now)
    mine = f"您的组织关系已转到{there.name}。本年积分随转接单一并转来，年度等次由{there.name}评定。"
    tell(session, actor, transfer.to_unit_id, "transfer", transfer.id, mine, Audience([member.person_id]), now)


def _coming(session: Session, actor: Actor, transfer_id: UUID) -> Transfer:
    transfer = hold(session, actor, Action.TRANSFER_ACCEPT, Transfer, transfer_id)
    if transfer.to_unit_id != actor.unit_id:
        raise Forbidden("这位党员不是转到您所在支部的。")
    return transfer
