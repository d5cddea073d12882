"""Rulings: what an officer may do with a claim before them, and deciding on it as they have seen it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, hold_all, may, see
from shared.db.claims import Claim
from shared.db.members import Member
from shared.db.rounds import Round
from shared.domain.claims import CLAIM, ClaimState
from shared.domain.windows import local_day
from shared.usecases.books import book_of
from shared.usecases.claims import Ruling, decide_claims, return_claim
from shared.usecases.meanwhile import refuse_changed
from shared.usecases.opinions import give_opinion, has_signed, leaders_of, unheard


def rulings_open(session: Session, actor: Actor, claim_id: UUID, now: datetime) -> frozenset[str]:
    """Return what this actor may do with a claim: opinion, decide, return, score; nothing with their own."""
    claim = see(session, actor, Action.CLAIM_SEE, Claim, claim_id)
    if claim.member_id == actor.member_id or claim.state not in {ClaimState.SUBMITTED, ClaimState.ACCEPTED}:
        return frozenset()
    round_ = session.get_one(Round, (actor.county_id, claim.round_id))
    procedure = book_of(session, actor.county_id, round_.book_id).procedure
    found = set()
    if claim.state == ClaimState.SUBMITTED:
        member = session.get_one(Member, (actor.county_id, claim.member_id))
        if procedure.opinions and _signs(session, actor, claim, member, now):
            found.add("opinion")
        if may(actor, Action.CLAIM_RETURN, claim):
            found.add("return")
        if procedure.scorers and may(actor, Action.SCORE_GIVE, claim):
            found.add("score")
    if not procedure.scorers and may(actor, Action.CLAIM_DECIDE, claim) and not unheard(session, claim):
        found.add("decide")
    return frozenset(found)


def decide_as_seen(
    session: Session, actor: Actor, seen: Mapping[UUID, int], ruling: Ruling, now: datetime
) -> None:
    """Decide claims, all or none, as long as each still stands at the stage at which it was seen."""
    claims = hold_all(session, actor, Action.CLAIM_DECIDE, Claim, list(seen))
    refuse_changed(session, claims, seen, CLAIM, _name)
    decide_claims(session, actor, list(seen), ruling, now)


def return_as_seen(
    session: Session, actor: Actor, claim_id: UUID, stage: int, missing: str, now: datetime
) -> None:
    """Give a claim back for what is missing, unless somebody has taken a step with it since it was seen."""
    claim = hold(session, actor, Action.CLAIM_RETURN, Claim, claim_id)
    refuse_changed(session, [claim], {claim_id: stage}, CLAIM, _name)
    return_claim(session, actor, claim_id, missing, now)


def sign_as_seen(
    session: Session, actor: Actor, claim_id: UUID, stage: int, done: bool, quality: str, now: datetime
) -> None:
    """Sign an opinion on a claim, unless somebody has taken a step with it since it was seen."""
    claim = hold(session, actor, Action.OPINION_GIVE, Claim, claim_id)
    refuse_changed(session, [claim], {claim_id: stage}, CLAIM, _name)
    give_opinion(session, actor, claim_id, done, quality, now)


def _signs(session: Session, actor: Actor, claim: Claim, member: Member, now: datetime) -> bool:
    leaders = leaders_of(session, member, local_day(now))
    if has_signed(session, actor, claim):
        return False
    return may(actor, Action.OPINION_GIVE, claim) and (not leaders or actor.person_id in leaders)


def _name(claim: Claim) -> str:
    return f"申请 {claim.number} "
