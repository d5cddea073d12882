"""Hints: which branches below give a sign that something asks for a look, counted set-wise; never a verdict."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.db.clock import read_clock
from shared.db.units import Unit
from shared.domain.hints import Hint, Pattern, hints_of
from shared.domain.windows import local_day
from shared.usecases.yardsticks import measures_of

_PATTERNS = text("SELECT * FROM jifen.patterns(:since, :until)")


class Hinted(NamedTuple):
    """A branch with its hints."""

    unit: Unit
    hints: Sequence[Hint]


def see_hints(session: Session, actor: Actor) -> list[Hinted]:
    """Return the branches below that give a sign today, those with most signs first."""
    require(actor, Action.HINT_SEE)
    today = local_day(read_clock(session, actor.county_id))
    units = {unit.id: unit for unit in session.scalars(select(Unit).filter_by(county_id=actor.county_id))}
    by = measures_of(session, actor.county_id)
    year = {"since": date(today.year, 1, 1), "until": date(today.year, 12, 31)}
    found = []
    for row in session.execute(_PATTERNS, year).mappings():
        counts = {name: value for name, value in row.items() if name not in {"unit_id", "newest_notice"}}
        posted = row["newest_notice"]
        seen = Pattern(**counts, newest_notice=local_day(posted) if posted else None)
        found.append(Hinted(units[row["unit_id"]], tuple(hints_of(seen, by, today))))
    return sorted((one for one in found if one.hints), key=lambda one: (-len(one.hints), one.unit.code))
