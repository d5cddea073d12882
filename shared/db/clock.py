"""The clock: a real county's is the database's; a demonstration's can be moved forward."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.db.base import Table


class MovedClock(Table):
    """A demonstration or training county's clock: it stood at `stands_at` when it was set, and runs or not."""

    __tablename__ = "moved_clock"

    county_id: Mapped[UUID] = mapped_column(primary_key=True)
    stands_at: Mapped[datetime]
    set_at: Mapped[datetime]
    runs: Mapped[bool]


_INSTANT = text("SELECT jifen.instant(:county)")


def read_clock(session: Session, county_id: UUID) -> datetime:
    """Return the county's instant at this very moment, not at the transaction's start.

    Read it after taking a lock: an instant from before the wait let eight late objections in (measured).
    """
    instant: datetime = session.scalars(_INSTANT, {"county": county_id}).one()
    return instant
