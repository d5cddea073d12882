"""Deadlines are rows: made with what they guard, claimed by one worker, fired with their effect in one commit."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Owned, one_of, to


class Deadline(Owned):
    """An instant at which the clock does something to a subject, if it still stands at `stage`.

    Never cancelled, only outlived. `due_at` is the instant that is recorded; `try_at` moves on after a
    failed try, so that a poisoned row does not stop the line.
    """

    __tablename__ = "deadline"
    __table_args__ = (
        to("unit", "unit_id"),
        one_of("outcome", ("done", "outlived")),
        CheckConstraint("fired_at >= due_at", name="never_early"),
        CheckConstraint("(fired_at IS NULL) = (outcome IS NULL)", name="fired_has_outcome"),
        # Both columns: with one, every thousand of 100 000 that are due at one instant sorts all of them (0.9 s).
        Index("ix_deadline_due", "try_at", "due_at", postgresql_where=text("fired_at IS NULL")),
        Index("ix_deadline_subject", "county_id", "subject_id"),
    )

    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    stage: Mapped[int]
    command: Mapped[str]
    rung: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    try_at: Mapped[datetime]
    fired_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
