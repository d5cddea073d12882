"""Balances: what members had in years before the system: brought in once, shown, and never part of the ledger."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, select, text
from sqlalchemy.orm import Mapped, Session

from shared.db.base import Owned, to

# Grades of earlier years, each year once, as its line last settled; before those, what was brought in.
_GRADES = text("""
SELECT before.member_id, array_agg(before.grade ORDER BY before.year) AS grades
FROM (
    SELECT a.member_id, a.year, coalesce(a.grade, '') AS grade FROM annual_line a
    JOIN line l ON l.county_id = a.county_id AND l.id = a.line_id AND l.edition = a.edition
    WHERE a.county_id = :county AND a.unit_id = :unit
    UNION ALL
    SELECT b.member_id, b.year, coalesce(b.grade, '') FROM balance b
    WHERE b.county_id = :county AND b.unit_id = :unit AND b.struck_at IS NULL
) before WHERE before.year < :year GROUP BY before.member_id
""")


class Balance(Owned):
    """A member's year as another list has it: `digest` seals the rows that came in together, `source` names it."""

    __tablename__ = "balance"
    __table_args__ = (
        to("unit", "unit_id"),
        to("member", "member_id"),
        to("import", "import_id"),
        to("person", "entered_by"),
        CheckConstraint("struck_at IS NULL OR struck_reason IS NOT NULL", name="strike_is_reasoned"),
        CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest"),
        Index(
            "uq_balance_once",
            "county_id",
            "member_id",
            "year",
            unique=True,
            postgresql_where=text("struck_at IS NULL"),
        ),
    )

    member_id: Mapped[UUID]
    import_id: Mapped[UUID]
    year: Mapped[int]
    points: Mapped[Decimal]
    grade: Mapped[str | None]
    source: Mapped[str]
    digest: Mapped[str]
    entered_by: Mapped[UUID]
    entered_at: Mapped[datetime]
    struck_at: Mapped[datetime | None]
    struck_reason: Mapped[str | None]


def balances_of(session: Session, county_id: UUID, member_ids: Sequence[UUID]) -> Sequence[Balance]:
    """Return what these members had in years before, by year; what was struck is not among it."""
    found = select(Balance).where(Balance.county_id == county_id, Balance.member_id.in_(member_ids))
    standing = found.where(Balance.struck_at.is_(None))
    return session.scalars(standing.order_by(Balance.year, Balance.member_id)).all()


def grades_before(session: Session, county_id: UUID, unit_id: UUID, year: int) -> Mapping[UUID, Sequence[str]]:
    """Return the members' grades in the years before one, oldest first: a ladder counts across years."""
    rows = session.execute(_GRADES, {"county": county_id, "unit": unit_id, "year": year})
    return {row.member_id: row.grades for row in rows}
