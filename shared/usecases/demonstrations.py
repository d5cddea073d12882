"""Demonstrations: whether a demonstration county has been founded and played to its end."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.authz.actor import the_clock
from shared.db.clock import MovedClock
from shared.db.history import History
from shared.db.units import Unit
from shared.usecases.carry_out import remark

FINISHED = "demonstrated"


def is_founded(session: Session, county_id: UUID) -> bool:
    """Whether the county is there."""
    return session.get(Unit, (county_id, county_id)) is not None


def is_finished(session: Session, county_id: UUID) -> bool:
    """Whether the demonstration in it was played to its end."""
    done = select(History.id).filter_by(county_id=county_id, subject_id=county_id, command=FINISHED)
    return session.scalar(done.limit(1)) is not None


def finish(session: Session, county_id: UUID, now: datetime) -> None:
    """Note the end, and let the county's clock run from where it stands."""
    remark(session, the_clock(county_id, county_id), session.get_one(Unit, (county_id, county_id)), FINISHED, now)
    clock = session.get_one(MovedClock, county_id)
    clock.stands_at, clock.set_at, clock.runs = now, func.clock_timestamp(), True
