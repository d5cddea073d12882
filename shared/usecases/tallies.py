"""Tallies: how many of each kind stand where in the entered units and below, and what waits; never whose."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.domain.periods import Period

_COLUMNS = "SELECT unit_id, noun, period, state, number FROM"
_OF_PERIODS = text(f"{_COLUMNS} jifen.counts(CAST(:periods AS text[]))")
_OF_UNIT = text(f"{_COLUMNS} jifen.counts(CAST(:unit AS uuid))")
_WAITING = text("SELECT unit_id, noun, period, state, age_days, late, number FROM jifen.waiting()")
_PERIODS = text("SELECT period FROM jifen.periods()")
_SETTLED = text("SELECT DISTINCT period FROM jifen.counts() WHERE noun = 'line' AND state = 'settled'")
A_YEAR = timedelta(days=366)


class Count(NamedTuple):
    """So many of a noun of a unit in a period stand in a state."""

    unit_id: UUID
    noun: str
    period: str
    state: str
    number: int


class Waiting(NamedTuple):
    """So many that are not finished have waited so many days, late or not."""

    unit_id: UUID
    noun: str
    period: str
    state: str
    age_days: int
    late: bool
    number: int


def counts_of_periods(session: Session, periods: Sequence[str]) -> list[Count]:
    """Return what is counted of these periods, in the tree of each period's last day."""
    return [Count(*row) for row in session.execute(_OF_PERIODS, {"periods": list(periods)})]


def counts_of_unit(session: Session, unit_id: UUID) -> list[Count]:
    """Return what is counted of one of the units, in all periods."""
    return [Count(*row) for row in session.execute(_OF_UNIT, {"unit": unit_id})]


def waiting(session: Session) -> list[Waiting]:
    """Return what waits, of whatever period."""
    return [Waiting(*row) for row in session.execute(_WAITING)]


def periods_counted(session: Session) -> list[str]:
    """Return of which periods anything is counted, the newest first."""
    return sorted(session.scalars(_PERIODS), key=when, reverse=True)


def periods_settled(session: Session) -> list[str]:
    """Return in which periods any line has settled, the newest first."""
    return sorted(session.scalars(_SETTLED), key=when, reverse=True)


@cache
def when(period: str) -> tuple[date, int]:
    """Return by what periods are ordered: by their end, a year after its quarters, a quarter after its months."""
    parsed = Period.parse(period)
    return parsed.last, len(parsed.months)


def of_the_last_year(periods: Sequence[str], today: date) -> list[str]:
    """Return those that ended within a year before today, or within a year before the last that there is."""
    if not periods:
        return []
    newest = min(max(when(one)[0] for one in periods), today)
    return [one for one in periods if when(one)[0] > newest - A_YEAR]
