"""Delegations: who stands in for an officer until a day, by whose word."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from shared.db.base import Owned, one_of, to


class StandIn(StrEnum):
    """By whose word somebody stands in: the officer's own (委托), or an appointment from above (代理)."""

    DELEGATED = "delegated"
    ACTING = "acting"


class Delegation(Owned):
    """`holding_id` is the stand-in's, until a day; `from_holding_id` the officer's, None for a vacancy."""

    __tablename__ = "delegation"
    __table_args__ = (
        to("unit", "unit_id"),
        to("holding", "holding_id"),
        to("holding", "from_holding_id"),
        one_of("kind", StandIn),
        UniqueConstraint("county_id", "holding_id", name="uq_delegation_holding"),
        Index("ix_delegation_from", "county_id", "from_holding_id"),
        CheckConstraint("kind <> 'delegated' OR from_holding_id IS NOT NULL", name="delegated_by_its_holder"),
        CheckConstraint("holding_id <> from_holding_id", name="to_another"),
    )

    holding_id: Mapped[UUID]
    from_holding_id: Mapped[UUID | None]
    kind: Mapped[str]
    reason: Mapped[str]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]
