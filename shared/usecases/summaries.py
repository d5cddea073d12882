"""Summaries: under a book with monthly notices the quarter is summed up on the board, without a window."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.db.clock import read_clock
from shared.db.units import Unit
from shared.domain.boards import hangs_until
from shared.domain.errors import NotFound
from shared.domain.periods import Period
from shared.domain.procedures import Span
from shared.usecases.books import book_of
from shared.usecases.places import Place

_SETTLED = text("""
SELECT r.period, m.id AS member_id, m.name, m.name_sort, g.name AS group_name, l.points
FROM round r JOIN line l ON l.county_id = r.county_id AND l.round_id = r.id AND l.state = 'settled'
JOIN member m ON m.county_id = l.county_id AND m.id = l.member_id
LEFT JOIN party_group g ON g.county_id = m.county_id AND g.id = m.group_id
WHERE r.county_id = :county AND r.unit_id = :unit AND r.period = ANY(CAST(:months AS text[]))
ORDER BY m.name_sort, m.member_no, r.period
""")
# A quarter is summed up when each of its months has been settled as a whole.
_QUARTERS = text("""
SELECT r.first_day, r.book_id, max(h.at) AS settled_at FROM round r
LEFT JOIN history h ON h.county_id = r.county_id AND h.subject_id = r.id AND h.command = 'settle'
WHERE r.county_id = :county AND r.unit_id = :unit AND r.state IN ('settled', 'filed')
  AND r.notice_period = r.period AND r.last_day - r.first_day <= 31
GROUP BY r.county_id, r.id ORDER BY r.first_day
""")


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One member's quarter: each month's settled points, None where the member had no line, and their sum."""

    name: str
    group_name: str | None
    months: tuple[Decimal | None, ...]
    total: Decimal


@dataclass(frozen=True, slots=True)
class Summary:
    """A quarter summed up from its settled months; nothing in it is typed."""

    unit: Unit
    quarter: Period
    demonstration: bool
    rows: tuple[SummaryRow, ...]


def quarters_of(session: Session, unit: Unit) -> list[Period]:
    """Return the quarters whose three months have settled, newest first."""
    months = [
        Period(row.first_day.year, row.first_day.month, Span.MONTH) for row in _settled_months(session, unit)
    ]
    quarters = {month.within(Span.QUARTER) for month in months}
    return sorted((one for one in quarters if set(one.months) <= set(months)), reverse=True)


def see_summary(session: Session, actor: Actor, place: Place, written: str) -> Summary:
    """Return one quarter's summary; NotFound until its months have settled, and where the board is not shown."""
    require(actor, Action.BOARD_SEE)
    unit = session.get_one(Unit, (place.county_id, place.unit_id))
    quarter = next((one for one in quarters_of(session, unit) if str(one) == written), None)
    if quarter is None or not _shown(session, actor, place, unit, quarter):
        raise NotFound("这一季度还没有汇总，或者已不再公布。")
    months = [str(month) for month in quarter.months]
    found = session.execute(_SETTLED, {"county": unit.county_id, "unit": unit.id, "months": months})
    of_members: dict[UUID, tuple[str, str | None, dict[str, Decimal]]] = {}
    for row in found:
        of_members.setdefault(row.member_id, (row.name, row.group_name, {}))[2][row.period] = row.points
    rows = tuple(
        SummaryRow(name, group, tuple(points.get(month) for month in months), sum(points.values(), Decimal(0)))
        for name, group, points in of_members.values()
    )
    return Summary(unit, quarter, place.demonstration, rows)


def _shown(session: Session, actor: Actor, place: Place, unit: Unit, quarter: Period) -> bool:
    """The same people see it as the months' notices, and as long as the last of them."""
    if place.demonstration:
        return True
    last = next(row for row in _settled_months(session, unit) if row.first_day == quarter.months[-1].first)
    book = book_of(session, unit.county_id, last.book_id)
    until = hangs_until(last.settled_at, last.settled_at, 0)
    hangs = until is None or read_clock(session, unit.county_id) < until
    return hangs and (book.procedure.public_board or actor.roles != frozenset({"public"}))


def _settled_months(session: Session, unit: Unit) -> Sequence[Row[Any]]:
    return session.execute(_QUARTERS, {"county": unit.county_id, "unit": unit.id}).all()
