"""Voices: as whom somebody speaks: as themselves, or as the member for whom they act (代办)."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.members import Member


def voice(session: Session, actor: Actor) -> UUID | None:
    """Return the person whose words these are; None for the clock and the public."""
    if actor.acting_for is None:
        return actor.person_id
    return session.scalar(select(Member.person_id).filter_by(county_id=actor.county_id, id=actor.acting_for))
