"""Notifications: what somebody has been told, newest first, and what of it they have not seen yet."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.messages import Notification

MOST = 200


def own_notifications(session: Session, actor: Actor) -> list[Notification]:
    """Return what this person was told in this unit, newest first; the last two hundred."""
    told = select(Notification).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    own = told.where(Notification.person_id == actor.person_id)
    return list(session.scalars(own.order_by(Notification.made_at.desc(), Notification.id).limit(MOST)))


def unseen_count(session: Session, actor: Actor) -> int:
    """Return how much of it they have not seen."""
    own = select(func.count(Notification.id)).where(Notification.county_id == actor.county_id)
    of_unit = own.where(Notification.unit_id == actor.unit_id, Notification.seen_at.is_(None))
    return session.scalar(of_unit.where(Notification.person_id == actor.person_id)) or 0


def mark_seen(session: Session, actor: Actor, ids: Sequence[UUID], now: datetime) -> int:
    """Note that they have seen these of their own; return how many were new. The first time stays."""
    own = update(Notification).where(
        Notification.county_id == actor.county_id,
        Notification.person_id == actor.person_id,
        Notification.id.in_(ids),
        Notification.seen_at.is_(None),
    )
    return len(session.scalars(own.values(seen_at=now).returning(Notification.id)).all())
