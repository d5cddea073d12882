"""Supervisions: how a branch ran the system in a month or quarter, as the level above has decided to say."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from shared.db.base import Owned, one_of, to
from shared.domain.supervisions import Standing


class Supervision(Owned):
    """One branch's period, decided by `unit_id`; `figures`: counts of work and what measured it, never points."""

    __tablename__ = "supervision"
    __table_args__ = (
        to("unit", "unit_id"),
        to("unit", "branch_id"),
        to("person", "decided_by"),
        one_of("standing", Standing),
        UniqueConstraint("county_id", "unit_id", "period", "branch_id"),
        CheckConstraint("mark BETWEEN 0 AND 100", name="mark"),
    )

    branch_id: Mapped[UUID]
    period: Mapped[str]
    figures: Mapped[dict[str, Any]]
    mark: Mapped[int]
    standing: Mapped[str]
    words: Mapped[str]
    decided_by: Mapped[UUID]
    decided_at: Mapped[datetime]
