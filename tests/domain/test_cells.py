"""Cells: what people write is read whole or refused with the way to mend it, never guessed."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.domain.cells import (
    Unread,
    code_of,
    column_letter,
    damaged,
    day_of,
    figure_of,
    identity_like,
    name_of,
    phone_of,
    plain,
    points_of,
    yes_of,
)

DIGITS = "〇一二三四五六七八九"
DAYS = some.dates(date(1928, 1, 1), date(2099, 12, 31))
HAN = some.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF) | some.sampled_from("𠮷𡈼㑇䶮")
DOTS = some.sampled_from("·•‧・．.")


def in_chinese(number: int) -> str:
    """Up to 99, as a date says it."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十") + (DIGITS[ones] if ones else "")


def ways(day: date) -> list[str]:
    """Ways in which people write a day."""
    year = "".join(DIGITS[int(digit)] for digit in str(day.year))
    plain_ways = [
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year} 年 {day.month} 月 {day.day} 日",
        f"{day.year}.{day.month:02d}.{day.day:02d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day:%Y%m%d}",
        f"{day.isoformat()} 00:00:00",
        f"{year}年{in_chinese(day.month)}月{in_chinese(day.day)}日",
        f"{year.replace('〇', '零')}年{in_chinese(day.month)}月{in_chinese(day.day)}号",
        str((day - date(1899, 12, 30)).days),
    ]
    wide = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
    return plain_ways + [way.translate(wide) for way in plain_ways[:6]]


@given(DAYS)
def test_a_day_is_the_same_day_however_it_is_written(day: date) -> None:
    assert {day_of(way) for way in ways(day)} == {day.isoformat()}


@given(some.text(max_size=20))
def test_whatever_is_written_is_a_day_or_is_refused(written: str) -> None:
    with suppress(Unread):
        date.fromisoformat(day_of(written))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("二〇二〇年三月", "2020-03-01"),
        ("1990.7", "1990-07-01"),
        ("一九四九年廿月", None),
        ("202003", "2020-03-01"),
    ],
)
def test_a_month_is_its_first_day(written: str, day: str | None) -> None:
    if day is None:
        with pytest.raises(Unread):
            day_of(written)
    else:
        assert day_of(written) == day


@pytest.mark.parametrize(
    "written", ["1990", "90年3月", "12/3/2020", "2020-02-30", "2020.13.1", "昨天", "1990.1", "99999"]
)
def test_what_could_be_two_days_or_none_is_refused(written: str) -> None:
    with pytest.raises(Unread):
        day_of(written)


def test_a_year_and_a_tenth_could_be_january_or_october() -> None:
    with pytest.raises(Unread, match="看不出是 1 月还是 10 月"):
        day_of("1990.1")
    assert day_of("1990.10") == "1990-10-01"


@given(some.lists(HAN, min_size=2, max_size=8))
def test_a_name_loses_its_blanks_and_nothing_else(signs: list[str]) -> None:
    assert name_of("　".join(signs)) == "".join(signs)
    assert name_of(" ".join(signs)) == "".join(signs)


@given(some.lists(some.lists(HAN, min_size=2, max_size=8).map("".join), min_size=2, max_size=3), DOTS)
def test_the_middle_dot_is_always_the_same(parts: list[str], dot: str) -> None:
    assert name_of(f" {dot} ".join(parts)) == "·".join(parts)
    assert name_of(name_of(dot.join(parts))) == "·".join(parts)


@given(some.text(max_size=30))
def test_a_name_is_read_twice_as_once(written: str) -> None:
    try:
        once = name_of(written)
    except Unread:
        return
    assert name_of(once) == once


@pytest.mark.parametrize("written", ["张三1", "赵（书记）", "·", "=1+1", "13900000000", "李四;王五", "甲" * 61])
def test_what_is_no_name_is_refused(written: str) -> None:
    with pytest.raises(Unread):
        name_of(written)


def test_a_number_that_excel_has_damaged_is_known() -> None:
    assert damaged("1.23457E+17")
    assert damaged("123456789012345000")
    assert damaged("１．２３４５７Ｅ＋１７")
    assert not damaged("110101198001010011")
    with pytest.raises(Unread, match="已经不完整"):
        code_of("1.23457E+17")


def test_an_id_number_is_no_members_number() -> None:
    assert identity_like("110101198001010011")
    assert identity_like("'11010119800101001X")
    assert not identity_like("13900000000")
    with pytest.raises(Unread, match="身份证号"):
        code_of("110101198001010011")


@given(some.integers(0, 10**6))
def test_a_number_loses_what_excel_adds(number: int) -> None:
    assert code_of(f"{number}.0") == str(number)
    assert code_of(f"{number:06d}") == f"{number:06d}"


def test_telephones_points_and_yes_are_read_as_people_write_them() -> None:
    assert phone_of("139 0000 0000") == "13900000000"
    assert phone_of("＋86 13900000000") == "13900000000"
    assert points_of("０．５分") == "0.5"
    assert (figure_of("－15.00"), figure_of("−150"), figure_of("75.5")) == ("-15.00", "-150", "75.5")
    assert (yes_of("是"), yes_of("正式党员"), yes_of("√")) == ("yes", "no", "yes")
    for written in ("-5", "1.234", "NaN", "1e3", "五分"):
        with pytest.raises(Unread):
            points_of(written)
    for written in ("139", "13900000000、13900000001", "1.39E+10"):
        with pytest.raises(Unread):
            phone_of(written)


@given(some.text(max_size=40))
def test_a_plain_text_has_no_blank_at_its_ends_and_is_plain_already(written: str) -> None:
    once = plain(written)
    assert plain(once) == once
    assert once == once.strip()


def test_columns_are_called_as_excel_calls_them() -> None:
    assert [column_letter(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_serial_days_begin_where_a_year_cannot_be_meant() -> None:
    assert day_of("10000") == (date(1899, 12, 30) + timedelta(10_000)).isoformat()
    with pytest.raises(Unread):
        day_of("9999")
