"""Sampling audits (抽查): the lines that were drawn, who checks each, what they found and whom it concerns."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Owned, Stateful, one_of, to
from shared.domain.audits import AuditState, Verdict


class Audit(Stateful):
    """One draw over the settled lines of a period below `unit_id`.

    `population` lines, whose sorted ids digest to `population_digest`, `seed` and both shares give the draw again.
    """

    __tablename__ = "audit"
    __table_args__ = (
        to("unit", "unit_id"),
        to("person", "drawn_by"),
        one_of("state", AuditState),
        Index("ix_audit_unit", "county_id", "unit_id", "drawn_at"),
        CheckConstraint("branch_percent BETWEEN 1 AND 100 AND line_percent BETWEEN 1 AND 100", name="shares"),
        CheckConstraint("state <> 'closed' OR (report IS NOT NULL AND conclusion IS NOT NULL)", name="reported"),
    )

    period: Mapped[str]
    why: Mapped[str]
    seed: Mapped[str]
    branch_percent: Mapped[int]
    line_percent: Mapped[int]
    population: Mapped[int]
    population_digest: Mapped[str]
    crosswise: Mapped[bool]
    drawn_by: Mapped[UUID]
    drawn_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    conclusion: Mapped[str | None]
    report: Mapped[dict[str, Any] | None]


class AuditedLine(Owned):
    """A line that was drawn: `branch_id` keeps it, `to_unit_id` checks it; `signers` signed for what it counts."""

    __tablename__ = "audited_line"
    __table_args__ = (
        to("unit", "unit_id"),
        to("unit", "to_unit_id"),
        to("unit", "branch_id"),
        to("audit", "audit_id"),
        to("line", "line_id"),
        one_of("verdict", Verdict),
        UniqueConstraint("county_id", "audit_id", "line_id"),
        # Asked with every page of whoever checks.
        Index("ix_audited_line_waiting", "county_id", "to_unit_id", postgresql_where=text("verdict IS NULL")),
        CheckConstraint("to_unit_id <> branch_id", name="checked_by_others"),
        CheckConstraint("verdict IS NULL OR (checked_by IS NOT NULL AND signers IS NOT NULL)", name="is_signed"),
        CheckConstraint("verdict <> 'wrong' OR finding IS NOT NULL", name="wrong_is_reasoned"),
    )

    to_unit_id: Mapped[UUID]
    branch_id: Mapped[UUID]
    audit_id: Mapped[UUID]
    line_id: Mapped[UUID]
    ordinal: Mapped[int]
    verdict: Mapped[str | None]
    finding: Mapped[str | None]
    should_be: Mapped[Decimal | None]
    signers: Mapped[list[dict[str, str]] | None] = mapped_column(JSONB)
    checked_by: Mapped[UUID | None]
    checked_by_name: Mapped[str | None]
    checked_at: Mapped[datetime | None]
