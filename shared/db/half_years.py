"""Half-years: a branch's summary in the middle of a year, and what each member wrote for it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from shared.db.base import Owned, Stateful, one_of, to
from shared.domain.half_years import HalfYearState


class HalfYear(Stateful):
    """A branch's half-year: until which day its members write, and when it was closed."""

    __tablename__ = "half_year"
    __table_args__ = (
        to("unit", "unit_id"),
        one_of("state", HalfYearState),
        UniqueConstraint("county_id", "unit_id", "year"),
    )

    year: Mapped[int]
    due_on: Mapped[date]
    opened_at: Mapped[datetime]


class HalfYearWord(Owned):
    """What a member wrote of their half-year, the last time they wrote it."""

    __tablename__ = "half_year_word"
    __table_args__ = (
        to("unit", "unit_id"),
        to("half_year", "half_year_id"),
        to("member", "member_id"),
        UniqueConstraint("county_id", "half_year_id", "member_id"),
    )

    half_year_id: Mapped[UUID]
    member_id: Mapped[UUID]
    text: Mapped[str]
    written_at: Mapped[datetime]
