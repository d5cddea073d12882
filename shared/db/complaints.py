"""Complaints and suggestions, as they lie with the unit above the one that they are about."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from shared.db.base import Stateful, one_of, to
from shared.domain.complaints import ComplaintKind, ComplaintState


class Complaint(Stateful):
    """What somebody wrote about `about_unit_id`, to the unit above it; the unit itself does not see it.

    `person_id` is None where a visitor wrote it. `number` is what the writer is told.
    """

    __tablename__ = "complaint"
    __table_args__ = (
        to("unit", "unit_id"),
        to("unit", "about_unit_id"),
        to("person", "person_id"),
        one_of("state", ComplaintState),
        one_of("kind", ComplaintKind),
        UniqueConstraint("county_id", "number"),
        Index("ix_complaint_unit", "county_id", "unit_id", "state"),
        CheckConstraint("state = 'received' OR answer IS NOT NULL", name="is_answered"),
    )

    about_unit_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    number: Mapped[str]
    kind: Mapped[str]
    text: Mapped[str]
    name: Mapped[str | None]
    telephone: Mapped[str | None]
    received_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
