"""Half-year papers: the branch's half-year as it is read out and filed."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.units import Unit
from shared.domain.windows import local_day
from shared.papers.half_years import HalfYear
from shared.papers.layouts import Paper
from shared.usecases.half_years import see_half_year
from shared.usecases.wishes import Wish

# In the order in which they are read.
FIGURES = {
    "rounds": "计分周期",
    "settled": "已入账",
    "meetings": "党员大会",
    "claims": "申报",
    "confirmed": "认定",
    "records": "登记",
    "objections": "异议",
    "goals": "年度目标",
    "checked": "年中检查",
}


def figures_in_words(figures: Row[Any]) -> tuple[tuple[str, int], ...]:
    """Return the counts with their names."""
    return tuple((name, getattr(figures, key)) for key, name in FIGURES.items())


def half_year(session: Session, actor: Actor, half_year_id: UUID, wish: Wish) -> Paper:
    """半年小结."""
    seen = see_half_year(session, actor, half_year_id)
    return HalfYear(
        unit=session.get_one(Unit, (actor.county_id, seen.half_year.unit_id)).name,
        year=seen.half_year.year,
        figures=figures_in_words(seen.figures),
        words=tuple((member.name, word.text if word else "") for member, word in seen.words),
        printed_on=local_day(wish.now),
    ).paper()
