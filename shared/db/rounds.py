"""Rounds of a branch, and their lines: one member's row in one round."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Owned, Stateful, one_of, to
from shared.domain.lines import LineState
from shared.domain.rounds import RoundState


class Round(Stateful):
    """A month or quarter of one branch, under the version of the book with which it began."""

    __tablename__ = "round"
    __table_args__ = (
        to("unit", "unit_id"),
        to("issued_book", "book_id"),
        one_of("state", RoundState),
        UniqueConstraint("county_id", "unit_id", "period"),
        Index(
            "ix_round_unfinished",
            "county_id",
            "unit_id",
            postgresql_where=text("state NOT IN ('filed', 'ended')"),
        ),
    )

    book_id: Mapped[UUID]
    period: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    claims_close_at: Mapped[datetime]
    filing_period: Mapped[str]
    notice_period: Mapped[str]


class Line(Stateful):
    """One member's row in one round.

    `edition` counts how often the line has been computed; `points` is the figure of that edition.
    `by_rule` is what the book alone gives, and `reason` says why the committee's figure differs from it.
    `notice_id` is the notice that last published the line.
    """

    __tablename__ = "line"
    __table_args__ = (
        to("unit", "unit_id"),
        to("round", "round_id"),
        to("member", "member_id"),
        to("notice", "notice_id"),
        one_of("state", LineState),
        UniqueConstraint("county_id", "round_id", "member_id"),
        Index("ix_line_member", "county_id", "member_id"),
        Index("ix_line_notice", "county_id", "notice_id"),
        CheckConstraint("points = by_rule OR reason IS NOT NULL", name="difference_has_reason"),
    )

    round_id: Mapped[UUID]
    member_id: Mapped[UUID]
    notice_id: Mapped[UUID | None]
    edition: Mapped[int] = mapped_column(default=0)
    by_rule: Mapped[Decimal | None]
    points: Mapped[Decimal | None]
    reason: Mapped[str | None]


class Award(Owned):
    """What one event, grant or clamp counted in one edition of a line; the ledger takes it as it stands."""

    __tablename__ = "award"
    __table_args__ = (
        to("unit", "unit_id"),
        to("line", "line_id"),
        one_of("scope", ("round", "year")),
        UniqueConstraint("county_id", "line_id", "edition", "ordinal"),
    )

    line_id: Mapped[UUID]
    edition: Mapped[int]
    ordinal: Mapped[int]
    kind: Mapped[str]
    source_id: Mapped[UUID | None]
    item: Mapped[str | None]
    clause: Mapped[str]
    happened_on: Mapped[date | None]
    asked: Mapped[Decimal | None]
    points: Mapped[Decimal]
    scope: Mapped[str]
    note: Mapped[str]
