"""How people may be told outside the product, what was sent to them, and whom somebody has called."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Owned, one_of, to
from shared.domain.notifications import DeliveryState


class ContactWay(Owned):
    """A channel by which a person wishes to be told in this unit; the lowest rank comes first."""

    __tablename__ = "contact_way"
    __table_args__ = (
        to("unit", "unit_id"),
        to("person", "person_id"),
        UniqueConstraint("county_id", "unit_id", "person_id", "channel"),
    )

    person_id: Mapped[UUID]
    channel: Mapped[str]
    address: Mapped[str]
    rank: Mapped[int]
    wanted: Mapped[bool] = mapped_column(default=True)


class Delivery(Owned):
    """One notification on its way by one channel; `due_at` is when it is tried next, by the county's clock."""

    __tablename__ = "delivery"
    __table_args__ = (
        to("unit", "unit_id"),
        to("person", "person_id"),
        to("notification", "notification_id"),
        one_of("state", DeliveryState),
        UniqueConstraint("county_id", "notification_id", "channel"),
        CheckConstraint("state <> 'failed' OR error IS NOT NULL", name="failure_is_told"),
        CheckConstraint("state <> 'sent' OR done_at IS NOT NULL", name="sent_is_dated"),
        Index("ix_delivery_due", "county_id", "due_at", postgresql_where=text("state = 'queued'")),
    )

    notification_id: Mapped[UUID]
    person_id: Mapped[UUID]
    channel: Mapped[str]
    state: Mapped[str]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    done_at: Mapped[datetime | None]


class PhoneCall(Owned):
    """A call that somebody made to a member whom nothing else reaches, and whether they were reached."""

    __tablename__ = "phone_call"
    __table_args__ = (
        to("unit", "unit_id"),
        to("member", "member_id"),
        to("person", "called_by"),
        Index("ix_phone_call_member", "county_id", "member_id"),
    )

    member_id: Mapped[UUID]
    called_by: Mapped[UUID]
    called_at: Mapped[datetime]
    reached: Mapped[bool]
    note: Mapped[str]
