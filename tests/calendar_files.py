"""The calendar as shipped, for every test that counts days."""

from pathlib import Path

from shared.domain.calendar_files import parse_year
from shared.domain.calendars import Calendar

FILES = sorted((Path(__file__).parents[1] / "policies" / "calendars").glob("*.yaml"))
SHIPPED = Calendar(tuple(parse_year(file.read_text(encoding="utf-8")) for file in FILES))
