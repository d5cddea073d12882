"""Minutes (会议记录): what was said, beside what the meeting's rows tell; fixed when they are signed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from shared.db.base import Owned, to


class Minutes(Owned):
    """A meeting's minutes: who wrote them, what was said; once fixed, `text` is what was printed and signed."""

    __tablename__ = "minutes"
    __table_args__ = (
        to("unit", "unit_id"),
        to("meeting", "meeting_id"),
        to("person", "written_by"),
        UniqueConstraint("county_id", "meeting_id"),
        CheckConstraint("(text IS NULL) = (fixed_at IS NULL)", name="fixed_has_text"),
    )

    meeting_id: Mapped[UUID]
    written_by: Mapped[UUID]
    place: Mapped[str]
    said: Mapped[str]
    changed_at: Mapped[datetime]
    text: Mapped[str | None]
    digest: Mapped[str | None]
    fixed_at: Mapped[datetime | None]
