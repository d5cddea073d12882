"""A year's plan from its rule book: every round, in order, and nothing outside its time."""

from datetime import date, timedelta

import pytest

from shared.domain.half_years import opening_faults
from shared.domain.plans import plan_of, rhythm_in_words
from shared.usecases.rules import load_book, shipped_books


@pytest.mark.parametrize("name", shipped_books())
def test_every_round_begins_and_closes_on_its_day(name: str) -> None:
    book = load_book(name)
    plan = plan_of(book, 2026)

    begins = [mark for mark in plan if mark.what.endswith("开始申报")]
    assert len(begins) == (12 if book.round_span == "month" else 4)
    assert [mark.day.day for mark in begins] == [1] * len(begins)
    assert plan == sorted(plan, key=lambda mark: (mark.day, mark.what))
    assert {mark.day.year for mark in plan} <= {2026, 2027}
    closes = [mark.day for mark in plan if mark.what.endswith("申报截止（24:00）")]
    days = book.procedure.claims_close_days
    last = date(2026, 1 if len(begins) == 12 else 3, 31)
    assert closes[0] == last + timedelta(days=days)


def test_a_plan_says_how_often_is_counted_shown_and_filed() -> None:
    assert rhythm_in_words(load_book("yangba")) == "每月计分，每季度公示，每季度备案"
    assert not [mark for mark in plan_of(load_book("yangba"), 2019) if "申报" in mark.what]


@pytest.mark.parametrize(
    ("due", "today", "fault"),
    [
        (date(2026, 7, 15), date(2026, 6, 20), ""),
        (date(2026, 7, 15), date(2026, 6, 1), "6 月 15 日起"),
        (date(2026, 7, 1), date(2026, 7, 1), "今天以后"),
        (date(2026, 9, 1), date(2026, 7, 1), "8 月 31 日"),
    ],
)
def test_a_half_year_is_asked_for_in_its_time(due: date, today: date, fault: str) -> None:
    found = "".join(opening_faults(2026, due, today))

    assert fault in found
    assert bool(found) is bool(fault)
