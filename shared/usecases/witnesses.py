"""Witnesses: named by who claims a deed, never asked for; they confirm it or not, in a word of their own."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require, see
from shared.db.claims import Claim
from shared.db.members import Member
from shared.db.witnesses import Witness
from shared.domain.claims import ClaimState
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.periods import day_in_words
from shared.usecases.carry_out import remark
from shared.usecases.messages import Audience, tell

UNDECIDED = {ClaimState.DRAFT, ClaimState.SUBMITTED, ClaimState.RETURNED}


class Heard(NamedTuple):
    """A witness, who they are, and the claim that they are asked about."""

    witness: Witness
    member: Member
    claim: Claim


def name_witness(session: Session, actor: Actor, claim_id: UUID, member_id: UUID, now: datetime) -> Witness:
    """Name a member of the branch who was there, as long as the claim is undecided; they are asked at once."""
    claim = hold(session, actor, Action.CLAIM_DRAFT, Claim, claim_id)
    member = see(session, actor, Action.BOARD_SEE, Member, member_id)
    if member.id == claim.member_id:
        raise Forbidden("不能为自己作证，请填写当时在场的其他同志。")
    _undecided(claim)
    if session.scalar(
        select(Witness.id).filter_by(county_id=actor.county_id, claim_id=claim.id, member_id=member.id)
    ):
        raise Invalid(f"{member.name}已经列为在场证明人。")
    witness = Witness(
        county_id=actor.county_id, unit_id=claim.unit_id, claim_id=claim.id, member_id=member.id, named_at=now
    )
    session.add(witness)
    remark(session, actor, claim, "name_witness", now, note=member.name)
    said = f"申报 {claim.number} 请您证明：{day_in_words(claim.happened_on)}，{claim.text}。您当时在场吗？"
    tell(session, actor, claim.unit_id, "witness", witness.id, said, Audience([member.person_id]), now)
    return witness


def bear_witness(
    session: Session, actor: Actor, witness_id: UUID, confirms: bool, said: str, now: datetime
) -> Witness:
    """Say whether it was so, once, before the claim is decided; who does not confirm it says why."""
    witness = hold(session, actor, Action.WITNESS_BEAR, Witness, witness_id)
    claim = session.get_one(Claim, (actor.county_id, witness.claim_id))
    if witness.said_at is not None:
        raise NotNow("您已经作过说明。")
    _undecided(claim)
    if not confirms and not said.strip():
        raise Invalid("不能证明的，请用一句话说明情况。")
    witness.confirms, witness.said, witness.said_at = confirms, said, now
    remark(session, actor, claim, "witness", now, note=f"{'证明属实' if confirms else '不能证明'} {said}".strip())
    return witness


def witnesses_of(session: Session, actor: Actor, claim_id: UUID) -> Sequence[Heard]:
    """Return who is named as having been there and what they said, for whoever may see the claim."""
    claim = see(session, actor, Action.CLAIM_SEE, Claim, claim_id)
    return _heard(session, Witness.county_id == actor.county_id, Witness.claim_id == claim.id)


def may_witness(session: Session, actor: Actor, claim: Claim) -> Sequence[Member]:
    """Return the members of the branch who may still be named for a claim, in the board's order."""
    named = select(Witness.member_id).filter_by(county_id=actor.county_id, claim_id=claim.id)
    others = select(Member).filter_by(county_id=actor.county_id, unit_id=claim.unit_id)
    free = others.where(Member.id != claim.member_id, Member.id.not_in(named), Member.present_to.is_(None))
    return session.scalars(free.order_by(Member.name_sort, Member.member_no)).all()


def see_witness(session: Session, actor: Actor, witness_id: UUID) -> tuple[Heard, Member, bool]:
    """Return what the actor is asked about, whose claim it is, and whether it is still asked."""
    require(actor, Action.WITNESS_BEAR)
    own = Witness.member_id == actor.member_id
    found = _heard(session, Witness.county_id == actor.county_id, Witness.id == witness_id, own)
    if not found:
        raise NotFound("没有请您证明的这件事。")
    claim = found[0].claim
    return found[0], session.get_one(Member, (claim.county_id, claim.member_id)), claim.state in UNDECIDED


def witness_asked(session: Session, actor: Actor) -> Sequence[Heard]:
    """Return the undecided claims about which the actor has been asked and has not yet spoken, oldest first."""
    require(actor, Action.WITNESS_BEAR)
    return _heard(
        session,
        Witness.county_id == actor.county_id,
        Witness.member_id == actor.member_id,
        Witness.said_at.is_(None),
        Claim.state.in_(UNDECIDED),
    )


def _heard(session: Session, *wanted: ColumnElement[bool]) -> Sequence[Heard]:
    asked = (
        select(Witness, Member, Claim)
        .join(Claim, (Claim.county_id == Witness.county_id) & (Claim.id == Witness.claim_id))
        .join(Member, (Member.county_id == Claim.county_id) & (Member.id == Witness.member_id))
        .where(*wanted)
        .order_by(Witness.named_at, Witness.id)
    )
    return [Heard(*row) for row in session.execute(asked)]


def _undecided(claim: Claim) -> None:
    if claim.state not in UNDECIDED:
        raise NotNow(f"申请 {claim.number} 支部已经审核或已撤回，不再需要证明。")
