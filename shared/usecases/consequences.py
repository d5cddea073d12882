"""Consequences: what follows from a year's points, to be decided by people; nothing is imposed by being listed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require, see
from shared.db.outcomes import OutcomeCase

_CASES = text("""
SELECT o.id, o.period, o.kind, o.basis, o.body, o.state, o.proposed_at, o.decided_at, o.minute, o.note,
       m.name, m.id AS member_id, p.name AS decided_by
FROM outcome_case o
JOIN member m ON m.county_id = o.county_id AND m.id = o.member_id
LEFT JOIN person p ON p.county_id = o.county_id AND p.id = o.decided_by
WHERE o.county_id = :county AND o.unit_id = :unit AND (CAST(:case AS uuid) IS NULL OR o.id = :case)
ORDER BY o.state = 'proposed' DESC, o.period DESC, m.name_sort, m.id, o.kind
""")


def see_consequences(session: Session, actor: Actor) -> Sequence[Row[Any]]:
    """Return the unit's proposals by name, never by rank; those to be decided first."""
    require(actor, Action.OUTCOME_DECIDE)
    return session.execute(_CASES, {"county": actor.county_id, "unit": actor.unit_id, "case": None}).all()


def see_consequence(session: Session, actor: Actor, case_id: UUID) -> Row[Any]:
    """Return one proposal to who decides it."""
    case = see(session, actor, Action.OUTCOME_DECIDE, OutcomeCase, case_id)
    return session.execute(_CASES, {"county": actor.county_id, "unit": case.unit_id, "case": case.id}).one()
