"""Oversight: what the system's and the security administrator do is read by the audit administrator in a week.

Whoever does something sets the clock where they act; whoever reads the history writes that down there. Where the
clock finds that nobody has read since, the audit administrator and the officers of the unit are told.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.deadlines import Deadline
from shared.db.history import History
from shared.db.session import enter
from shared.db.units import Unit, subtree
from shared.usecases.messages import Audience, officers_of, tell

WATCHED = frozenset({"system_administrator", "security_administrator"})
READER = "audit_administrator"
READ, UNREAD = "read_history", "unread_acts"
WITHIN, ONE_DAY = timedelta(days=7), timedelta(days=1)
SAID = "系统管理员、安全管理员在管理后台办的事，已经 7 天没有人看过。请审计管理员登录管理后台，看一看“办理记录”。"


def watch(session: Session, actor: Actor, at: datetime) -> None:
    """Set the clock for what an administrator has just done, once a day and once more after it was read.

    Who sets a county up is nobody yet, and has nobody to be read by.
    """
    if actor.person_id is None or WATCHED.isdisjoint(actor.roles):
        return
    mine = (Deadline.county_id == actor.county_id, Deadline.unit_id == actor.unit_id)
    if session.scalar(select(_set().where(*mine, Deadline.due_at > at + WITHIN - ONE_DAY).exists())):
        return
    session.add(
        Deadline(
            county_id=actor.county_id,
            unit_id=actor.unit_id,
            subject_kind="unit",
            subject_id=actor.unit_id,
            stage=0,
            command=UNREAD,
            due_at=at + WITHIN,
            try_at=at + WITHIN,
        )
    )


def note_reading(session: Session, actor: Actor, now: datetime) -> None:
    """Write down that the audit administrator has read the history, in each unit where it was awaited."""
    if READER not in actor.roles:
        return
    units = subtree(session, actor.county_id, actor.unit_id)
    enter(session, actor.county_id, units, actor.person_id)
    awaited = _set().where(Deadline.county_id == actor.county_id, Deadline.unit_id.in_(units))
    for unit_id in session.scalars(awaited.with_only_columns(Deadline.unit_id).distinct()).all():
        session.add(
            History(
                county_id=actor.county_id,
                unit_id=unit_id,
                subject_kind="unit",
                subject_id=unit_id,
                command=READ,
                actor_id=actor.person_id,
                actor_name=actor.name,
                role=READER,
                at=now,
                recorded_at=func.clock_timestamp(),
            )
        )


def tell_of_unread(session: Session, actor: Actor, unit_id: UUID, at: datetime) -> None:
    """Tell the audit administrator, and the officers of the unit, unless somebody has read in these seven days."""
    read = select(History.id).filter_by(county_id=actor.county_id, unit_id=unit_id, command=READ)
    if session.scalar(select(read.where(History.at >= at - WITHIN).exists())):
        return
    unit = session.get_one(Unit, (actor.county_id, unit_id))
    tell(session, actor, unit_id, "oversight", unit_id, SAID, Audience(roles=[READER, officers_of(unit)]), at)


def _set() -> Select[tuple[Deadline]]:
    """What the clock is set for that nobody has read yet."""
    return select(Deadline).where(Deadline.command == UNREAD, Deadline.fired_at.is_(None), ~_read_since())


def _read_since() -> ColumnElement[bool]:
    return exists().where(
        History.county_id == Deadline.county_id,
        History.unit_id == Deadline.unit_id,
        History.command == READ,
        History.at >= Deadline.due_at - WITHIN,
    )
