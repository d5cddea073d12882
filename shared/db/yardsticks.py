"""Yardsticks: what a county has set for its hints and supervisions; the granted row is in force."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from shared.db.base import Stateful, one_of, to
from shared.domain.policies import PolicyState


def _one_at_a_time(state: PolicyState) -> Index:
    """A county has one in this state at most."""
    where = text(f"state = '{state}'")
    return Index(f"uq_yardstick_{state}", "county_id", "unit_id", unique=True, postgresql_where=where)


class Yardstick(Stateful):
    """All measures of a county as one proposed them and another granted them: a row of its unit."""

    __tablename__ = "yardstick"
    __table_args__ = (
        to("unit", "unit_id"),
        to("person", "proposed_by"),
        to("person", "decided_by"),
        one_of("state", PolicyState),
        CheckConstraint("decided_by <> proposed_by", name="another_grants"),
        CheckConstraint(
            "state NOT IN ('granted', 'replaced') OR decided_by IS NOT NULL AND decided_at IS NOT NULL",
            name="granted_by_somebody",
        ),
        CheckConstraint("state <> 'refused' OR answer IS NOT NULL", name="refusal_is_reasoned"),
        _one_at_a_time(PolicyState.GRANTED),
        _one_at_a_time(PolicyState.PROPOSED),
    )

    measures: Mapped[dict[str, Any]]
    reason: Mapped[str]
    proposed_by: Mapped[UUID]
    proposed_name: Mapped[str]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    decided_name: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    answer: Mapped[str | None]
