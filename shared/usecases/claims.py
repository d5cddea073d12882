"""Claims: drafted, submitted, withdrawn, returned for more, accepted or refused by the committee."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, hold_all, may, require, see
from shared.db.claims import Claim
from shared.db.members import Member
from shared.db.rounds import Line, Round
from shared.domain.claims import CLAIM, ClaimCommand, ClaimState
from shared.domain.deeds import Deed, points_faults
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.lines import LineState
from shared.domain.procedures import Body
from shared.domain.rounds import RoundState
from shared.domain.rule_words import BODIES
from shared.domain.rules import AGAINST, RuleBook
from shared.usecases.books import book_of
from shared.usecases.carry_out import all_of, carry_out, remark, step
from shared.usecases.deeds import entry_faults
from shared.usecases.openings import close_to
from shared.usecases.opinions import unheard
from shared.usecases.words import ask_for_word


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision on claims: why, and its minute; `body` is who refuses, the committee or the meeting."""

    accept: bool
    minute: str
    reason: str | None = None
    points: Decimal | None = None
    body: Body = Body.COMMITTEE


def draft_claim(
    session: Session, actor: Actor, round_id: UUID, member_id: UUID, deed: Deed, now: datetime
) -> Claim:
    """Write a claim down without handing it in. An officer may do so for a member (代办); both names are kept."""
    member = see(session, actor, Action.BOARD_SEE, Member, member_id)
    if not may(actor, Action.CLAIM_DRAFT, member):
        raise Forbidden("只能为自己申报；需要代办请由支部工作人员办理。")
    round_ = see(session, actor, Action.CLAIM_DRAFT, Round, round_id)
    _accepts(session, round_, member, deed, now)
    claim = Claim(
        county_id=actor.county_id,
        unit_id=round_.unit_id,
        round_id=round_.id,
        member_id=member.id,
        number=_number(session, actor, round_),
        item=deed.item,
        happened_on=deed.happened_on,
        points=deed.points,
        text=deed.text,
        replaces_id=deed.replaces,
        entered_by=actor.person_id,
        state=ClaimState.DRAFT,
        stage=0,
    )
    session.add(claim)
    session.flush()
    if actor.member_id != member.id:
        remark(session, actor, claim, "entered_for", now, note=f"代{member.name}填报")
    return claim


def submit_claim(session: Session, actor: Actor, claim_id: UUID, now: datetime) -> Claim:
    """Hand a claim in while its round takes claims; the departments that it touches are asked at once."""
    claim = hold(session, actor, Action.CLAIM_SUBMIT, Claim, claim_id)
    round_ = see(session, actor, Action.BOARD_SEE, Round, claim.round_id)
    book = book_of(session, actor.county_id, round_.book_id)
    if not _open_for_claims(round_, book, now, claim.filed_at):
        raise NotNow(f"{round_.period} 的申报已经截止；漏报的可以请支部作更正。")
    claim.filed_at = claim.filed_at or now
    step(session, actor, claim, CLAIM, ClaimCommand.SUBMIT, now)
    department = book.items[claim.item].word_of
    if book.procedure.words and department:
        ask_for_word(session, actor, claim, department, now)
    return claim


def withdraw_claim(session: Session, actor: Actor, claim_id: UUID, now: datetime) -> None:
    """Take a claim back as long as nobody has decided it."""
    claim = hold(session, actor, Action.CLAIM_WITHDRAW, Claim, claim_id)
    step(session, actor, claim, CLAIM, ClaimCommand.WITHDRAW, now)
    close_to(session, actor.county_id, claim.unit_id, [claim.id])


def return_claim(session: Session, actor: Actor, claim_id: UUID, missing: str, now: datetime) -> None:
    """Give a claim back for what is missing, said in words."""
    claim = hold(session, actor, Action.CLAIM_RETURN, Claim, claim_id)
    if not missing.strip():
        raise Invalid("退回申请要写明缺少什么材料。")
    step(session, actor, claim, CLAIM, ClaimCommand.RETURN, now, note=missing)


def decide_claims(
    session: Session, actor: Actor, claim_ids: Sequence[UUID], ruling: Ruling, now: datetime
) -> None:
    """Accept or refuse claims, all or none. Nobody decides their own; a refusal has body, reason and minute."""
    require(actor, Action.CLAIM_DECIDE)
    claims = hold_all(session, actor, Action.CLAIM_DECIDE, Claim, claim_ids)
    _may_decide(session, actor, claims, ruling)
    carry_out(session, actor, Claim, _excepted(session, claims), CLAIM, ClaimCommand.REOPEN, now, ruling.minute)
    for claim in claims:
        claim.decision = ruling.minute
        if ruling.points is not None:
            claim.points = ruling.points
        if ruling.accept:
            claim.refused_by = claim.reason = claim.minute = None
        else:
            # A department that spoke against it stays named as the one who did.
            claim.refused_by = claim.refused_by or ruling.body
            claim.reason, claim.minute = ruling.reason, ruling.minute
    command = ClaimCommand.ACCEPT if ruling.accept else ClaimCommand.REFUSE
    all_of(session, actor, Claim, claim_ids, CLAIM, command, now, note=_said(ruling))


def _said(ruling: Ruling) -> str:
    """What the history keeps of a decision, whatever an objection changes in the claim later."""
    if ruling.accept:
        return ruling.reason or ruling.minute
    return f"{BODIES[ruling.body]}：{ruling.reason}（{ruling.minute}）"


def _may_decide(session: Session, actor: Actor, claims: Sequence[Claim], ruling: Ruling) -> None:
    if not ruling.accept and not (ruling.reason or "").strip():
        raise Invalid("不予认定要写明理由。")
    if not ruling.minute.strip():
        raise Invalid("认定或不予认定都要写明会议记录编号。")
    if any(claim.member_id == actor.member_id for claim in claims):
        raise Forbidden("不能审核自己的申请，请由其他支委办理。")
    faults = [fault for claim in claims for fault in _too_late(session, claim) or unheard(session, claim)]
    if faults:
        raise NotNow("；".join(faults))
    wrong = [fault for claim in claims if ruling.accept for fault in _figure(session, claim, ruling)]
    if wrong:
        raise Invalid(*wrong)


def _too_late(session: Session, claim: Claim) -> list[str]:
    """A proposed figure stands on its claims: they are decided before, or when the line comes back."""
    round_ = _round(session, claim)
    procedure = book_of(session, claim.county_id, round_.book_id).procedure
    if procedure.scorers:
        return [f"申请 {claim.number} 由评议小组评分，支委会不改动分数，可以退回评分"]
    if round_.state in {RoundState.COLLECTING, RoundState.REVIEWING} or claim.id in _excepted(session, [claim]):
        return []
    confirming = round_.state in {RoundState.PUBLISHED, RoundState.CONFIRMING}
    if confirming and RoundState.CONFIRMING in procedure.stages:
        return []
    return [f"{round_.period} 已提出初步意见，申请 {claim.number} 不能再改，请按异议或更正办理"]


def _figure(session: Session, claim: Claim, ruling: Ruling) -> list[str]:
    item = book_of(session, claim.county_id, _round(session, claim).book_id).items[claim.item]
    points = claim.points if ruling.points is None else ruling.points
    if points is None and item.range is not None:
        return [f"申请 {claim.number}：请写明认定的分数"]
    return [f"申请 {claim.number}：{fault}" for fault in points_faults(points, item)]


def _excepted(session: Session, claims: Sequence[Claim]) -> list[UUID]:
    """Return those of the claims whose lines the members' meeting has sent back."""
    sent_back = (
        select(Claim.id)
        .join(
            Line,
            (Line.county_id == Claim.county_id)
            & (Line.round_id == Claim.round_id)
            & (Line.member_id == Claim.member_id),
        )
        .where(Claim.id.in_([claim.id for claim in claims]), Line.state == LineState.EXCEPTED)
    )
    return list(session.scalars(sent_back))


def _round(session: Session, claim: Claim) -> Round:
    return session.get_one(Round, (claim.county_id, claim.round_id))


def _accepts(session: Session, round_: Round, member: Member, deed: Deed, now: datetime) -> None:
    book = book_of(session, round_.county_id, round_.book_id)
    if not _open_for_claims(round_, book, now, None):
        raise NotNow(f"{round_.period} 的申报已经截止；漏报的可以请支部作更正。")
    faults = entry_faults(deed, book, member, round_, now)
    item = book.items.get(deed.item)
    if item is not None and item.kind in AGAINST:
        faults.append(f"“{item.title}”由支部登记，不用申报。")
    if item is not None and item.replaces and deed.replaces is not None:
        replaced = session.get(Claim, (round_.county_id, deed.replaces))
        if replaced is None or replaced.member_id != member.id or replaced.item != item.replaces:
            faults.append(f"“{item.title}”所取代的应是本人的一件“{book.items[item.replaces].title}”。")
    if faults:
        raise Invalid(*faults)


def _open_for_claims(round_: Round, book: RuleBook, now: datetime, filed_at: datetime | None) -> bool:
    """Whether a claim is in time; what was handed in before may be supplemented, and a book that publishes
    first and confirms after takes what is missing while its first notice hangs."""
    if round_.state == RoundState.COLLECTING:
        return now < round_.claims_close_at
    checking = round_.state == RoundState.PUBLISHED and RoundState.CONFIRMING in book.procedure.stages
    return checking or (round_.state == RoundState.REVIEWING and filed_at is not None)


def _number(session: Session, actor: Actor, round_: Round) -> str:
    """Return the claim's number, such as 2025-Q1-017; the round's row is locked so that none is given twice."""
    session.execute(
        select(Round.id).filter_by(county_id=actor.county_id, id=round_.id).with_for_update(key_share=True)
    )
    count = session.scalar(
        select(func.count()).select_from(Claim).filter_by(county_id=actor.county_id, round_id=round_.id)
    )
    return f"{round_.period}-{(count or 0) + 1:03d}"
