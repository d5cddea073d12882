"""The year's appraisal of a branch: members' own reports, and one verdict a member from proposal to result."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Owned, Stateful, one_of, to
from shared.domain.appraisals import EvaluationState


class Evaluation(Stateful):
    """A branch's appraisal of one year under the book that the year ended with; `results` are the book's.

    `notice_id` is the notice on which the proposed results hang: its window is the window for objections.

    `due` and `cast_votes` are of the ballot that counts: without half of the voters nothing can be published.
    """

    __tablename__ = "evaluation"
    __table_args__ = (
        to("unit", "unit_id"),
        to("issued_book", "book_id"),
        to("ballot", "ballot_id"),
        to("ballot", "mutual_id"),
        to("notice", "notice_id"),
        one_of("state", EvaluationState),
        UniqueConstraint("county_id", "unit_id", "year"),
        CheckConstraint(
            "state NOT IN ('proposed', 'published', 'settled') OR (due > 0 AND 2 * cast_votes >= due)",
            name="published_is_valid",
        ),
    )

    book_id: Mapped[UUID]
    year: Mapped[int]
    results: Mapped[dict[str, Any]]
    reports_until: Mapped[date]
    opened_at: Mapped[datetime]
    ballot_id: Mapped[UUID | None]
    mutual_id: Mapped[UUID | None]
    due: Mapped[int] = mapped_column(default=0)
    cast_votes: Mapped[int] = mapped_column(default=0)
    minute: Mapped[str | None]
    notice_id: Mapped[UUID | None]


class Verdict(Owned):
    """One member's appraisal: figures, ballot, what the committee proposes and why, an objection, the result.

    `due_at` is until when an objection is answered; it holds this result alone, until `settled_at`.
    """

    __tablename__ = "verdict"
    __table_args__ = (
        to("unit", "unit_id"),
        to("evaluation", "evaluation_id"),
        to("member", "member_id"),
        UniqueConstraint("county_id", "evaluation_id", "member_id"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_at_an_instant"),
        CheckConstraint(
            "settled_at IS NULL OR objected_at IS NULL OR answered_at IS NOT NULL", name="settled_when_answered"
        ),
    )

    evaluation_id: Mapped[UUID]
    member_id: Mapped[UUID]
    exempt: Mapped[bool]
    note: Mapped[str] = mapped_column(default="")
    points: Mapped[Decimal | None]
    band: Mapped[str | None]
    counts: Mapped[dict[str, Any] | None]
    mutual: Mapped[dict[str, Any] | None]
    by_ballot: Mapped[str | None]
    proposed: Mapped[str | None]
    reason: Mapped[str | None]
    objection: Mapped[str | None]
    objected_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]


class SelfReport(Owned):
    """A member's own summary of a year, under the headings of the paper form."""

    __tablename__ = "self_report"
    __table_args__ = (
        to("unit", "unit_id"),
        to("member", "member_id"),
        UniqueConstraint("county_id", "member_id", "year"),
    )

    member_id: Mapped[UUID]
    year: Mapped[int]
    study: Mapped[str]
    work: Mapped[str]
    life: Mapped[str]
    gaps: Mapped[str]
    handed_in_at: Mapped[datetime]
