"""Periods: written, read, stepped and held in one another."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.periods import Period, period_of
from shared.domain.procedures import Span

DAYS = st.dates(date(2, 1, 1), date(9998, 12, 31))
SPANS = st.sampled_from(Span)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2025-03", date(2025, 3, 1), date(2025, 3, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("1900-02", date(1900, 2, 1), date(1900, 2, 28)),
        ("2025-12", date(2025, 12, 1), date(2025, 12, 31)),
        ("2025-Q1", date(2025, 1, 1), date(2025, 3, 31)),
        ("2025-Q4", date(2025, 10, 1), date(2025, 12, 31)),
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("9999-Q4", date(9999, 10, 1), date(9999, 12, 31)),
    ],
)
def test_a_written_period_has_its_first_and_last_day(written: str, first: date, last: date) -> None:
    period = Period.parse(written)
    assert (str(period), period.first, period.last) == (written, first, last)


@pytest.mark.parametrize(
    "written", ["", "2025-13", "2025-00", "2025-Q0", "2025-Q5", "2025-3", "0000", "２０２５", "2025-03\n"]
)
def test_what_is_no_period_is_refused_in_chinese(written: str) -> None:
    with pytest.raises(ValueError, match="不是周期"):
        Period.parse(written)


def test_a_quarter_begins_in_january_april_july_or_october() -> None:
    with pytest.raises(ValueError, match="没有这样的周期"):
        Period(2025, 2, Span.QUARTER)


def test_nothing_follows_the_last_year() -> None:
    with pytest.raises(ValueError, match="没有这样的周期"):
        _ = Period.parse("9999").next


def test_a_year_is_made_of_twelve_months_and_four_quarters() -> None:
    year = Period.parse("2025")
    assert [str(month) for month in year.months] == [f"2025-{month:02d}" for month in range(1, 13)]
    assert [str(part) for part in year.parts(Span.QUARTER)] == ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"]
    assert Period.parse("2025-08").parts(Span.YEAR) == ()


def test_a_month_lies_in_its_quarter_and_its_year() -> None:
    august = Period.parse("2025-08")
    assert august.quarter == 3
    assert (str(august.within(Span.QUARTER)), str(august.within(Span.YEAR))) == ("2025-Q3", "2025")
    assert Period.parse("2025-Q3").contains(august)
    assert not august.contains(Period.parse("2025-Q3"))


@given(DAYS, SPANS)
def test_every_day_lies_in_exactly_one_period_of_each_span(day: date, span: Span) -> None:
    period = period_of(day, span)
    assert period.contains(day)
    assert not period.next.contains(day)
    assert not period.previous.contains(day)


@given(DAYS, SPANS)
def test_periods_follow_without_a_gap_and_are_read_as_written(day: date, span: Span) -> None:
    period = period_of(day, span)
    assert period.next.first == period.last + timedelta(days=1)
    assert period.next.previous == period
    assert period < period.next
    assert Period.parse(str(period)) == period
