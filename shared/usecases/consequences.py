"""Consequences: the cases of a unit, of the level above and of a member, each as whoever looks may read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import able, may, require, see
from shared.db.clock import read_clock
from shared.db.members import Member, Person
from shared.db.outcomes import OutcomeCase
from shared.db.units import Holding, Unit
from shared.domain.outcomes import KINDS, OUTCOME, Kind, Measure, OutcomeCommand, OutcomeState
from shared.usecases.undertakings import appeal_until

_CASES = text("""
SELECT o.id, o.period, o.measure, o.basis, o.state, o.due_at, o.ending, m.name, u.name AS unit_name,
       m.id AS member_id, p.name AS owner
FROM outcome_case o
JOIN member m ON m.county_id = o.county_id AND m.id = o.member_id
JOIN unit u ON u.county_id = o.county_id AND u.id = o.unit_id
LEFT JOIN person p ON p.county_id = o.county_id AND p.id = o.owner_id
WHERE o.county_id = :county AND (o.unit_id = :unit OR o.at_unit_id = :unit)
  AND (CAST(:member AS uuid) IS NULL OR o.member_id = :member)
ORDER BY o.state IN ('closed', 'dropped'), o.period DESC, m.name_sort, m.id, o.kind
""")
# What the branch sees: who was commended or helped, and how it went; not why, and not what anybody said.
_SHOWN = text("""
SELECT o.period, o.measure, o.ending, o.ended_at, m.name
FROM outcome_case o JOIN member m ON m.county_id = o.county_id AND m.id = o.member_id
WHERE o.county_id = :county AND o.unit_id = :unit AND o.state = 'closed'
ORDER BY o.ended_at DESC, m.name_sort
""")
_STEPS = text("""
SELECT s.command, s.done_on, s.text, p.name FROM outcome_step s
LEFT JOIN person p ON p.county_id = s.county_id AND p.id = s.person_id
WHERE s.county_id = :county AND s.case_id = :case ORDER BY s.done_on, s.written_at
""")
C = OutcomeCommand
# As whom somebody sees the cases about themselves and no others.
ONLY_THEIRS = frozenset({"member"})


@dataclass(frozen=True, slots=True)
class Consequence:
    """A case with its steps; `commands` are those that the actor may take, `own` says that it is about them."""

    case: OutcomeCase
    member: Member
    unit: Unit
    kind: Kind
    steps: Sequence[Row[Any]]
    owner: str
    decided_by: str
    commands: frozenset[OutcomeCommand]
    own: bool
    appeal_until: datetime | None
    now: datetime


def see_consequences(session: Session, actor: Actor) -> Sequence[Row[Any]]:
    """Return the cases by name, never by rank, open ones first: a unit's, or those put to it; a member's own."""
    require(actor, Action.OUTCOME_SEE)
    own = None if able(actor, Action.OUTCOME_SEE, ONLY_THEIRS) else actor.member_id
    where = {"county": actor.county_id, "unit": actor.unit_id, "member": own}
    return session.execute(_CASES, where).all()


def see_ended(session: Session, actor: Actor) -> Sequence[Row[Any]]:
    """Return to everybody of the branch who was commended or helped, and how it went."""
    require(actor, Action.OUTCOME_SEE)
    return session.execute(_SHOWN, {"county": actor.county_id, "unit": actor.unit_id}).all()


def see_consequence(session: Session, actor: Actor, case_id: UUID) -> Consequence:
    """Return one case to those who work on it and to its member."""
    case = see(session, actor, Action.OUTCOME_SEE, OutcomeCase, case_id)
    member = session.get_one(Member, (actor.county_id, case.member_id))
    return Consequence(
        case=case,
        member=member,
        unit=session.get_one(Unit, (actor.county_id, case.unit_id)),
        kind=KINDS[Measure(case.measure)],
        steps=session.execute(_STEPS, {"county": actor.county_id, "case": case.id}).all(),
        owner=_name(session, case, case.owner_id),
        decided_by=_name(session, case, case.decided_by),
        commands=frozenset(_commands(actor, case, member)),
        own=actor.member_id is not None and actor.member_id == case.member_id,
        appeal_until=appeal_until(case.decided_at) if case.decided_at else None,
        now=read_clock(session, actor.county_id),
    )


def cases_to_answer(session: Session, actor: Actor) -> Sequence[OutcomeCase]:
    """Return the proposals that burden the actor and on which they have not been heard."""
    own = select(OutcomeCase).filter_by(county_id=actor.county_id, member_id=actor.member_id, state="proposed")
    burdening = [measure for measure, kind in KINDS.items() if kind.burdens]
    return session.scalars(own.where(OutcomeCase.measure.in_(burdening)).order_by(OutcomeCase.proposed_at)).all()


def officers_here(session: Session, actor: Actor) -> list[tuple[UUID, str]]:
    """Return who of the branch may be named to see to a case: whoever holds an office in it."""
    require(actor, Action.OUTCOME_FOLLOW)
    of_holding = (Person.county_id == Holding.county_id) & (Person.id == Holding.person_id)
    found = select(Person.id, Person.name).join(Holding, of_holding).distinct()
    here = found.where(Holding.county_id == actor.county_id, Holding.unit_id == actor.unit_id)
    return [(who, name) for who, name in session.execute(here.order_by(Person.name, Person.id))]


def _commands(actor: Actor, case: OutcomeCase, member: Member) -> list[OutcomeCommand]:
    """Return what the machine offers in this state and this actor may do, in their own unit's part of it."""
    here, own = actor.unit_id == case.unit_id, actor.person_id == member.person_id
    deciding = actor.unit_id == (case.at_unit_id or case.unit_id) and not own
    able = {
        C.HEAR: own or (here and may(actor, Action.OUTCOME_FOLLOW, case)),
        C.DECIDE: deciding and may(actor, Action.OUTCOME_DECIDE, case),
        C.DROP: deciding and may(actor, Action.OUTCOME_DECIDE, case),
        C.START: here and not own and may(actor, Action.OUTCOME_FOLLOW, case),
        C.CHECK: here and not own and may(actor, Action.OUTCOME_FOLLOW, case),
        C.CLOSE: here and not own and may(actor, Action.OUTCOME_FOLLOW, case),
        C.APPEAL: own and case.appealed_at is None,
        C.UPHOLD: actor.unit_id == case.at_unit_id and may(actor, Action.OUTCOME_DECIDE, case),
    }
    return [command for command in OUTCOME.commands(OutcomeState(case.state)) if able.get(command)]


def _name(session: Session, case: OutcomeCase, person_id: UUID | None) -> str:
    found = session.get(Person, (case.county_id, person_id)) if person_id else None
    return found.name if found else ""
