"""Caps: what still fits on a day, beside what a member already has."""

from datetime import date

from shared.domain.caps import room_left
from shared.usecases.rules import load_book
from tests.domain.books import event, member, scored


def test_the_room_left_is_the_tightest_caps() -> None:
    book = load_book("xinba")
    year = scored(book, event("1", "2025-01-05", "F-X4"), event("2", "2025-02-05", "F-X4"), who=member())
    awards = [award for round_ in year.members[0].rounds for award in round_.awards]

    assert str(room_left(book.items["F-X4"], date(2025, 9, 1), awards)) == "6.00"  # 12 a year, 3 and 3 are used
    assert str(room_left(book.items["F-X4"], date(2026, 9, 1), awards)) == "12"
    assert room_left(book.items["F-X2"], date(2025, 9, 1), awards) is None


def test_a_cut_says_which_cap_and_how_much() -> None:
    book = load_book("yangba")
    rows = [event(str(n), f"2025-01-{n:02}", "B-03") for n in range(1, 7)]

    awards = scored(book, *rows).members[0].rounds[0].awards

    assert [str(award.counted) for award in awards] == ["2.00"] * 5 + ["0.00"]
    assert awards[5].note == "本条每年至多 10.00 分，此前已计 10.00 分，本次 2.00 分只计 0.00 分"
