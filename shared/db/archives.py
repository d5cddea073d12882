"""Archives: a county that is read-only for a while or for good, and what is left of one that was erased."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, bindparam, select, text
from sqlalchemy.orm import Mapped, Session

from shared.db.base import InCounty, Owned, one_of, to


class Suspension(Owned):
    """A county takes nothing in from `since` on, until it is resumed; `sentence` stands on each of its pages."""

    __tablename__ = "suspension"
    __table_args__ = (
        to("unit", "unit_id"),
        one_of("kind", ("suspended", "archived")),
        Index(
            "ix_suspension_running",
            "county_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    kind: Mapped[str]
    sentence: Mapped[str]
    ordered_by: Mapped[str]
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Tombstone(InCounty):
    """That a county was erased: when, on whose order, how many rows, and its last archive's digest."""

    __tablename__ = "tombstone"

    name: Mapped[str]
    code: Mapped[str]
    why: Mapped[str]
    ordered_by: Mapped[str]
    rows: Mapped[dict[str, Any]]
    archive_digest: Mapped[str]
    erased_at: Mapped[datetime]


# Asked before whatever is done: built once.
_RUNNING = select(Suspension).where(Suspension.county_id == bindparam("county"), Suspension.ended_at.is_(None))


def suspension_of(session: Session, county_id: UUID) -> Suspension | None:
    """Return why a county takes nothing in now; None while it works."""
    return session.scalar(_RUNNING, {"county": county_id})
