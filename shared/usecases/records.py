"""Records: what officers enter themselves, attendance, duties and deductions; the member is told of the last."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, see
from shared.db.claims import Record
from shared.db.members import Member
from shared.db.rounds import Round
from shared.domain.deeds import Deed, faults_of
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.rounds import RoundState
from shared.domain.rules import Kind
from shared.usecases.books import book_of
from shared.usecases.carry_out import remark
from shared.usecases.messages import Audience, tell

AGAINST = {Kind.BASE, Kind.DEDUCTION, Kind.ZEROING}


def enter_record(
    session: Session, actor: Actor, round_id: UUID, member_id: UUID, deed: Deed, now: datetime
) -> Record:
    """Enter what happened. What counts against a member is told to them when it is entered (不给党员记黑帐)."""
    round_ = see(session, actor, Action.RECORD_ENTER, Round, round_id)
    member = see(session, actor, Action.RECORD_ENTER, Member, member_id)
    book = book_of(session, actor.county_id, round_.book_id)
    if round_.state not in {RoundState.COLLECTING, RoundState.REVIEWING}:
        raise NotNow(f"{round_.period} 的登记已经结束；漏记的请作更正。")
    faults = faults_of(deed, book, member.class_, round_.first_day, round_.last_day)
    item = book.items.get(deed.item)
    if item is not None and item.decision and not deed.decision:
        faults.append(f"“{item.title}”要有集体决定的会议纪要。")
    if faults or item is None:
        raise Invalid(*faults)
    if member.id == actor.member_id and item.kind not in AGAINST:
        raise Forbidden("不能给自己登记加分，请自己申报或由其他同志登记。")
    record = Record(
        county_id=actor.county_id,
        unit_id=round_.unit_id,
        round_id=round_.id,
        member_id=member.id,
        item=deed.item,
        happened_on=deed.happened_on,
        points=deed.points,
        text=deed.text,
        decision=deed.decision,
        entered_by=actor.person_id,
        entered_at=now,
    )
    session.add(record)
    session.flush()
    remark(session, actor, record, "enter", now)
    if item.kind in AGAINST:
        said = (
            f"{deed.happened_on} “{item.title}”已登记：{deed.text}。如不属实，可向支部说明或在公示期内提出异议。"
        )
        tell(session, actor, round_.unit_id, "deduction", record.id, said, Audience([member.person_id]), now)
    return record


def strike_record(session: Session, actor: Actor, record_id: UUID, reason: str, now: datetime) -> None:
    """Strike a record with its reason; it stays to be seen and no longer counts."""
    record = hold(session, actor, Action.RECORD_STRIKE, Record, record_id)
    if not reason.strip():
        raise Invalid("撤销登记要写明理由。")
    if record.struck_at is not None:
        raise NotNow("这条登记已经撤销。")
    record.struck_at, record.struck_reason = now, reason
    remark(session, actor, record, "strike", now, note=reason)
