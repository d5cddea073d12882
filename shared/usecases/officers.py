"""Officers: who holds an office below a unit, to whom it gives a way in."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.domain.errors import NotFound
from shared.domain.roles import in_words, need_factor

_OFFICERS = text("SELECT * FROM jifen.officers()")


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody with an office in a unit below: 支部书记、党小组长."""

    unit_name: str
    person_id: UUID
    name: str
    offices: str


def officers_below(session: Session, actor: Actor) -> list[Officer]:
    """Return those below the actor's unit for whom signing in needs a second factor, unit by unit."""
    require(actor, Action.ACCOUNT_PRINT_CODES)
    return [
        Officer(row.unit_name, row.person_id, row.person_name, in_words(row.roles))
        for row in session.execute(_OFFICERS)
        if need_factor(row.roles)
    ]


def officer_below(session: Session, actor: Actor, person_id: UUID) -> Officer:
    """Return one of them; NotFound for anybody else."""
    found = next((one for one in officers_below(session, actor) if one.person_id == person_id), None)
    if found is None:
        raise NotFound("下面的单位里没有这位干部。")
    return found
