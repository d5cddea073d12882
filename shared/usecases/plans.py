"""Plans: the branch's calendar: the year's days from its book, and what the clock will do of its own accord."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.db.plans import PlanStep
from shared.db.rules import book_for
from shared.domain.errors import NotFound
from shared.domain.plans import DUE, Mark, plan_of
from shared.domain.rules import RuleBook
from shared.domain.windows import end_of_day, local_day
from shared.usecases.books import book_of
from shared.usecases.carry_out import arm
from shared.usecases.places import instant
from shared.usecases.reminders import REMIND

# Deadlines that are set and have not fired: these are days to the minute, the plan's own are as the book has them.
_SET = text("""
SELECT d.due_at, d.command, coalesce(r.period, n.title, f.period, '') AS what
FROM deadline d
LEFT JOIN round r ON r.county_id = d.county_id AND r.id = d.subject_id
LEFT JOIN notice n ON n.county_id = d.county_id AND n.id = d.subject_id
LEFT JOIN filing f ON f.county_id = d.county_id AND f.id = d.subject_id
WHERE d.county_id = :county AND d.unit_id = :unit AND d.fired_at IS NULL
  AND d.command = ANY(CAST(:shown AS text[]))
ORDER BY d.due_at, d.id LIMIT 20
""")
SHOWN = ("close_claims", "close_window", "close_half_year", "lapse")


def lay_out(session: Session, actor: Actor, unit_id: UUID, now: datetime) -> None:
    """Set the clock for what this year still asks of a branch, once a year: reminders, then the levels above."""
    require(actor, Action.ROUND_OPEN)
    today = local_day(now)
    whose = {"county_id": actor.county_id, "unit_id": unit_id, "year": today.year}
    there = set(session.scalars(select(PlanStep.step).filter_by(**whose)))
    for step, day in DUE.items():
        due_on = date(today.year, *day)
        if step not in there and due_on >= today:
            planned = PlanStep(**whose, step=step, due_on=due_on)
            session.add(planned)
            session.flush()
            arm(session, planned, REMIND, end_of_day(due_on))


@dataclass(frozen=True, slots=True)
class Plan:
    """A unit's year: its book, today, every mark of the plan, and what the clock has been set for."""

    book: RuleBook
    year: int
    today: date
    marks: Sequence[Mark]
    set: Sequence[Row[Any]]


def see_plan(session: Session, actor: Actor, year: int | None = None) -> Plan:
    """Return the plan of this year, or of another; NotFound where no book is in force then."""
    require(actor, Action.BOARD_SEE)
    today = local_day(instant(session, actor))
    wanted = today.year if year is None else year
    day = min(max(today, date(wanted, 1, 1)), date(wanted, 12, 31))
    issued = book_for(session, actor.county_id, actor.unit_id, day)
    if issued is None:
        raise NotFound(f"{wanted} 年本单位没有施行的积分细则，还排不出日历。")
    book = book_of(session, actor.county_id, issued.id)
    given = {"county": actor.county_id, "unit": actor.unit_id, "shown": list(SHOWN)}
    return Plan(book, wanted, today, plan_of(book, wanted), session.execute(_SET, given).all())
