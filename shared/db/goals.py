"""Goals: what a member means to do in a year, and how it stood in the middle of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from shared.db.base import Owned, to


class Goal(Owned):
    """A member's goals of one year, in their own words, and the branch's check half-way."""

    __tablename__ = "goal"
    __table_args__ = (
        to("unit", "unit_id"),
        to("member", "member_id"),
        to("person", "checked_by"),
        UniqueConstraint("county_id", "member_id", "year"),
    )

    member_id: Mapped[UUID]
    year: Mapped[int]
    text: Mapped[str]
    written_at: Mapped[datetime]
    half_way: Mapped[str | None]
    checked_by: Mapped[UUID | None]
    checked_at: Mapped[datetime | None]
