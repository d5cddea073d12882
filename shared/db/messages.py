"""The outbox, receipts of what was handled, and what people have been told."""

from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Owned, to


class Message(Owned):
    """Something that others must hear of, written in the transaction in which it happened.

    `next_at` says, once it has been sent, when it is sent again if it has not arrived by then;
    `number` keeps those of one instant in the order in which they were written.
    """

    __tablename__ = "message"
    # Not read back on writing: it may be addressed to a unit in which the writer reads nothing.
    __mapper_args__ = MappingProxyType({"eager_defaults": False})
    __table_args__ = (
        to("unit", "unit_id"),
        Index("ix_message_unsent", "next_at", postgresql_where=text("done_at IS NULL")),
    )

    topic: Mapped[str]
    subject_id: Mapped[UUID]
    body: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    next_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    number: Mapped[int] = mapped_column(BigInteger, Identity())


class Notification(Owned):
    """What one person was told, and whether they have seen it; one for each message and person."""

    __tablename__ = "notification"
    __table_args__ = (
        to("unit", "unit_id"),
        to("person", "person_id"),
        UniqueConstraint("county_id", "key", "person_id"),
        Index("ix_notification_person", "county_id", "person_id"),
    )

    person_id: Mapped[UUID]
    key: Mapped[str]
    topic: Mapped[str]
    text: Mapped[str]
    subject_id: Mapped[UUID]
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
