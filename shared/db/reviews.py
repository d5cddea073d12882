"""Reviews: the days on which an exemption, a probation or a term must be looked at again."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from shared.db.base import Stateful, one_of, to
from shared.domain.reviews import ReviewKind, ReviewState


class Review(Stateful):
    """A day on which people of a unit must look again at `subject_id`; `what` says at whom or what, in words."""

    __tablename__ = "review"
    __table_args__ = (
        to("unit", "unit_id"),
        one_of("state", ReviewState),
        one_of("kind", ReviewKind),
        Index("ix_review_subject", "county_id", "subject_id"),
    )

    kind: Mapped[str]
    subject_id: Mapped[UUID]
    what: Mapped[str]
    due_on: Mapped[date]
