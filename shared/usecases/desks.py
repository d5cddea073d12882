"""Desks: what waits for somebody, how much of it, and whom they may ask."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.members import Person
from shared.db.messages import Notification
from shared.db.units import Holding, Unit


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around each of a person's pages: how much is new, how much waits, and who helps."""

    unseen: int = 0
    waiting: int = 0
    help_name: str = ""
    help_telephone: str = ""


NOTHING = Around()


def around(session: Session, actor: Actor) -> Around:
    """Return it for the seat in which somebody acts; the help is their branch's secretary, by its telephone."""
    unseen = select(func.count()).where(
        Notification.county_id == actor.county_id,
        Notification.person_id == actor.person_id,
        Notification.seen_at.is_(None),
    )
    unit = session.get_one(Unit, (actor.county_id, actor.unit_id))
    helps = (
        select(Person.name)
        .join(Holding, (Holding.county_id == Person.county_id) & (Holding.person_id == Person.id))
        .where(Holding.county_id == actor.county_id, Holding.unit_id == unit.id, Holding.role == "secretary")
    )
    return Around(
        unseen=session.scalar(unseen) or 0,
        help_name=session.scalar(helps.limit(1)) or "",
        help_telephone=unit.telephone or "",
    )
