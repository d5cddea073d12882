"""Plans: what a branch's year asks for, each by a day that the clock watches."""

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from shared.db.base import Owned, one_of, to
from shared.domain.plans import Step


class PlanStep(Owned):
    """One step of a branch's year; that it was taken is seen by what it leaves: goals, a summary, an appraisal."""

    __tablename__ = "plan_step"
    __table_args__ = (
        to("unit", "unit_id"),
        one_of("step", Step),
        UniqueConstraint("county_id", "unit_id", "year", "step"),
    )

    year: Mapped[int]
    step: Mapped[str]
    due_on: Mapped[date]
