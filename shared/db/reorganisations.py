"""Reorganisations: what was decided about a unit of the tree, by which document, from which day."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped

from shared.db.base import Stateful, one_of, to
from shared.domain.reorganisations import Change, ReorganisationState


class Reorganisation(Stateful):
    """A decision of `unit_id`, above, about `subject_id`: its name, its place, a merger, a split, its end."""

    __tablename__ = "reorganisation"
    __table_args__ = (
        to("unit", "unit_id"),
        to("unit", "subject_id"),
        one_of("state", ReorganisationState),
        one_of("change", Change),
        Index("ix_reorganisation_subject", "county_id", "subject_id"),
        CheckConstraint("document <> ''", name="has_its_document"),
    )

    subject_id: Mapped[UUID]
    change: Mapped[str]
    takes_effect_on: Mapped[date]
    document: Mapped[str]
    particulars: Mapped[dict[str, Any]]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime]
    result: Mapped[str | None]
