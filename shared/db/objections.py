"""Objections to lines, and the appeals that follow them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from shared.db.base import Owned, Stateful, one_of, to
from shared.domain.objections import ObjectionState


class Objection(Stateful):
    """One person's objection to one line.

    `handed_in_at` decides whether it came in time; `entered_at` is when the product learned of it. A paper
    objection names two who attest the time. `remedy` says what an upheld one changes. `answered_by` is the first
    decider, who never sits on the appeal.
    """

    __tablename__ = "objection"
    __table_args__ = (
        to("unit", "unit_id"),
        to("line", "line_id"),
        to("notice", "notice_id"),
        one_of("state", ObjectionState),
        one_of("raised_as", ("member", "villager")),
        UniqueConstraint("county_id", "unit_id", "number"),
        Index("ix_objection_line", "county_id", "line_id"),
        Index("ix_objection_number", "county_id", "number"),
        Index("ix_objection_unfinished", "county_id", "unit_id", postgresql_where=text("state <> 'closed'")),
        CheckConstraint("outcome IN ('upheld', 'rejected', 'withdrawn')", name="outcome"),
        CheckConstraint("state <> 'closed' OR outcome IS NOT NULL", name="closed_has_outcome"),
        CheckConstraint("NOT on_paper OR attested_by IS NOT NULL", name="paper_is_attested"),
    )

    line_id: Mapped[UUID]
    notice_id: Mapped[UUID]
    number: Mapped[str]
    raised_as: Mapped[str]
    raised_by: Mapped[UUID | None]
    name: Mapped[str]
    group_name: Mapped[str | None]
    telephone: Mapped[str | None]
    identity_confirmed_by: Mapped[UUID | None]
    on_paper: Mapped[bool]
    attested_by: Mapped[str | None]
    handed_in_at: Mapped[datetime]
    entered_at: Mapped[datetime]
    text: Mapped[str]
    due_at: Mapped[datetime]
    investigator_id: Mapped[UUID | None]
    answer: Mapped[str | None]
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    appeal_until: Mapped[datetime | None]
    remedy: Mapped[dict[str, Any] | None]
    outcome: Mapped[str | None]


class Appeal(Owned):
    """One instance of appeal; `body` decides it, at `at_unit_id`; level 1 is the first."""

    __tablename__ = "appeal"
    __table_args__ = (
        to("unit", "unit_id"),
        to("unit", "at_unit_id"),
        to("objection", "objection_id"),
        UniqueConstraint("county_id", "objection_id", "level"),
        CheckConstraint("outcome IN ('upheld', 'rejected')", name="outcome"),
    )

    objection_id: Mapped[UUID]
    level: Mapped[int]
    body: Mapped[str]
    at_unit_id: Mapped[UUID]
    grounds: Mapped[str]
    raised_at: Mapped[datetime]
    due_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decision: Mapped[str | None]
    minute: Mapped[str | None]
    outcome: Mapped[str | None]
