"""Grades and standing: edges belong to one side, ties are all in."""

from decimal import Decimal

import pytest

from shared.domain.grades import first_and_last, grade_of, grades_of, ranks, stretches
from shared.domain.rules import Band, Standing
from shared.usecases.rules import load_book


@pytest.mark.parametrize(
    ("book", "figure", "grade"),
    [
        ("yangba", "90.00", "合格"),  # "90分以上" there is more than 90
        ("yangba", "90.01", "优秀"),
        ("yangba", "60.50", "合格"),
        ("yangba", "60.00", "不合格"),
        ("xiaxiyuan", "90.00", "优秀"),
        ("xiaxiyuan", "89.99", "合格"),
        ("xinba", "-12.00", "褪色型"),
        ("chaiqian", "12.00", None),
    ],
)
def test_an_edge_belongs_where_the_book_says(book: str, figure: str, grade: str | None) -> None:
    assert grade_of(load_book(book).bands, Decimal(figure)) == grade


def test_ranks_share_and_skip() -> None:
    assert ranks({"a": 5, "b": 9, "c": 5, "d": 1}) == {"a": 2, "b": 1, "c": 2, "d": 4}


def test_all_who_tie_at_an_edge_of_the_standing_are_in() -> None:
    figures = {name: Decimal(points) for name, points in {"a": 9, "b": 7, "c": 7, "d": 3, "e": 3, "f": 1}.items()}

    first, last = first_and_last(Standing(2, 2), figures)

    assert (first, last) == ({"a", "b", "c"}, {"d", "e", "f"})


def test_a_gap_and_an_overlap_are_stretches_with_no_band_or_two() -> None:
    bands = [
        Band("甲", low=Decimal(90)),
        Band("乙", high=Decimal(60)),
        Band("丙", low=Decimal(50), high=Decimal(80)),
    ]

    covered = {ends: [band.name for band in found] for ends, found in stretches(bands)}

    assert covered[5000, 5999] == ["乙", "丙"]
    assert covered[8000, 8999] == []
    assert grades_of(bands, Decimal("85.00")) == []
