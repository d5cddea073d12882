"""Records: what officers enter themselves, attendance, duties and deductions; the member is told of the last."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, see, see_all
from shared.db.claims import Record
from shared.db.members import Member
from shared.db.rounds import Round
from shared.domain.deeds import Deed
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.periods import period_in_words
from shared.domain.rounds import RoundState
from shared.domain.rules import AGAINST, RuleBook
from shared.usecases.books import book_of
from shared.usecases.carry_out import remark, remark_all
from shared.usecases.deeds import entry_faults
from shared.usecases.messages import Audience, tell

OPEN = {RoundState.COLLECTING, RoundState.REVIEWING}


def enter_record(
    session: Session, actor: Actor, round_id: UUID, member_id: UUID, deed: Deed, now: datetime
) -> Record:
    """Enter what happened. What counts against a member is told to them when it is entered (不给党员记黑帐)."""
    round_ = see(session, actor, Action.RECORD_ENTER, Round, round_id)
    member = see(session, actor, Action.RECORD_ENTER, Member, member_id)
    if round_.state not in OPEN:
        raise NotNow(f"{period_in_words(round_.period)}的登记已经结束；漏记的请作更正。")
    return record_deed(session, actor, round_, member, deed, now)


def enter_records(
    session: Session, actor: Actor, round_id: UUID, deeds: Sequence[tuple[UUID, Deed]], now: datetime
) -> list[Record]:
    """Enter what several did, by member, such as who came to a meeting: all of it, or nothing with every fault."""
    round_ = see(session, actor, Action.RECORD_ENTER, Round, round_id)
    members = see_all(session, actor, Action.RECORD_ENTER, Member, [member_id for member_id, _ in deeds])
    if round_.state not in OPEN:
        raise NotNow(f"{period_in_words(round_.period)}的登记已经结束；漏记的请作更正。")
    return _write(session, actor, round_, [(m, deed) for m, (_, deed) in zip(members, deeds, strict=True)], now)


def record_deed(
    session: Session, actor: Actor, round_: Round, member: Member, deed: Deed, now: datetime
) -> Record:
    """Write the record of a deed, in time or late; refused with every fault at once."""
    return _write(session, actor, round_, [(member, deed)], now)[0]


def _write(
    session: Session, actor: Actor, round_: Round, deeds: Sequence[tuple[Member, Deed]], now: datetime
) -> list[Record]:
    book = book_of(session, actor.county_id, round_.book_id)
    faults = _by_row(
        (member, [*entry_faults(deed, book, member, round_, now), *record_faults(deed, book)])
        for member, deed in deeds
    )
    if faults:
        raise Invalid(*faults)
    gains = [member for member, deed in deeds if book.items[deed.item].kind not in AGAINST]
    if actor.member_id in {member.id for member in gains}:
        raise Forbidden("不能给自己登记加分，请自己申报或由其他同志登记。")
    records = [_record(actor, round_, member, deed, now) for member, deed in deeds]
    session.add_all(records)
    remark_all(session, actor, records, "enter", now)
    for record, (member, deed) in zip(records, deeds, strict=True):
        if book.items[deed.item].kind in AGAINST:
            _tell(session, actor, record, member, f"{deed.happened_on} “{book.items[deed.item].title}”", now)
    return records


def _record(actor: Actor, round_: Round, member: Member, deed: Deed, now: datetime) -> Record:
    return Record(
        county_id=actor.county_id,
        id=uuid4(),
        unit_id=round_.unit_id,
        round_id=round_.id,
        member_id=member.id,
        item=deed.item,
        happened_on=deed.happened_on,
        points=deed.points,
        text=deed.text,
        decision=deed.decision,
        origin=deed.origin,
        entered_by=actor.person_id,
        entered_at=now,
    )


def _tell(session: Session, actor: Actor, record: Record, member: Member, what: str, now: datetime) -> None:
    said = f"{what}已登记：{record.text}。如不属实，可向支部说明或在公示期内提出异议。"
    tell(session, actor, record.unit_id, "deduction", record.id, said, Audience([member.person_id]), now)


def strike_record(session: Session, actor: Actor, record_id: UUID, reason: str, now: datetime) -> None:
    """Strike a record with its reason; it stays to be seen and no longer counts."""
    record = hold(session, actor, Action.RECORD_STRIKE, Record, record_id)
    round_ = session.get_one(Round, (actor.county_id, record.round_id))
    if not reason.strip():
        raise Invalid("撤销登记要写明理由。")
    if record.struck_at is not None:
        raise NotNow("这条登记已经撤销。")
    if record.member_id == actor.member_id:
        raise Forbidden("不能撤销对自己的登记，请由其他同志办理。")
    if round_.state not in OPEN:
        raise NotNow(f"{period_in_words(round_.period)}的登记已经结束；登记有误的请按异议或更正办理。")
    record.struck_at, record.struck_reason = now, reason
    remark(session, actor, record, "strike", now, note=reason)


def _by_row(found: Iterable[tuple[Member, Sequence[str]]]) -> list[str]:
    """Say what is wrong with every row once, and what is wrong with some under their names."""
    rows = list(found)
    everywhere = [fault for fault in rows[0][1] if all(fault in faults for _, faults in rows)] if rows else []
    named = [
        f"{member.name}（{member.member_no}）：{fault}"
        for member, faults in rows
        for fault in faults
        if fault not in everywhere
    ]
    return [*dict.fromkeys(everywhere), *named]


def record_faults(deed: Deed, book: RuleBook) -> list[str]:
    """Return what a record wants beside what every deed does."""
    item = book.items.get(deed.item)
    if item is None:
        return []
    if item.replaces:
        return [f"“{item.title}”取代另一件，请作为申请填报，写明取代哪一件。"]
    faults = []
    if item.decision and not (deed.decision or "").strip():
        faults.append(f"“{item.title}”要有集体决定的会议纪要。")
    if item.range is not None and deed.points is None:
        faults.append(f"“{item.title}”要写明分数。")
    return faults
