"""Messages: what happened is written down with it; who must hear of it is told afterwards, once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.messages import Message, Notification
from shared.db.units import Holding, Unit, UnitKind

OFFICERS = {
    UnitKind.TOWNSHIP: "township_officer",
    UnitKind.BUREAU: "bureau_officer",
    UnitKind.COUNTY: "county_officer",
    UnitKind.BRANCH: "secretary",
}


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told: these people, and whoever holds one of these roles in the message's unit."""

    persons: Sequence[UUID] = ()
    roles: Sequence[str] = field(default=())


def tell(
    session: Session,
    actor: Actor,
    unit_id: UUID,
    topic: str,
    subject_id: UUID,
    text: str,
    to: Audience,
    at: datetime,
) -> None:
    """Put a message in the outbox, in the transaction in which it happened."""
    body = {"text": text, "persons": [str(person) for person in to.persons], "roles": list(to.roles)}
    session.add(
        Message(
            county_id=actor.county_id,
            unit_id=unit_id,
            topic=topic,
            subject_id=subject_id,
            body=body,
            made_at=at,
            next_at=at,
        )
    )


def officers_of(unit: Unit) -> str:
    """Return the role whose holders work through what reaches this unit."""
    return OFFICERS[UnitKind(unit.kind)]


def deliver(session: Session, message_id: UUID, county_id: UUID, now: datetime) -> int:
    """Write each notification once, however often the message comes; return how many are new."""
    message = session.get(Message, (county_id, message_id), with_for_update=True)
    if message is None or message.done_at is not None:
        return 0
    told = {UUID(person) for person in message.body["persons"]} | _holders(session, message)
    message.done_at = now
    if not told:
        return 0
    rows = [
        {
            "county_id": county_id,
            "unit_id": message.unit_id,
            "person_id": person,
            "key": str(message.id),
            "topic": message.topic,
            "text": message.body["text"],
            "subject_id": message.subject_id,
            "made_at": message.made_at,
        }
        for person in sorted(told)
    ]
    once = insert(Notification).on_conflict_do_nothing(index_elements=["county_id", "key", "person_id"])
    return len(session.execute(once.returning(Notification.id), rows).all())


def _holders(session: Session, message: Message) -> set[UUID]:
    held = select(Holding.person_id).where(
        Holding.county_id == message.county_id,
        Holding.unit_id == message.unit_id,
        Holding.role.in_(message.body["roles"]),
    )
    return set(session.scalars(held))
