"""Secret ballots: who may vote and has, the sealed urn, and what two people counted on paper."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Owned, Stateful, one_of, to
from shared.domain.ballots import BallotState, Purpose, Way


class Ballot(Stateful):
    """One secret ballot: `form` holds its choices and subjects, `result` the sums once they are counted.

    `urn` are sums alone, sealed with the installation's secret and a new nonce at every slip, always equally
    long: whoever reads the database, its older row versions, its log or a backup sees that somebody voted and
    never what. It is emptied when the votes are counted.
    """

    __tablename__ = "ballot"
    __table_args__ = (
        to("unit", "unit_id"),
        to("meeting", "meeting_id"),
        one_of("state", BallotState),
        one_of("purpose", Purpose),
        CheckConstraint("(state = 'counted') = (result IS NOT NULL)", name="counted_has_result"),
        CheckConstraint("(state = 'counted') = (urn IS NULL)", name="urn_until_counted"),
        CheckConstraint("valid = (due > 0 AND 2 * cast_votes >= due)", name="half_have_voted"),
        Index("ix_ballot_unit", "county_id", "unit_id", "opened_at"),
    )

    meeting_id: Mapped[UUID | None]
    purpose: Mapped[str]
    title: Mapped[str]
    form: Mapped[dict[str, Any]]
    due: Mapped[int]
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    urn: Mapped[bytes | None]
    cast_votes: Mapped[int | None]
    valid: Mapped[bool | None]
    result: Mapped[dict[str, Any] | None]
    counted_at: Mapped[datetime | None]


class BallotMark(Owned):
    """One voter on a ballot's roll: that they have voted, and whether on paper. Not when, and not what.

    All rows of a ballot are written at once when it opens, and once more at once when it is counted.
    """

    __tablename__ = "ballot_mark"
    __table_args__ = (
        to("unit", "unit_id"),
        to("ballot", "ballot_id"),
        to("person", "person_id"),
        one_of("way", Way),
        UniqueConstraint("county_id", "ballot_id", "person_id"),
    )

    ballot_id: Mapped[UUID]
    person_id: Mapped[UUID]
    way: Mapped[str | None] = mapped_column(default=None)


class PaperCount(Owned):
    """How one person counted the slips on paper; two must agree before the ballot is counted."""

    __tablename__ = "paper_count"
    __table_args__ = (
        to("unit", "unit_id"),
        to("ballot", "ballot_id"),
        to("person", "person_id"),
        UniqueConstraint("county_id", "ballot_id", "person_id"),
    )

    ballot_id: Mapped[UUID]
    person_id: Mapped[UUID]
    slips: Mapped[int]
    counts: Mapped[dict[str, Any]]
    entered_at: Mapped[datetime]
