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
from shared.authz.gate import hold, hold_all, require, see
from shared.db.claims import Claim, Evidence, Opinion, Word
from shared.db.members import Member
from shared.db.rounds import Round
from shared.domain.claims import CLAIM, ClaimCommand, ClaimState
from shared.domain.deeds import Deed, faults_of
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.procedures import Body
from shared.domain.rounds import RoundState
from shared.domain.rules import RuleBook
from shared.usecases.books import book_of
from shared.usecases.carry_out import all_of, remark, step
from shared.usecases.words import ask_for_word


@dataclass(frozen=True, slots=True)
class Ruling:
    """The committee's decision on claims: why, and the minute that holds it."""

    accept: bool
    minute: str
    reason: str | None = None
    points: Decimal | None = None


def draft_claim(
    session: Session, actor: Actor, round_id: UUID, member_id: UUID, deed: Deed, now: datetime
) -> Claim:
    """Write a claim down without handing it in. An officer may do so for a member (代办); both names are kept."""
    member = see(session, actor, Action.CLAIM_DRAFT, Member, member_id)
    if "member" in actor.roles and len(actor.roles) == 1 and member.id != actor.member_id:
        raise Forbidden("只能为自己申报；需要代办请由支部工作人员办理。")
    round_ = see(session, actor, Action.CLAIM_DRAFT, Round, round_id)
    _accepts(round_, book_of(session, actor.county_id, round_.book_id), member, deed, now)
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
        raise NotNow(f"{round_.period} 的申报已经截止；漏报的可以作更正申请。")
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


def return_claim(session: Session, actor: Actor, claim_id: UUID, missing: str, now: datetime) -> None:
    """Give a claim back for what is missing, said in words."""
    claim = hold(session, actor, Action.CLAIM_RETURN, Claim, claim_id)
    if not missing.strip():
        raise Invalid("退回申请要写明缺少什么材料。")
    step(session, actor, claim, CLAIM, ClaimCommand.RETURN, now, note=missing)


def attach(
    session: Session, actor: Actor, claim_id: UUID, name: str, media_type: str, content: bytes, digest: str
) -> Evidence:
    """Add evidence to a claim that is still the member's to change."""
    claim = hold(session, actor, Action.CLAIM_DRAFT, Claim, claim_id)
    if claim.state not in {ClaimState.DRAFT, ClaimState.RETURNED}:
        raise NotNow("申请提交后不能再改附件；需要补充请先撤回或等支部退回。")
    evidence = Evidence(
        county_id=actor.county_id,
        unit_id=claim.unit_id,
        claim_id=claim.id,
        name=name,
        media_type=media_type,
        content=content,
        digest=digest,
    )
    session.add(evidence)
    session.flush()
    return evidence


def decide_claims(
    session: Session, actor: Actor, claim_ids: Sequence[UUID], ruling: Ruling, now: datetime
) -> None:
    """Accept or refuse claims, all or none. Nobody decides their own; a refusal has body, reason and minute."""
    require(actor, Action.CLAIM_DECIDE)
    claims = hold_all(session, actor, Action.CLAIM_DECIDE, Claim, claim_ids)
    _may_decide(session, actor, claims, ruling)
    for claim in claims:
        claim.decision = ruling.minute
        if ruling.points is not None:
            claim.points = ruling.points
        if not ruling.accept:
            claim.refused_by = claim.refused_by or Body.COMMITTEE
            claim.reason, claim.minute = ruling.reason, ruling.minute
    command = ClaimCommand.ACCEPT if ruling.accept else ClaimCommand.REFUSE
    all_of(session, actor, Claim, claim_ids, CLAIM, command, now, note=ruling.reason or ruling.minute)


def _may_decide(session: Session, actor: Actor, claims: Sequence[Claim], ruling: Ruling) -> None:
    if not ruling.accept and not ruling.reason:
        raise Invalid("不予认定要写明理由。")
    if any(claim.member_id == actor.member_id for claim in claims):
        raise Forbidden("不能审核自己的申请，请由其他支委办理。")
    faults = [fault for claim in claims for fault in _unheard(session, claim)]
    if faults:
        raise NotNow("；".join(faults))


def _unheard(session: Session, claim: Claim) -> list[str]:
    """Return what is still to be heard before the committee decides: the leader's opinion, a department's word."""
    book = book_of(session, claim.county_id, _round(session, claim).book_id)
    of_claim = {"county_id": claim.county_id, "claim_id": claim.id}
    faults = []
    if book.procedure.opinions and not session.scalar(
        select(func.count()).select_from(Opinion).filter_by(**of_claim)
    ):
        faults.append(f"申请 {claim.number} 还没有党小组长意见")
    waiting = select(Word.department).filter_by(**of_claim).where(Word.given_at.is_(None))
    faults += [f"申请 {claim.number} 还在等{department}反馈" for department in session.scalars(waiting)]
    return faults


def _round(session: Session, claim: Claim) -> Round:
    return session.get_one(Round, (claim.county_id, claim.round_id))


def _accepts(round_: Round, book: RuleBook, member: Member, deed: Deed, now: datetime) -> None:
    if not _open_for_claims(round_, book, now, None):
        raise NotNow(f"{round_.period} 的申报已经截止。")
    faults = faults_of(deed, book, member.class_, round_.first_day, round_.last_day)
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
