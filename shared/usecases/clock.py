"""Clocks: a demonstration or training county's is shown and moved, forward once people have acted in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shared.db.clock import MovedClock, read_clock
from shared.db.history import History
from shared.db.session import enter
from shared.db.units import Unit
from shared.domain.errors import Forbidden, NotFound, NotNow
from shared.domain.windows import SHANGHAI


@dataclass(frozen=True, slots=True)
class Clock:
    """A county's clock: `stands_at` is its instant now; `runs` whether it goes on by itself."""

    county_id: UUID
    name: str
    stands_at: datetime
    runs: bool


def movable_counties(session: Session) -> list[UUID]:
    """Return the demonstration counties of the installation, by code; refuse where a real county lives."""
    counties = session.execute(text("SELECT county_id, demonstration FROM jifen.counties()")).all()
    if not counties:
        raise NotFound("这里还没有县，没有可以查看或拨动的时钟。可先运行 jifen demo。")
    if not all(demonstration for _, demonstration in counties):
        raise Forbidden("这里有真实的县，时钟就是实际时间，不能拨动。演示、培训请用另一个数据文件夹（--data）。")
    return list(session.scalars(text("SELECT county_id FROM jifen.demonstrations()")))


def clock_of(session: Session, county_id: UUID) -> Clock:
    """Return a demonstration county's clock as it stands at this very moment."""
    enter(session, county_id, [county_id])
    moved = session.get(MovedClock, county_id, populate_existing=True)
    county = session.get(Unit, (county_id, county_id))
    if moved is None or county is None:
        raise Forbidden("真实的县按实际时间办理，没有可以拨动的时钟。")
    return Clock(county_id, county.name, read_clock(session, county_id), moved.runs)


def set_clock(session: Session, county_id: UUID, instant: datetime) -> Clock:
    """Let the county's clock stand at `instant` (aware); it goes on from there if it runs.

    NotNow for an instant in its past once somebody has acted: what was recorded would lie in the future.
    """
    # Two who move it at once: the second compares with what the first has set.
    session.execute(select(MovedClock).where(MovedClock.county_id == county_id).with_for_update())
    stands = clock_of(session, county_id)
    if instant < stands.stands_at and _has_acted(session, county_id):
        was, wanted = (_said(at) for at in (stands.stands_at, instant))
        raise NotNow(f"时钟只能向前拨：现在是 {was}，不能拨回 {wanted}，这里已经有人办过事。")
    moved = session.get_one(MovedClock, county_id)
    moved.stands_at, moved.set_at = instant, func.clock_timestamp()
    session.flush()
    return clock_of(session, county_id)


def advance_clock(session: Session, county_id: UUID, by: timedelta) -> Clock:
    """Move the county's clock forward by so much."""
    return set_clock(session, county_id, clock_of(session, county_id).stands_at + by)


def _has_acted(session: Session, county_id: UUID) -> bool:
    """Founding the county is a step as well: its clock goes forward from then on, as the database holds it to."""
    return session.scalar(select(History.id).filter_by(county_id=county_id).limit(1)) is not None


def _said(instant: datetime) -> str:
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
