"""Reflections (思想汇报): what a member who is away writes to the branch for a quarter."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from shared.db.base import Owned, to


class Reflection(Owned):
    """A member's report for one quarter; it can be rewritten until their contact has read it."""

    __tablename__ = "reflection"
    __table_args__ = (
        to("unit", "unit_id"),
        to("member", "member_id"),
        to("person", "seen_by"),
        UniqueConstraint("county_id", "member_id", "quarter"),
    )

    member_id: Mapped[UUID]
    quarter: Mapped[str]
    text: Mapped[str]
    written_at: Mapped[datetime]
    seen_by: Mapped[UUID | None]
    seen_at: Mapped[datetime | None]
