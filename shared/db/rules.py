"""Rule books as a county has issued them, version by version, and which unit uses which from when."""

from datetime import date
from uuid import UUID

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session

from shared.db.base import Owned, to


class IssuedBook(Owned):
    """One version of a rule book, whole: what it inherits is merged in. Never changed.

    `source` is the text as it was written, from which the next version is; `above_id` the version it inherits.
    `overdue_days` stands in the text as well; the statement that escalates for many branches reads it here.
    """

    __tablename__ = "issued_book"
    __table_args__ = (
        to("unit", "unit_id"),
        to("issued_book", "above_id"),
        UniqueConstraint("county_id", "unit_id", "name", "version"),
    )

    name: Mapped[str]
    version: Mapped[int]
    effective_from: Mapped[date]
    text: Mapped[str]
    digest: Mapped[str]
    overdue_days: Mapped[int]
    source: Mapped[str | None]
    above_id: Mapped[UUID | None]


class Adoption(Owned):
    """A unit uses a book's version for rounds that begin on or after a day."""

    __tablename__ = "adoption"
    __table_args__ = (
        to("unit", "unit_id"),
        to("issued_book", "book_id"),
        UniqueConstraint("county_id", "unit_id", "since"),
    )

    book_id: Mapped[UUID]
    since: Mapped[date]


def book_for(session: Session, county_id: UUID, unit_id: UUID, first_day: date) -> IssuedBook | None:
    """Return the version that a round beginning on `first_day` keeps until its end."""
    return session.scalar(
        select(IssuedBook)
        .join(
            Adoption,
            (Adoption.county_id == IssuedBook.county_id) & (Adoption.book_id == IssuedBook.id),
        )
        .where(Adoption.county_id == county_id, Adoption.unit_id == unit_id, Adoption.since <= first_day)
        .order_by(Adoption.since.desc())
        .limit(1)
    )
