"""Retention: for how many days after the end a county keeps files. Append-only; the newest row is in force."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from shared.db.base import Owned, to
from shared.domain.retention import LONGEST_DAYS, SHORTEST_DAYS


class Retention(Owned):
    """What a county has laid down, in days after the last step, and on what it stands: a row of its unit."""

    __tablename__ = "retention"
    __table_args__ = (
        to("unit", "unit_id"),
        to("person", "set_by"),
        CheckConstraint(f"days BETWEEN {SHORTEST_DAYS} AND {LONGEST_DAYS}", name="days"),
    )

    days: Mapped[int]
    basis: Mapped[str]
    set_by: Mapped[UUID]
    set_at: Mapped[datetime]
