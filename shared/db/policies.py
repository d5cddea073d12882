"""Policies: what units arrange otherwise than the template, and who has signed as the first of two."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.db.base import Owned, Stateful, one_of, to
from shared.domain.policies import Overlay, PolicyState, overlay_of

# Before a seat is entered, and within it, by the same function: one row by its key.
_IN_FORCE = text("SELECT jifen.policy_of(:county, :unit)")


def _one_at_a_time(state: PolicyState) -> Index:
    """A unit has one in this state at most."""
    where = text(f"state = '{state}'")
    return Index(f"uq_policy_{state}", "county_id", "unit_id", unique=True, postgresql_where=where)


class Policy(Stateful):
    """A unit's own policy, proposed by one person and granted by another at the level above (`to_unit_id`)."""

    __tablename__ = "policy"
    __table_args__ = (
        to("unit", "unit_id"),
        to("unit", "to_unit_id"),
        one_of("state", PolicyState),
        CheckConstraint("decided_by <> proposed_by", name="another_grants"),
        CheckConstraint(
            "state NOT IN ('granted', 'replaced') OR decided_by IS NOT NULL AND decided_at IS NOT NULL",
            name="granted_by_somebody",
        ),
        CheckConstraint("state <> 'refused' OR answer IS NOT NULL", name="refusal_is_reasoned"),
        _one_at_a_time(PolicyState.GRANTED),
        _one_at_a_time(PolicyState.PROPOSED),
        Index("ix_policy_to", "county_id", "to_unit_id", "state"),
    )

    to_unit_id: Mapped[UUID]
    rules: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    reason: Mapped[str]
    proposed_by: Mapped[UUID]
    proposed_name: Mapped[str]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    decided_name: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    answer: Mapped[str | None]


class Signature(Owned):
    """The first of two people: who has signed for a step with a row as it stood; void once the row has moved."""

    __tablename__ = "signature"
    __table_args__ = (
        to("unit", "unit_id"),
        to("person", "person_id"),
        UniqueConstraint("county_id", "subject_id", "action", "stage", "person_id", name="uq_signature_once"),
    )

    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    action: Mapped[str]
    stage: Mapped[int]
    person_id: Mapped[UUID]
    person_name: Mapped[str]
    signed_at: Mapped[datetime]


def overlay_in_force(session: Session, county_id: UUID, unit_id: UUID) -> Overlay:
    """Return what a unit arranges otherwise, as it is in force now."""
    return overlay_of(session.scalar(_IN_FORCE, {"county": county_id, "unit": unit_id}))
