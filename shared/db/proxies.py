"""Proxies: the relative whom a member has named to act for them, until when."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from shared.db.base import Owned, to


class Proxy(Owned):
    """A person who may act for a member up to and including the day `until`, or until withdrawn."""

    __tablename__ = "proxy"
    __table_args__ = (
        to("unit", "unit_id"),
        to("member", "member_id"),
        to("person", "person_id"),
        Index("ix_proxy_member", "county_id", "member_id"),
        Index("ix_proxy_person", "county_id", "person_id"),
    )

    member_id: Mapped[UUID]
    person_id: Mapped[UUID]
    until: Mapped[date]
    named_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
