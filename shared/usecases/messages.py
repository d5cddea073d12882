"""Messages: what happened is written down with it; who must hear of it is told afterwards, once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.db.members import Member
from shared.db.messages import Message, Notification
from shared.db.policies import overlay_in_force
from shared.db.units import Holding, Unit
from shared.domain.notifications import HOURS, Hours
from shared.domain.units import UnitKind
from shared.domain.windows import local_day
from shared.telemetry.tracing import carried, continued
from shared.usecases.deliveries import plan

# Not an office that is held: whoever is a member of the unit.
MEMBERS = "member"
OFFICERS = {
    UnitKind.TOWNSHIP: "township_officer",
    UnitKind.BUREAU: "bureau_officer",
    UnitKind.GENERAL_BRANCH: "general_officer",
    UnitKind.COUNTY: "county_officer",
    UnitKind.BRANCH: "secretary",
}

_CLAIM = text("""
SELECT id FROM message
WHERE county_id = :county AND id = ANY(CAST(:ids AS uuid[]))
  AND done_at IS NULL AND (sent_at IS NULL OR next_at <= clock_timestamp())
FOR UPDATE SKIP LOCKED
""")
# By the world's clock, not the county's: a demonstration's may stand still.
_SENT = text("""
UPDATE message SET sent_at = clock_timestamp(), attempts = attempts + 1,
    next_at = clock_timestamp() + least(interval '1 minute' * 2 ^ least(attempts, 10), interval '6 hours')
WHERE county_id = :county AND id = ANY(CAST(:ids AS uuid[]))
""")


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told: these people, and whoever holds one of these roles in the message's unit.

    Where it asks for steps, the unit's own policy moves the message with them to whom it has given them.
    """

    persons: Sequence[UUID] = ()
    roles: Sequence[str] = field(default=())
    steps: Sequence[str] = field(default=())


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
    if to.steps:
        body["steps"] = list(to.steps)
    body.update(carried())
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


class Unsent(NamedTuple):
    """Where a message waits; its words are read only after entering there."""

    county_id: UUID
    unit_id: UUID
    id: UUID


def unsent(session: Session, most: int) -> list[Unsent]:
    """Return the messages that wait anywhere to be sent, or sent again."""
    return [Unsent(*row) for row in session.execute(text("SELECT * FROM jifen.unsent(:most)"), {"most": most})]


def claim_unsent(session: Session, county_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Lock those of the messages that no other relay holds or has sent meanwhile; return them."""
    return set(session.scalars(_CLAIM, {"county": county_id, "ids": list(ids)}))


def mark_sent(session: Session, county_id: UUID, ids: Sequence[UUID]) -> None:
    """Note that they have been sent; what has not arrived is sent again, after a pause that doubles."""
    session.execute(_SENT, {"county": county_id, "ids": list(ids)})


def officers_of(unit: Unit) -> str:
    """Return the role whose holders work through what reaches this unit."""
    return OFFICERS[UnitKind(unit.kind)]


def asked(unit: Unit, step: Action) -> Audience:
    """Return the audience of what waits in a unit for one step of its officers, or of whom it has given it to."""
    return Audience(roles=[officers_of(unit)], steps=[step])


def deliver(
    session: Session,
    message_id: UUID,
    county_id: UUID,
    now: datetime,
    offered: Collection[str] = (),
    hours: Hours = HOURS,
) -> int:
    """Write each notification once, however often the message comes; return how many are new.

    Each goes out as well by one of the channels that are `offered` here, within these hours of the day.
    """
    message = session.get(Message, (county_id, message_id), with_for_update=True)
    if message is None or message.done_at is not None:
        return 0
    with continued(message.body, "deliver"):
        return _tell_of(session, message, now, offered, hours)


def _tell_of(session: Session, message: Message, now: datetime, offered: Collection[str], hours: Hours) -> int:
    told = {UUID(person) for person in message.body["persons"]} | _holders(session, message)
    message.done_at = now
    if not told:
        return 0
    rows = [
        {
            "county_id": message.county_id,
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
    new = session.scalars(once.returning(Notification.id), rows).all()
    plan(session, message.county_id, message.unit_id, new, offered, hours)
    return len(new)


def _holders(session: Session, message: Message) -> set[UUID]:
    overlay = overlay_in_force(session, message.county_id, message.unit_id)
    roles = overlay.hear_of(message.body["roles"], message.body.get("steps", ()))
    today = local_day(message.made_at)
    here = (Holding.county_id == message.county_id, Holding.unit_id == message.unit_id)
    in_term = or_(Holding.until.is_(None), Holding.until >= today)
    held = set(session.scalars(select(Holding.person_id).where(*here, Holding.role.in_(roles), in_term)))
    if MEMBERS in roles:
        present = or_(Member.present_to.is_(None), Member.present_to >= today)
        there = (Member.county_id == message.county_id, Member.unit_id == message.unit_id)
        held |= set(session.scalars(select(Member.person_id).where(*there, present)))
    return held
