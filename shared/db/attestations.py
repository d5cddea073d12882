"""Attestations: the witnesses of a total, as they stand under its notice."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, Select, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session

from shared.db.base import Owned, to
from shared.domain.attestations import Attested


class Attestation(Owned):
    """Somebody who took part in counting a total and confirmed it; `role` is what the rule book calls them.

    They need no account: the stationed cadre has none. Who wrote it down stands in `recorded_by`.
    """

    __tablename__ = "attestation"
    __table_args__ = (
        to("unit", "unit_id"),
        to("notice", "notice_id"),
        to("person", "recorded_by"),
        UniqueConstraint("county_id", "notice_id", "role", "name"),
        Index("ix_attestation_notice", "county_id", "notice_id"),
    )

    notice_id: Mapped[UUID]
    role: Mapped[str]
    name: Mapped[str]
    present_on: Mapped[date]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]


def attested(session: Session, county_id: UUID, notice_id: UUID) -> tuple[Attested, ...]:
    """Return who confirmed a notice's total, in the order in which they were written down."""
    found = select(Attestation).filter_by(county_id=county_id, notice_id=notice_id)
    return _in_order(session, found)


def attested_on(session: Session, county_id: UUID, unit_id: UUID, day: date) -> tuple[Attested, ...]:
    """Return who was in a unit on a day to count a total, whichever notice it went into."""
    found = select(Attestation).filter_by(county_id=county_id, unit_id=unit_id, present_on=day)
    return _in_order(session, found)


def _in_order(session: Session, found: Select[tuple[Attestation]]) -> tuple[Attested, ...]:
    rows = session.scalars(found.order_by(Attestation.recorded_at, Attestation.role, Attestation.name))
    return tuple(Attested(row.role, row.name, row.present_on) for row in rows)
