"""Meetings of the committee and of the members: who was due, who came, what was voted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Owned, one_of, to


class Meeting(Owned):
    """One meeting; `minute` is what decisions refer to, its first roll-call begins it, `closed_at` ends it.

    Those away vote on the list before it begins: who, stands on the roll; how, only in `afar`, sums sealed as in
    a ballot's urn.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        to("unit", "unit_id"),
        one_of("kind", ("committee", "members")),
        UniqueConstraint("county_id", "unit_id", "minute"),
    )

    kind: Mapped[str]
    minute: Mapped[str]
    subject: Mapped[str]
    opened_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    afar: Mapped[bytes | None]
    closed_at: Mapped[datetime | None]
    chaired_by: Mapped[UUID]
    valid: Mapped[bool | None]
    why: Mapped[str | None]


class Attendance(Owned):
    """One person on the roll: due to attend or observing, how they took part, and when they voted from afar."""

    __tablename__ = "attendance"
    __table_args__ = (
        to("unit", "unit_id"),
        to("meeting", "meeting_id"),
        to("person", "person_id"),
        one_of("standing", ("voter", "probationary", "observer")),
        one_of("took_part", ("present", "remote", "written", "leave", "absent")),
        UniqueConstraint("county_id", "meeting_id", "person_id"),
    )

    meeting_id: Mapped[UUID]
    person_id: Mapped[UUID]
    standing: Mapped[str]
    took_part: Mapped[str]
    invited_at: Mapped[datetime | None]
    voted_at: Mapped[datetime | None]


class Vote(Owned):
    """The count on one motion: the whole list of a round, or one line taken by itself."""

    __tablename__ = "vote"
    __table_args__ = (
        to("unit", "unit_id"),
        to("meeting", "meeting_id"),
        to("round", "round_id"),
        to("line", "line_id"),
        Index("ix_vote_round", "county_id", "round_id"),
    )

    meeting_id: Mapped[UUID]
    round_id: Mapped[UUID]
    line_id: Mapped[UUID | None]
    in_favour: Mapped[int]
    against: Mapped[int]
    abstained: Mapped[int]
    passed: Mapped[bool]
    counted_at: Mapped[datetime] = mapped_column()
