"""Motions of a meeting beside the points, and what those away have written to it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Owned, one_of, to
from shared.domain.motions import MotionKind


class Motion(Owned):
    """One motion: counted by show of hands or by a secret ballot; carried only by the majority of those due."""

    __tablename__ = "motion"
    __table_args__ = (
        to("unit", "unit_id"),
        to("meeting", "meeting_id"),
        to("ballot", "ballot_id"),
        one_of("kind", MotionKind),
        CheckConstraint(
            "NOT passed OR (due > 0 AND 2 * present >= due AND 2 * in_favour > due)", name="carried_by_majority"
        ),
        CheckConstraint("in_favour + against + abstained <= present", name="no_more_votes_than_voters"),
    )

    meeting_id: Mapped[UUID]
    kind: Mapped[str]
    title: Mapped[str]
    subject_id: Mapped[UUID | None]
    ballot_id: Mapped[UUID | None]
    put_at: Mapped[datetime]
    due: Mapped[int | None]
    present: Mapped[int | None]
    in_favour: Mapped[int | None]
    against: Mapped[int | None]
    abstained: Mapped[int | None]
    passed: Mapped[bool | None]
    why: Mapped[str | None]
    counted_at: Mapped[datetime | None]


class WrittenOpinion(Owned):
    """What a voter who is away has written to a meeting before it, as it is read out there."""

    __tablename__ = "written_opinion"
    __table_args__ = (
        to("unit", "unit_id"),
        to("meeting", "meeting_id"),
        to("person", "person_id"),
        UniqueConstraint("county_id", "meeting_id", "person_id"),
    )

    meeting_id: Mapped[UUID]
    person_id: Mapped[UUID]
    text: Mapped[str]
    received_at: Mapped[datetime] = mapped_column()
