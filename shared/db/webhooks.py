"""Webhooks: the addresses that a county wants told what happens, and each telling on its way."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Owned, one_of, to
from shared.domain.webhooks import TellingState


class Webhook(Owned):
    """An address of a county's own program; `events` is a list with commas.

    `secret` signs what is sent to it, and is kept sealed: the installation's own secret for webhooks opens it.
    """

    __tablename__ = "webhook"
    __table_args__ = (
        to("unit", "unit_id"),
        to("person", "made_by"),
        CheckConstraint("events <> ''", name="hears_something"),
    )

    address: Mapped[str]
    events: Mapped[str]
    secret: Mapped[str]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Telling(Owned):
    """One event on its way to one address; by the world's clock. Its id is the event's for whoever receives it."""

    __tablename__ = "telling"
    __table_args__ = (
        to("unit", "unit_id"),
        to("webhook", "webhook_id"),
        one_of("state", TellingState),
        UniqueConstraint("county_id", "webhook_id", "message_id", "subject_id"),
        CheckConstraint("state <> 'dead' OR error IS NOT NULL", name="failure_is_told"),
        CheckConstraint("(state = 'waiting') = (done_at IS NULL)", name="end_is_dated"),
        Index("ix_telling_due", "county_id", "due_at", postgresql_where=text("state = 'waiting'")),
    )

    webhook_id: Mapped[UUID]
    message_id: Mapped[UUID]
    event: Mapped[str]
    subject_id: Mapped[UUID]
    subject_unit_id: Mapped[UUID]
    subject_state: Mapped[str]
    happened_at: Mapped[datetime]
    state: Mapped[str]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    done_at: Mapped[datetime | None]
