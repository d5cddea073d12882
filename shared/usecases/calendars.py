"""The calendar as installed; a new year is added, and moves only what may move."""

from datetime import datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.db.calendars import CalendarYear as Installed
from shared.domain.calendar_files import parse_year
from shared.domain.calendars import Calendar


@lru_cache(maxsize=8)
def _read(texts: tuple[str, ...]) -> Calendar:
    return Calendar(tuple(parse_year(text) for text in texts))


def calendar(session: Session) -> Calendar:
    """Return the installed calendar."""
    return _read(tuple(session.scalars(select(Installed.text).order_by(Installed.year))))


def install_year(session: Session, text: str, now: datetime) -> Installed:
    """Add a year's notice, or put a newer one in its place."""
    year = parse_year(text)
    row = session.get(Installed, year.year) or Installed(year=year.year)
    row.source, row.text, row.installed_at = year.source, text, now
    session.add(row)
    session.flush()
    return row
