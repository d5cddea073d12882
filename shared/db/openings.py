"""Openings: single rows that are shown to a unit other than their own, for one case, and why."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from shared.db.base import Owned, to


class Opening(Owned):
    """`subject_id` of `unit_id` may be seen in `to_unit_id` while the case lasts."""

    __tablename__ = "opening"
    __table_args__ = (
        to("unit", "unit_id"),
        to("unit", "to_unit_id"),
        UniqueConstraint("county_id", "to_unit_id", "subject_id"),
    )

    to_unit_id: Mapped[UUID]
    subject_id: Mapped[UUID]
    why: Mapped[str]
    opened_at: Mapped[datetime]
