"""What is wrong with a deed before it is entered: the day, the points, the class, the reference."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from shared.domain.deeds import Deed, faults_of, points_faults
from shared.usecases.rules import load_book
from tests.domain.books import seventh

BOOK = seventh()
FIRST, LAST, TODAY = date(2025, 1, 1), date(2025, 3, 31), date(2025, 3, 10)


def faults(item: str, day: date = date(2025, 3, 1), **more: object) -> str:
    """All faults of a deed of an ordinary member, in one string."""
    deed = Deed(item, day, "做了", **more)  # type: ignore[arg-type]
    return "；".join(faults_of(deed, BOOK, "普通党员", FIRST, LAST, TODAY))


@pytest.mark.parametrize(
    ("item", "more", "expected"),
    [
        ("G", {}, ""),
        ("G", {"points": Decimal(3)}, ""),  # saying what it is worth anyway
        ("G", {"points": Decimal(4)}, "固定分值"),
        ("T", {"points": Decimal(6)}, ""),
        ("T", {"points": Decimal("0.01")}, ""),
        ("T", {"points": Decimal(0)}, "大于 0、不超过 6"),
        ("T", {"points": Decimal("6.01")}, "大于 0、不超过 6"),
        ("T", {}, "要填分数"),
        ("T", {"points": Decimal("1.001")}, "两位小数"),
        ("Y", {"points": Decimal(0)}, ""),
        ("Y", {"points": Decimal(-1)}, "不低于 0、不超过 9"),
        ("P", {"points": Decimal(4)}, ""),
        ("P", {"points": Decimal(5)}, "不超过 4"),
        ("P", {}, "扣减的分数"),
        ("H", {}, "取代"),
        ("H", {"replaces": UUID(int=1)}, ""),
        ("M", {}, "只适用于流动党员"),
        ("Z", {}, ""),
        ("Z", {"points": Decimal(1)}, "固定分值"),
        ("nothing", {}, "没有“nothing”这一项"),
    ],
)
def test_points_class_and_reference(item: str, more: dict[str, Any], expected: str) -> None:
    found = faults(item, **more)

    assert expected in found
    assert bool(found) is bool(expected)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (FIRST, ""),
        (TODAY, ""),
        (date(2025, 3, 11), "还没有到"),
        (date(2024, 12, 31), "不在本期"),
        (date(2025, 4, 1), "不在本期"),
    ],
)
def test_the_day_lies_in_the_round_and_has_come(day: date, expected: str) -> None:
    assert expected in faults("G", day)
    assert bool(faults("G", day)) is bool(expected)


def test_nothing_counts_before_its_rule_took_effect() -> None:
    assert "没有施行" in faults("M", date(2025, 1, 31))


def test_all_faults_are_named_at_once() -> None:
    deed = Deed("M", date(2025, 4, 1), " ", Decimal(9))

    assert len(faults_of(deed, BOOK, "普通党员", FIRST, LAST, TODAY)) == 5


def test_an_open_end_is_said_plainly() -> None:
    item = load_book("chaiqian").items["C-14"]

    assert points_faults(Decimal(0), item) == ["“其他先锋模范作用”的分数应大于 0。"]
