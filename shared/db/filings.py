"""Filings: the package that a unit sends up for a period, with its seal, and what came of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Owned, Stateful, one_of, to
from shared.domain.filings import FilingState


class Filing(Stateful):
    """One package; `number` 1 is the period's first, later numbers are supplements to it.

    `edition` counts how often it has been built: anew after it was returned, where something had changed.
    """

    __tablename__ = "filing"
    __table_args__ = (
        to("unit", "unit_id"),
        to("unit", "to_unit_id"),
        one_of("state", FilingState),
        UniqueConstraint("county_id", "unit_id", "period", "number"),
        Index(
            "ix_filing_unfinished",
            "county_id",
            "unit_id",
            postgresql_where=text("state IN ('built', 'returned')"),
        ),
        CheckConstraint("state <> 'returned' OR return_reason IS NOT NULL", name="return_is_reasoned"),
    )

    to_unit_id: Mapped[UUID]
    period: Mapped[str]
    number: Mapped[int]
    edition: Mapped[int] = mapped_column(default=1)
    package: Mapped[dict[str, Any]]
    digest: Mapped[str]
    head: Mapped[str]
    due_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    filed_at: Mapped[datetime | None]
    receipt: Mapped[str | None]
    return_reason: Mapped[str | None]


class FilingEdition(Owned):
    """An earlier edition of a package, as it was sent up and returned. Append-only."""

    __tablename__ = "filing_edition"
    __table_args__ = (
        to("unit", "unit_id"),
        to("filing", "filing_id"),
        UniqueConstraint("county_id", "filing_id", "edition"),
    )

    filing_id: Mapped[UUID]
    edition: Mapped[int]
    package: Mapped[dict[str, Any]]
    digest: Mapped[str]
    head: Mapped[str]
    return_reason: Mapped[str]
    replaced_at: Mapped[datetime]
