"""Opinions: the group leader says of a claim whether it was done, and how well."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.claims import Claim, Opinion, Word
from shared.db.members import Member
from shared.db.rounds import Round
from shared.db.units import Holding
from shared.domain.claims import ClaimState
from shared.domain.errors import Forbidden, NotNow
from shared.domain.windows import local_day
from shared.usecases.books import book_of
from shared.usecases.carry_out import remark


def give_opinion(
    session: Session, actor: Actor, claim_id: UUID, done: bool, quality: str, now: datetime
) -> Opinion:
    """Sign an opinion on a submitted claim of one's own group; never on one's own claim.

    Where the group has no other leader than the claimant, a member of the committee signs.
    """
    claim = hold(session, actor, Action.OPINION_GIVE, Claim, claim_id)
    member = session.get_one(Member, (actor.county_id, claim.member_id))
    if claim.member_id == actor.member_id:
        raise Forbidden("不能为自己的申请签署意见，请由支部委员签署。")
    leaders = leaders_of(session, member, local_day(now))
    if leaders and actor.person_id not in leaders and not signs_for_any(actor):
        raise Forbidden("只能为本党小组党员的申请签署意见。")
    if claim.state != ClaimState.SUBMITTED:
        raise NotNow("申请提交后、支委会审核前才能签署意见。")
    if has_signed(session, actor, claim):
        raise NotNow("您已经为这项申请签过意见。")
    opinion = Opinion(
        county_id=actor.county_id,
        unit_id=claim.unit_id,
        claim_id=claim.id,
        person_id=actor.person_id,
        done=done,
        quality=quality,
        given_at=now,
    )
    session.add(opinion)
    remark(session, actor, claim, "opinion", now, note=f"{'已完成' if done else '未完成'}，{quality}")
    return opinion


def unheard(session: Session, claim: Claim) -> list[str]:
    """Return what is still to be heard before a claim is decided: the leader's opinion, a department's word."""
    round_ = session.get_one(Round, (claim.county_id, claim.round_id))
    book = book_of(session, claim.county_id, round_.book_id)
    of_claim = {"county_id": claim.county_id, "claim_id": claim.id}
    faults = []
    if book.procedure.opinions and not session.scalar(
        select(func.count()).select_from(Opinion).filter_by(**of_claim)
    ):
        faults.append(f"申请 {claim.number} 还没有党小组长意见")
    waiting = select(Word.department).filter_by(**of_claim).where(Word.given_at.is_(None))
    faults += [f"申请 {claim.number} 还在等{department}反馈" for department in session.scalars(waiting)]
    return faults


def has_signed(session: Session, actor: Actor, claim: Claim) -> bool:
    """Return whether this actor has signed an opinion on the claim."""
    own = {"county_id": actor.county_id, "claim_id": claim.id, "person_id": actor.person_id}
    return session.scalar(select(Opinion.id).filter_by(**own).limit(1)) is not None


def signs_for_any(actor: Actor) -> bool:
    """Return whether the unit has given the leaders' opinion to this actor, or taken it from the leaders."""
    return actor.overlay.stands_in(actor.roles - {"group_leader"}, "group_leader", Action.OPINION_GIVE)


def leaders_of(session: Session, member: Member, today: date) -> set[UUID]:
    """Return who leads the member's group today, the member aside."""
    held = select(Holding.person_id).where(
        Holding.county_id == member.county_id,
        Holding.unit_id == member.unit_id,
        Holding.role == "group_leader",
        Holding.group_id == member.group_id,
        Holding.person_id != member.person_id,
        Holding.since <= today,
        or_(Holding.until.is_(None), Holding.until >= today),
    )
    return set(session.scalars(held))
