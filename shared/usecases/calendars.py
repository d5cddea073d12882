"""The calendar as installed; a new year is added, and moves only what may move."""

from datetime import datetime
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.config import ROOT
from shared.db.calendars import CalendarYear as Installed
from shared.db.session import Db
from shared.domain.calendar_files import parse_year
from shared.domain.calendars import Calendar, CalendarChange, CalendarYear, compare, conflicts
from shared.domain.errors import Invalid

SHIPPED = ROOT / "policies" / "calendars"


@lru_cache(maxsize=8)
def _read(texts: tuple[str, ...]) -> Calendar:
    return Calendar(tuple(parse_year(text) for text in texts))


def calendar(session: Session) -> Calendar:
    """Return the installed calendar."""
    return _read(tuple(session.scalars(select(Installed.text).order_by(Installed.year))))


def installed_years(session: Session) -> list[Installed]:
    """Return the years that are installed, in order, with where each stands."""
    return list(session.scalars(select(Installed).order_by(Installed.year)))


def install_year(session: Session, text: str, now: datetime) -> Installed:
    """Add a year's notice, or put a newer one in its place; nothing is moved yet."""
    year = parse_year(text)
    row = session.get(Installed, year.year) or Installed(year=year.year)
    row.source, row.text, row.installed_at = year.source, text, now
    session.add(row)
    session.flush()
    return row


def import_year(session: Session, text: str, now: datetime) -> CalendarChange:
    """Install a year after holding it against the others, and return what it changes, day by day.

    Refused where it contradicts another year's notice, or is older than the one that it would replace. The
    windows that are open are moved afterwards, unit by unit: `shared.usecases.extensions`.
    """
    new = parse_year(text)
    session.execute(select(func.pg_advisory_xact_lock(7426112)))
    known = calendar(session)
    faults = [*conflicts(known, new), *_outdated(known, new)]
    if faults:
        raise Invalid(*faults)
    change = compare(known, new)
    install_year(session, text, now)
    return change


def install_shipped_calendar(db: Db, now: datetime) -> list[int]:
    """Install the shipped years that are missing, and return them; one that is there is left as it is."""
    with db.begin() as session:
        have = set(session.scalars(select(Installed.year)))
        missing = [file for file in sorted(SHIPPED.glob("*.yaml")) if int(file.stem) not in have]
        for file in missing:
            text = file.read_text(encoding="utf-8")
            year = parse_year(text)
            row = {"year": year.year, "source": year.source, "text": text, "installed_at": now}
            session.execute(insert(Installed).values(row).on_conflict_do_nothing())
    return [int(file.stem) for file in missing]


def _outdated(known: Calendar, new: CalendarYear) -> list[str]:
    there = known.year(new.year)
    if there is None or there.issued <= new.issued:
        return []
    return [f"已装入 {new.year} 年更新的通知 {there.source}，不能用较早的 {new.source} 替换"]
