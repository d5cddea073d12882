"""Desks: what waits for somebody, what they did lately, and whom they may ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.archives import suspension_of
from shared.db.clock import read_clock
from shared.db.members import Person
from shared.db.messages import Notification
from shared.db.units import Holding, Unit
from shared.domain.windows import local_day
from shared.usecases.tasks import Task, tasks_of

# Membership alone brings no work of an office.
PRIVATE = frozenset({"member", "relative", "villager"})
LATELY = timedelta(days=31)
# What the page about each kind of thing is called, and whose number or name it is known by.
_DONE = text("""
SELECT h.subject_kind, h.subject_id, h.command, h.note, h.at,
       coalesce(c.number, o.number, r.period, '') AS number, coalesce(m.name, n.title, '') AS who
FROM (SELECT * FROM history h
      WHERE h.county_id = :county AND h.unit_id = :unit AND h.actor_id = :person AND h.at > :since
      ORDER BY h.recorded_at DESC LIMIT :most) h
LEFT JOIN claim c ON c.county_id = h.county_id AND c.id = h.subject_id
LEFT JOIN record e ON e.county_id = h.county_id AND e.id = h.subject_id
LEFT JOIN report p ON p.county_id = h.county_id AND p.id = h.subject_id
LEFT JOIN objection o ON o.county_id = h.county_id AND o.id = h.subject_id
LEFT JOIN notice n ON n.county_id = h.county_id AND n.id = h.subject_id
LEFT JOIN round r ON r.county_id = h.county_id AND r.id = h.subject_id
LEFT JOIN line l ON l.county_id = h.county_id AND l.id = coalesce(o.line_id, h.subject_id)
LEFT JOIN member m ON m.county_id = h.county_id
    AND m.id = coalesce(c.member_id, e.member_id, p.member_id, l.member_id)
ORDER BY h.recorded_at DESC
""")
_NEXT = text("""
SELECT d.subject_kind, d.command, d.due_at FROM deadline d
WHERE d.county_id = :county AND d.unit_id = :unit AND d.fired_at IS NULL AND d.command <> 'remind'
ORDER BY d.due_at LIMIT 1
""")


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around each of a person's pages: how much is new, how much waits, and who helps.

    `suspended` is the sentence of a county that takes nothing in, empty while it works.
    """

    unseen: int = 0
    waiting: int = 0
    help_name: str = ""
    help_telephone: str = ""
    suspended: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits, under when it is due; `coming` is what the clock will do next in the unit, if anything."""

    now: datetime
    late: Sequence[Task]
    today: Sequence[Task]
    week: Sequence[Task]
    later: Sequence[Task]
    coming: Row[Any] | None


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
    suspension = suspension_of(session, actor.county_id)
    return Around(
        unseen=session.scalar(unseen) or 0,
        waiting=_waiting(session, actor),
        help_name=session.scalar(helps.limit(1)) or "",
        help_telephone=unit.telephone or "",
        suspended=suspension.sentence if suspension else "",
    )


def see_desk(session: Session, actor: Actor) -> Desk:
    """Return what waits for somebody, overdue first, then today, this week up to its Sunday, and later."""
    now = read_clock(session, actor.county_id)
    today = local_day(now)
    sunday = today + timedelta(days=6 - today.weekday())
    late: list[Task] = []
    on_day, in_week, later = list[Task](), list[Task](), list[Task]()
    for task in tasks_of(session, actor, now):
        # A term that ends at 24:00 ends on the day before.
        last = local_day(task.due_at - timedelta(microseconds=1)) if task.due_at else None
        if task.due_at and task.due_at <= now:
            late.append(task)
        elif last and last <= today:
            on_day.append(task)
        elif last and last <= sunday:
            in_week.append(task)
        else:
            later.append(task)
    where = {"county": actor.county_id, "unit": actor.unit_id}
    return Desk(now, late, on_day, in_week, later, session.execute(_NEXT, where).first())


def done_lately(session: Session, actor: Actor, most: int = 100) -> Sequence[Row[Any]]:
    """Return the steps that somebody has taken here in the last month, newest first."""
    now = read_clock(session, actor.county_id)
    where = {"county": actor.county_id, "unit": actor.unit_id, "person": actor.person_id}
    return session.execute(_DONE, {**where, "since": now - LATELY, "most": most}).all()


def _waiting(session: Session, actor: Actor) -> int:
    if actor.roles <= PRIVATE:
        return 0
    return len(tasks_of(session, actor, read_clock(session, actor.county_id)))
