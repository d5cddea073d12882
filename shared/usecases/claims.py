"""Claims: drafted, submitted, withdrawn, returned for more, accepted or refused by the committee."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, text
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
from shared.domain.periods import period_in_words
from shared.domain.procedures import Body
from shared.domain.rounds import RoundState
from shared.domain.rule_words import BODIES
from shared.domain.rules import RuleBook
from shared.usecases.announcements import announce
from shared.usecases.books import book_of
from shared.usecases.carry_out import all_of, carry_out, move, moving, remark, step, terms
from shared.usecases.evidence import evidence_of
from shared.usecases.intake import check_deed, check_in_time, next_number
from shared.usecases.messages import Audience, tell
from shared.usecases.openings import close_to
from shared.usecases.opinions import unheard
from shared.usecases.words import ask_for_word

_ON_PAPER = text("""
SELECT c.number FROM claim c JOIN history h ON h.county_id = c.county_id AND h.subject_id = c.id
WHERE c.county_id = :county AND c.id <> :id AND c.member_id = :member AND c.item = :item AND c.happened_on = :day
  AND c.state <> 'withdrawn' AND h.command = 'on_paper' ORDER BY c.number LIMIT 1
""")
_SUBMIT = moving("claim", sets="filed_at = coalesce(t.filed_at, :at),", from_one=False)


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
    check_deed(session, round_, member, deed, now)
    claim = Claim(
        county_id=actor.county_id,
        unit_id=round_.unit_id,
        round_id=round_.id,
        member_id=member.id,
        number=next_number(session, round_),
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


def amend_claim(session: Session, actor: Actor, claim_id: UUID, deed: Deed, now: datetime) -> Claim:
    """Change what a claim says while it is still the claimant's: a draft, or one that was sent back."""
    claim = hold(session, actor, Action.CLAIM_DRAFT, Claim, claim_id)
    if claim.state not in {ClaimState.DRAFT, ClaimState.RETURNED}:
        raise NotNow("申报提交后不能再改；要改请先撤回，或等支部退回补充。")
    round_ = see(session, actor, Action.BOARD_SEE, Round, claim.round_id)
    member = session.get_one(Member, (actor.county_id, claim.member_id))
    check_deed(session, round_, member, deed, now, claim.filed_at)
    claim.item, claim.happened_on, claim.text = deed.item, deed.happened_on, deed.text
    claim.points, claim.replaces_id = deed.points, deed.replaces
    remark(session, actor, claim, "change", now)
    return claim


def submit_claim(session: Session, actor: Actor, claim_id: UUID, now: datetime) -> Claim:
    """Hand a claim in while its round takes claims; the departments that it touches are asked at once."""
    claim = hold(session, actor, Action.CLAIM_SUBMIT, Claim, claim_id)
    round_ = see(session, actor, Action.BOARD_SEE, Round, claim.round_id)
    book = book_of(session, actor.county_id, round_.book_id)
    check_in_time(round_, book, now, claim.filed_at)
    _has_what_it_needs(session, claim, book)
    if actor.member_id == claim.member_id:
        _refuse_what_came_on_paper(session, claim)
    _hand_in(session, actor, claim, now)
    department = book.items[claim.item].word_of
    if book.procedure.words and department:
        ask_for_word(session, actor, claim, department, now)
    return claim


def _hand_in(session: Session, actor: Actor, claim: Claim, now: datetime) -> None:
    """The step with the instant that goes with it: as two statements, every count and key was looked at twice."""
    CLAIM.after(ClaimState(claim.state), ClaimCommand.SUBMIT)
    given = {**terms(actor, Claim, CLAIM, ClaimCommand.SUBMIT, now), "ids": [claim.id]}
    moved = move(session, Claim, _SUBMIT, given)
    session.expire(claim, ["filed_at"])
    announce(session, actor, ("claim", ClaimCommand.SUBMIT), moved, now)


def _refuse_what_came_on_paper(session: Session, claim: Claim) -> None:
    """What was entered from paper counts once; a second deed of that kind and day comes in on paper as well."""
    its = {"county": claim.county_id, "id": claim.id, "member": claim.member_id}
    number = session.scalar(_ON_PAPER, {**its, "item": claim.item, "day": claim.happened_on})
    if number is not None:
        raise Invalid(
            f"这件事已经按您交的纸质申报录入了，编号 {number}，不用再报。"
            "确实是同一天的另一件事，请填纸质申报交给记录员。"
        )


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
    _tell_claimant(session, actor, claim, f"申报 {claim.number} 请您补充：{missing}", now)


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
    for claim in [] if ruling.accept else claims:
        _tell_claimant(session, actor, claim, f"申报 {claim.number} 没有认定。{_said(ruling)}", now)


def _tell_claimant(session: Session, actor: Actor, claim: Claim, said: str, now: datetime) -> None:
    member = session.get_one(Member, (claim.county_id, claim.member_id))
    tell(session, actor, claim.unit_id, "claim", claim.id, said, Audience([member.person_id]), now)


def _has_what_it_needs(session: Session, claim: Claim, book: RuleBook) -> None:
    item = book.items[claim.item]
    if item.evidence and not evidence_of(session, claim.county_id, claim.id):
        raise Invalid(f"“{item.title}”要附证明材料：{item.evidence}。可以拍照上传，也可以把原件交支部代为上传。")


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
    return [f"{period_in_words(round_.period)}已提出初步意见，申请 {claim.number} 不能再改，请按异议或更正办理"]


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
