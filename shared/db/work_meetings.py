"""Work meetings (一月一例会): the month's meeting of a level above, and which branches reported there."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from shared.db.base import Owned, to


class WorkMeeting(Owned):
    """One month's meeting; it is over when its minutes are written down."""

    __tablename__ = "work_meeting"
    __table_args__ = (
        to("unit", "unit_id"),
        to("person", "called_by"),
        UniqueConstraint("county_id", "unit_id", "month"),
        CheckConstraint("(closed_at IS NULL) = (minutes IS NULL)", name="closed_has_minutes"),
    )

    month: Mapped[str]
    held_on: Mapped[date]
    agenda: Mapped[str]
    minutes: Mapped[str | None]
    called_by: Mapped[UUID]
    called_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class HeardReport(Owned):
    """Whether a unit's report was heard there, and what it said in short."""

    __tablename__ = "heard_report"
    __table_args__ = (
        to("unit", "unit_id"),
        to("work_meeting", "work_meeting_id"),
        to("unit", "reporting_id"),
        UniqueConstraint("county_id", "work_meeting_id", "reporting_id"),
    )

    work_meeting_id: Mapped[UUID]
    reporting_id: Mapped[UUID]
    heard: Mapped[bool]
    summary: Mapped[str]
