"""Transfers of members between two branches of the county, and the sealed statements that go along with them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session

from shared.db.base import Owned, Stateful, one_of, to
from shared.domain.transfers import TransferState


class Transfer(Stateful):
    """A member goes over to another branch: proposed by `unit_id`, where they are, accepted by `to_unit_id`.

    `moved_on` is the first day in the new branch, `to_member_id` their membership there; `group_id` the group that
    receives them. `reorganisation_id` is the decision by which a whole branch goes over, without a proposal.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        to("unit", "unit_id"),
        to("unit", "to_unit_id"),
        to("member", "member_id"),
        to("member", "to_member_id"),
        one_of("state", TransferState),
        Index("ix_transfer_member", "county_id", "member_id"),
        Index("ix_transfer_receiving", "county_id", "to_unit_id", "state"),
        UniqueConstraint("county_id", "to_member_id"),
        Index(
            "ix_transfer_waiting",
            "county_id",
            "member_id",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
        CheckConstraint(
            "state <> 'accepted' OR (moved_on IS NOT NULL AND to_member_id IS NOT NULL)",
            name="accepted_has_its_day",
        ),
        CheckConstraint("unit_id <> to_unit_id", name="to_another"),
    )

    to_unit_id: Mapped[UUID]
    member_id: Mapped[UUID]
    to_member_id: Mapped[UUID | None]
    reorganisation_id: Mapped[UUID | None]
    name: Mapped[str]
    letter: Mapped[str | None]
    reason: Mapped[str | None]
    proposed_at: Mapped[datetime]
    moved_on: Mapped[date | None]


class TransferStatement(Owned):
    """What the ledger of the old branch says of the year, sealed, number by number as more of it settles.

    Drawn up by `unit_id` and read by `to_unit_id`; `head` is the end of the old branch's chain of seals. Never
    changed.
    """

    __tablename__ = "transfer_statement"
    __table_args__ = (
        to("unit", "unit_id"),
        to("unit", "to_unit_id"),
        to("transfer", "transfer_id"),
        to("member", "to_member_id"),
        UniqueConstraint("county_id", "transfer_id", "number"),
        Index("ix_transfer_statement_year", "county_id", "to_unit_id", "year", "to_member_id"),
    )

    to_unit_id: Mapped[UUID]
    transfer_id: Mapped[UUID]
    to_member_id: Mapped[UUID]
    number: Mapped[int]
    year: Mapped[int]
    package: Mapped[dict[str, Any]]
    digest: Mapped[str]
    head: Mapped[str]
    sealed_at: Mapped[datetime]


def statements_into(session: Session, county_id: UUID, unit_id: UUID, year: int) -> list[TransferStatement]:
    """Return the statements that came into a branch in a year, each member's in the order in which they came."""
    came = select(TransferStatement).filter_by(county_id=county_id, to_unit_id=unit_id, year=year)
    return list(session.scalars(came.order_by(TransferStatement.to_member_id, TransferStatement.number)))
