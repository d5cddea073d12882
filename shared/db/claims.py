"""Claims, leaders' opinions, departments' words, scorers' scores; officers' records."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from shared.db.base import Owned, Stateful, one_of, to
from shared.domain.claims import ClaimState


class Claim(Stateful):
    """What a member says they did. `number` is what the member is told; `entered_by` is who typed it."""

    __tablename__ = "claim"
    __table_args__ = (
        to("unit", "unit_id"),
        to("round", "round_id"),
        to("member", "member_id"),
        to("claim", "replaces_id"),
        one_of("state", ClaimState),
        UniqueConstraint("county_id", "unit_id", "number"),
        Index("ix_claim_round", "county_id", "round_id", "member_id"),
        CheckConstraint(
            "state <> 'refused' OR (refused_by IS NOT NULL AND reason IS NOT NULL AND minute IS NOT NULL)",
            name="refusal_is_reasoned",
        ),
    )

    round_id: Mapped[UUID]
    member_id: Mapped[UUID]
    replaces_id: Mapped[UUID | None]
    number: Mapped[str]
    item: Mapped[str]
    happened_on: Mapped[date]
    points: Mapped[Decimal | None]
    text: Mapped[str]
    entered_by: Mapped[UUID]
    filed_at: Mapped[datetime | None]
    decision: Mapped[str | None]
    refused_by: Mapped[str | None]
    reason: Mapped[str | None]
    minute: Mapped[str | None]


class Opinion(Owned):
    """What the group leader says of a claim: done or not, and how well (是否完成、完成质量)."""

    __tablename__ = "opinion"
    __table_args__ = (
        to("unit", "unit_id"),
        to("claim", "claim_id"),
        to("person", "person_id"),
        Index("ix_opinion_claim", "county_id", "claim_id"),
    )

    claim_id: Mapped[UUID]
    person_id: Mapped[UUID]
    done: Mapped[bool]
    quality: Mapped[str]
    given_at: Mapped[datetime]


class Word(Owned):
    """A township department's word on a claim that touches it; asked of `at_unit_id`."""

    __tablename__ = "word"
    __table_args__ = (
        to("unit", "unit_id"),
        to("unit", "at_unit_id"),
        to("claim", "claim_id"),
        UniqueConstraint("county_id", "claim_id", "department"),
    )

    claim_id: Mapped[UUID]
    at_unit_id: Mapped[UUID]
    department: Mapped[str]
    asked_at: Mapped[datetime]
    agrees: Mapped[bool | None]
    text: Mapped[str | None]
    person_id: Mapped[UUID | None]
    given_at: Mapped[datetime | None]


class Score(Owned):
    """One scorer's points for one claim, blind until all are in."""

    __tablename__ = "score"
    __table_args__ = (
        to("unit", "unit_id"),
        to("claim", "claim_id"),
        UniqueConstraint("county_id", "claim_id", "person_id"),
    )

    claim_id: Mapped[UUID]
    person_id: Mapped[UUID]
    points: Mapped[Decimal]
    scored_at: Mapped[datetime]


class Record(Owned):
    """An officer's own entry: attendance, duties, deductions. Struck with a reason, never removed.

    `origin` names the appraisal from which it was taken over: once for a member, an item and a round, but for
    corrections, which have their decision.
    """

    __tablename__ = "record"
    __table_args__ = (
        to("unit", "unit_id"),
        to("round", "round_id"),
        to("member", "member_id"),
        Index("ix_record_round", "county_id", "round_id", "member_id"),
        Index(
            "uq_record_taken_once",
            "county_id",
            "round_id",
            "member_id",
            "item",
            unique=True,
            postgresql_where=text("origin IS NOT NULL AND decision IS NULL AND struck_at IS NULL"),
        ),
        CheckConstraint("struck_at IS NULL OR struck_reason IS NOT NULL", name="strike_is_reasoned"),
    )

    round_id: Mapped[UUID]
    member_id: Mapped[UUID]
    item: Mapped[str]
    happened_on: Mapped[date]
    points: Mapped[Decimal | None]
    text: Mapped[str]
    decision: Mapped[str | None]
    entered_by: Mapped[UUID]
    entered_at: Mapped[datetime]
    origin: Mapped[str | None]
    struck_at: Mapped[datetime | None]
    struck_reason: Mapped[str | None]
