"""Dossiers: a claim with everything that belongs to it, as whoever decides it and whom it concerns see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import may, see
from shared.db.claims import Claim, Word
from shared.db.evidence import Evidence
from shared.db.history import History
from shared.db.members import Member, Person
from shared.db.rounds import Line, Round
from shared.domain.claims import ClaimCommand, ClaimState
from shared.domain.errors import Forbidden
from shared.domain.procedures import Body, Procedure
from shared.domain.rounds import PATIENCE, RoundState
from shared.domain.rule_words import BODIES
from shared.domain.rules import Item
from shared.domain.windows import end_of_day, local_day
from shared.usecases.books import book_of
from shared.usecases.evidence import evidence_of
from shared.usecases.reminders import reminded_at
from shared.usecases.witnesses import Heard, witnesses_of

# Newest first; what is still the member's to do comes before what is with others.
_OWN = text("""
SELECT c.id, c.number, c.item, c.happened_on, c.points, c.text, c.state, c.filed_at, c.reason, r.period, r.book_id
FROM claim c JOIN round r ON r.county_id = c.county_id AND r.id = c.round_id
WHERE c.county_id = :county AND c.unit_id = :unit AND c.member_id = :member
ORDER BY c.state IN ('draft', 'returned') DESC, c.happened_on DESC, c.number DESC
""")

_OPINIONS = text("""
SELECT p.name, o.done, o.quality, o.given_at FROM opinion o
JOIN person p ON p.county_id = o.county_id AND p.id = o.person_id
WHERE o.county_id = :county AND o.claim_id = :claim ORDER BY o.given_at
""")
_STEPS = (
    select(History)
    .where(History.county_id == bindparam("county"), History.subject_id == bindparam("claim"))
    .order_by(History.recorded_at, History.id)
)


@dataclass(frozen=True, slots=True)
class Progress:
    """A claim, whose it is, what its item says, and how far it has come.

    `holder` says in words who has it now, empty where nobody has to do anything more; `until` is when the branch
    is reminded of it.
    """

    claim: Claim
    member: Member
    round: Round
    item: Item
    evidence: Sequence[Evidence]
    opinions: Sequence[Row[Any]]
    steps: Sequence[History]
    holder: str
    until: datetime | None

    @property
    def missing(self) -> str:
        """What the branch has said is missing, while the claim is back with its member; else empty."""
        if self.claim.state != ClaimState.RETURNED:
            return ""
        return next((s.note or "" for s in reversed(self.steps) if s.command == ClaimCommand.RETURN), "")


@dataclass(frozen=True, slots=True)
class Dossier(Progress):
    """All that has been brought and said about a claim besides.

    `entered_by` is who wrote it down, empty for the claimant; `replaced` what it takes the place of.
    """

    line: Line | None
    words: Sequence[Word]
    witnesses: Sequence[Heard]
    entered_by: str
    replaced: Claim | None


def see_progress(session: Session, actor: Actor, claim_id: UUID) -> Progress:
    """Return how far a claim has come to its member, to those who work on it, and to nobody else."""
    return Progress(**_progress(session, actor, claim_id))


def see_dossier(session: Session, actor: Actor, claim_id: UUID) -> Dossier:
    """Return a claim's dossier to the same."""
    parts = _progress(session, actor, claim_id)
    claim, member, round_ = parts["claim"], parts["member"], parts["round"]
    its = {"county_id": actor.county_id}
    words = select(Word).filter_by(**its, claim_id=claim.id).order_by(Word.asked_at)
    return Dossier(
        **parts,
        line=session.scalar(select(Line).filter_by(**its, round_id=round_.id, member_id=member.id)),
        words=session.scalars(words).all(),
        witnesses=witnesses_of(session, actor, claim.id),
        entered_by=_entered_by(session, claim, member),
        replaced=session.get(Claim, (actor.county_id, claim.replaces_id)) if claim.replaces_id else None,
    )


def _progress(session: Session, actor: Actor, claim_id: UUID) -> dict[str, Any]:
    claim = see(session, actor, Action.CLAIM_SEE, Claim, claim_id)
    member = session.get(Member, (actor.county_id, claim.member_id))
    if member is None or not may(actor, Action.CLAIM_SEE, member):
        raise Forbidden("这项申请不在您经办的范围内。")
    round_ = session.get_one(Round, (actor.county_id, claim.round_id))
    book, its = book_of(session, actor.county_id, round_.book_id), {"county": actor.county_id, "claim": claim.id}
    opinions = session.execute(_OPINIONS, its).all()
    return {
        "claim": claim,
        "member": member,
        "round": round_,
        "item": book.items[claim.item],
        "evidence": evidence_of(session, actor.county_id, claim.id),
        "opinions": opinions,
        "steps": session.scalars(_STEPS, its).all(),
        "holder": _holder(claim, book.procedure, bool(opinions)),
        "until": _until(session, claim, round_),
    }


def own_claims(session: Session, actor: Actor, member_id: UUID) -> Sequence[tuple[Row[Any], Item]]:
    """Return a member's claims with their items: to themselves, or to who acts for them."""
    member = see(session, actor, Action.CLAIM_SEE, Member, member_id)
    where = {"county": actor.county_id, "unit": actor.unit_id, "member": member.id}
    rows = session.execute(_OWN, where).all()
    return [(row, book_of(session, actor.county_id, row.book_id).items[row.item]) for row in rows]


def _holder(claim: Claim, procedure: Procedure, heard: bool) -> str:
    if claim.state in {ClaimState.DRAFT, ClaimState.RETURNED}:
        return "申报人本人"
    if claim.state != ClaimState.SUBMITTED:
        return ""
    if procedure.opinions and not heard:
        return "党小组长"
    return BODIES[Body.SCORING_GROUP if procedure.scorers else Body.COMMITTEE]


def _until(session: Session, claim: Claim, round_: Round) -> datetime | None:
    """Until when it is to be decided: the reminder that is set, or that will be when the claims close."""
    if claim.state != ClaimState.SUBMITTED:
        return None
    if round_.state == RoundState.COLLECTING:
        return end_of_day(local_day(round_.claims_close_at) + timedelta(days=PATIENCE[RoundState.REVIEWING]))
    return reminded_at(session, round_)


def _entered_by(session: Session, claim: Claim, member: Member) -> str:
    if claim.entered_by == member.person_id:
        return ""
    person = session.get(Person, (claim.county_id, claim.entered_by))
    return person.name if person else "支部"
