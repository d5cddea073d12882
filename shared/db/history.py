"""The history: who took which step with what, when. Append-only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped

from shared.db.base import Owned


class History(Owned):
    """One step. `at` is the instant that counts, `recorded_at` when it was written down.

    That its unit is there is checked once a statement, by the trigger `steps_are_taken_in_units`: as a foreign key
    it was a quarter of the time that a thousand lines took to move.
    """

    __tablename__ = "history"
    __table_args__ = (
        Index("ix_history_subject", "county_id", "subject_id"),
        # The clock takes most steps; what people have done lately is asked for by them.
        Index("ix_history_actor", "county_id", "actor_id", "at", postgresql_where=text("actor_id IS NOT NULL")),
    )

    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    command: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    role: Mapped[str]
    acting_for: Mapped[UUID | None]
    note: Mapped[str | None]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
