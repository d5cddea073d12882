"""Trials of drafted rule books on rounds that are over: how many would change in each branch, and there, who."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Owned, to


class Trial(Owned):
    """One trial of one edition of a draft against the version in force; `rounds` are written `2025-Q1`."""

    __tablename__ = "trial"
    __table_args__ = (
        to("unit", "unit_id"),
        to("book_draft", "draft_id"),
        to("issued_book", "before_id"),
        to("person", "asked_by"),
        Index("ix_trial_draft", "county_id", "draft_id"),
    )

    draft_id: Mapped[UUID]
    edition: Mapped[int]
    before_id: Mapped[UUID]
    rounds: Mapped[list[str]] = mapped_column(JSONB)
    units: Mapped[list[str]] = mapped_column(JSONB)
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class TrialPart(Owned):
    """What a trial would change in one branch, in numbers: `unit_id` is the branch, `to_unit_id` who tries it."""

    __tablename__ = "trial_part"
    __table_args__ = (
        to("unit", "unit_id"),
        to("unit", "to_unit_id"),
        to("trial", "trial_id"),
        UniqueConstraint("county_id", "trial_id", "unit_id"),
    )

    to_unit_id: Mapped[UUID]
    trial_id: Mapped[UUID]
    members: Mapped[int]
    raised: Mapped[int]
    lowered: Mapped[int]
    regraded: Mapped[int]
    shifts: Mapped[dict[str, Any]]


class TrialLine(Owned):
    """What a trial would change for one member; seen in the member's branch and nowhere else."""

    __tablename__ = "trial_line"
    __table_args__ = (
        to("unit", "unit_id"),
        to("trial", "trial_id"),
        to("member", "member_id"),
        UniqueConstraint("county_id", "trial_id", "member_id"),
    )

    trial_id: Mapped[UUID]
    member_id: Mapped[UUID]
    points_before: Mapped[Decimal | None]
    points_after: Mapped[Decimal | None]
    result_before: Mapped[str]
    result_after: Mapped[str]
    reasons: Mapped[list[str]] = mapped_column(JSONB)
