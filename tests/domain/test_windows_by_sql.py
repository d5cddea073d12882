"""Windows: beside a second calculation in SQL, for every hour of a year and every setting."""

from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from shared.domain.windows import DayUnit, Roll, WindowRule, close
from tests.calendar_files import SHIPPED

pytestmark = pytest.mark.long

SECOND_CALCULATION = (Path(__file__).parent / "windows.sql").read_text(encoding="utf-8")
SETTINGS = 10 * len(DayUnit) * len(Roll)

Row = tuple[datetime, int, str, str, datetime, bool, bool]


@pytest.mark.parametrize(
    ("year", "hours"),
    [
        (2024, 366 * 24),
        pytest.param(2025, 365 * 24, marks=pytest.mark.long),
        # The year that runs into one whose holidays are not published yet.
        pytest.param(2026, 365 * 24, marks=pytest.mark.long),
    ],
)
def test_sql_counts_every_hour_of_a_year_to_the_same_end(database_url: str, year: int, hours: int) -> None:
    address = database_url.replace("+psycopg", "", 1)
    with psycopg.connect(address) as connection, psycopg.RawCursor[Row](connection) as cursor:
        rows = cursor.execute(SECOND_CALCULATION.encode(), (year,)).fetchall()
    assert len(rows) == hours * SETTINGS
    wrong = [row for row in rows if row[4:] != _first_calculation(row)]
    assert wrong == []


def _first_calculation(row: Row) -> tuple[datetime, bool, bool]:
    published, days, unit, roll = row[:4]
    window = close(published, WindowRule(days, DayUnit(unit), Roll(roll)), SHIPPED)
    return window.closes_at, window.rolled, window.provisional
