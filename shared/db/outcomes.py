"""Outcomes: cases that the system proposes from a grade, a rank or the ladder; people decide and follow them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Owned, Stateful, one_of, to
from shared.domain.outcomes import Measure, OutcomeState


class OutcomeCase(Stateful):
    """A proposal about one member, with its basis; decided by `body`, followed by `owner_id` until it ends.

    `at_unit_id` is the unit above that decides it, or rules on the appeal; `terms`
    are the book's: its choices and months.
    """

    __tablename__ = "outcome_case"
    __table_args__ = (
        to("unit", "unit_id"),
        to("member", "member_id"),
        to("person", "owner_id"),
        to("unit", "at_unit_id"),
        one_of("state", OutcomeState),
        one_of("measure", Measure),
        UniqueConstraint("county_id", "member_id", "period", "kind"),
        Index("ix_outcome_case_at_unit", "county_id", "at_unit_id"),
    )

    member_id: Mapped[UUID]
    period: Mapped[str]
    kind: Mapped[str]
    measure: Mapped[str]
    basis: Mapped[str]
    legal_basis: Mapped[str]
    body: Mapped[str]
    terms: Mapped[dict[str, Any]]
    owner_id: Mapped[UUID | None]
    at_unit_id: Mapped[UUID | None]
    proposed_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    heard: Mapped[str | None]
    heard_at: Mapped[datetime | None]
    choice: Mapped[str | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    minute: Mapped[str | None]
    note: Mapped[str | None]
    appeal: Mapped[str | None]
    appealed_at: Mapped[datetime | None]
    ruling: Mapped[str | None]
    ending: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class OutcomeStep(Owned):
    """Something that was done in a case: a talk, a lesson, a check; on which day, by whom, how it went."""

    __tablename__ = "outcome_step"
    __table_args__ = (to("unit", "unit_id"), to("outcome_case", "case_id"), to("person", "person_id"))

    case_id: Mapped[UUID]
    person_id: Mapped[UUID]
    command: Mapped[str]
    done_on: Mapped[date]
    text: Mapped[str]
    written_at: Mapped[datetime] = mapped_column()
