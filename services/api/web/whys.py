"""Whys: why somebody may not take a step: whose it is in their unit, and who they are there themselves."""

from sqlalchemy.orm import Session, sessionmaker

from services.api.web.sessions import Someone
from shared.domain.errors import Forbidden, Refusal
from shared.usecases.places import instant
from shared.usecases.policies import explain


def because(db: sessionmaker[Session], who: Someone | None, refusal: Refusal) -> list[str]:
    """Return the sentence that belongs to a refusal of the gate; none for any other, and none for a stranger."""
    if who is None or who.signed_in.actor is None or not isinstance(refusal, Forbidden) or not refusal.step:
        return []
    with who.acting(db) as session:
        return [explain(session, who.actor, refusal.step, instant(session, who.actor))]
