"""The ledger: entries that nobody can change, corrections by reversal, balances as sums; annual lines."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Owned, one_of, to


class LedgerEntry(Owned):
    """One entry; the id of an entry that promotes an award is the award's own, so that none enters twice.

    Within a round the entries of scope `round` sum to the line's figure; those of scope `year` count once,
    for the year. A reversal names the entry that it takes back, with the opposite points.

    That line, round, member, seal and what is reversed are there is checked once a statement, by the trigger
    `entries_are_final`: six foreign keys asked once a row and took four fifths of the settling. None of them goes
    away afterwards: awards and seals are append-only, and an award's own key holds its line.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        one_of("scope", ("round", "year")),
        Index("ix_ledger_entry_member", "county_id", "unit_id", "member_id", "round_id"),
        Index(
            "ix_ledger_entry_reverses",
            "county_id",
            "reverses_id",
            unique=True,
            postgresql_where=text("reverses_id IS NOT NULL"),
        ),
        CheckConstraint("reverses_id IS NULL OR reverses_id <> id", name="reverses_another"),
    )

    round_id: Mapped[UUID]
    line_id: Mapped[UUID]
    member_id: Mapped[UUID]
    seal_id: Mapped[UUID]
    edition: Mapped[int]
    ordinal: Mapped[int]
    kind: Mapped[str]
    source_id: Mapped[UUID | None]
    item: Mapped[str | None]
    clause: Mapped[str]
    happened_on: Mapped[date | None]
    points: Mapped[Decimal]
    scope: Mapped[str]
    note: Mapped[str]
    reverses_id: Mapped[UUID | None]
    recorded_at: Mapped[datetime]


class AnnualLine(Owned):
    """A member's year, derived from settled rounds and appraisal; `line_id` is its line in the year's notice.

    Editions are appended; the newest that its line has published stands.
    """

    __tablename__ = "annual_line"
    __table_args__ = (
        to("unit", "unit_id"),
        to("line", "line_id"),
        to("member", "member_id"),
        UniqueConstraint("county_id", "line_id", "edition"),
    )

    line_id: Mapped[UUID]
    member_id: Mapped[UUID]
    edition: Mapped[int]
    year: Mapped[int]
    tier: Mapped[str | None]
    zeroed: Mapped[bool]
    year_points: Mapped[Decimal | None]
    factor: Mapped[Decimal | None]
    annual_points: Mapped[Decimal | None]
    reward_points: Mapped[Decimal | None]
    grade: Mapped[str | None]
    rank: Mapped[int | None]
    computed_at: Mapped[datetime]


class Appraisal(Owned):
    """The democratic evaluation's result for a member's year, or the grade a meeting gave an exempt member."""

    __tablename__ = "appraisal"
    __table_args__ = (
        to("unit", "unit_id"),
        to("member", "member_id"),
        UniqueConstraint("county_id", "member_id", "year"),
    )

    member_id: Mapped[UUID]
    year: Mapped[int]
    result: Mapped[str]
    minute: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column()
