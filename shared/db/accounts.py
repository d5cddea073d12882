"""Accounts: a person's means of signing in. No login but the application's reads these tables."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Owned, one_of, to

KINDS = ("handed", "recovery", "list")


class Account(Owned):
    """One for each person; `unit_id` is the unit that opened it.

    `totp` is sealed; it counts from `totp_since` on, and `totp_step` is the last time step whose code was used.
    """

    __tablename__ = "account"
    __table_args__ = (to("unit", "unit_id"), to("person", "person_id"), UniqueConstraint("county_id", "person_id"))

    person_id: Mapped[UUID]
    password_hash: Mapped[str | None]
    must_change: Mapped[bool] = mapped_column(default=False)
    totp: Mapped[bytes | None]
    totp_since: Mapped[datetime | None]
    totp_step: Mapped[int | None]
    last_seat_id: Mapped[UUID | None]
    opened_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class OneTimeCode(Owned):
    """A code that counts once: handed out in person, for recovery, or one of a printed list; kept as a digest."""

    __tablename__ = "one_time_code"
    __table_args__ = (
        to("unit", "unit_id"),
        to("person", "person_id"),
        one_of("kind", KINDS),
        Index("ix_one_time_code_person", "county_id", "person_id"),
    )

    person_id: Mapped[UUID]
    kind: Mapped[str]
    digest: Mapped[str]
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class Card(Owned):
    """A member's printed card; its QR carries a token, of which only the digest is here."""

    __tablename__ = "card"
    __table_args__ = (
        to("unit", "unit_id"),
        to("member", "member_id"),
        UniqueConstraint("county_id", "digest"),
        Index("ix_card_member", "county_id", "member_id"),
    )

    member_id: Mapped[UUID]
    digest: Mapped[str]
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
