"""Outcomes: cases that the system proposes from a grade, a rank or the ladder, and that people decide."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from shared.db.base import Owned, one_of, to


class OutcomeCase(Owned):
    """A proposal about one member, with its basis; decided by the body that the book names."""

    __tablename__ = "outcome_case"
    __table_args__ = (
        to("unit", "unit_id"),
        to("member", "member_id"),
        one_of("state", ("proposed", "decided", "dropped")),
        UniqueConstraint("county_id", "member_id", "period", "kind"),
    )

    member_id: Mapped[UUID]
    period: Mapped[str]
    kind: Mapped[str]
    basis: Mapped[str]
    body: Mapped[str]
    state: Mapped[str]
    proposed_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    minute: Mapped[str | None]
    note: Mapped[str | None]
