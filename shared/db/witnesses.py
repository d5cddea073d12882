"""Witnesses: who was there when a claimed deed was done, and what they say of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from shared.db.base import Owned, to


class Witness(Owned):
    """A member who is named as having been there; `confirms` is None until they have spoken, once."""

    __tablename__ = "witness"
    __table_args__ = (
        to("unit", "unit_id"),
        to("claim", "claim_id"),
        to("member", "member_id"),
        UniqueConstraint("county_id", "claim_id", "member_id"),
        Index("ix_witness_member", "county_id", "member_id"),
        CheckConstraint("(confirms IS NULL) = (said_at IS NULL)", name="word_has_time"),
    )

    claim_id: Mapped[UUID]
    member_id: Mapped[UUID]
    named_at: Mapped[datetime]
    confirms: Mapped[bool | None]
    said: Mapped[str | None]
    said_at: Mapped[datetime | None]
