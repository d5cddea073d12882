"""Calendars: what the shipped years say, and what a new year's file must not say."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.calendar_files import parse_year
from shared.domain.calendars import Calendar, compare, conflicts
from shared.domain.errors import Invalid
from tests.calendar_files import FILES, SHIPPED

TEXT_2026 = next(file for file in FILES if file.stem == "2026").read_text(encoding="utf-8")
UP_TO_2025 = Calendar(tuple(year for year in SHIPPED.years if year.year < 2026))


def faults_of(text: str) -> tuple[str, ...]:
    with pytest.raises(Invalid) as refused:
        parse_year(text)
    return refused.value.faults


@pytest.mark.parametrize(
    ("year", "number", "issued", "off", "worked"),
    [
        (2024, "国办发明电〔2023〕7号", date(2023, 10, 25), 28, 8),
        (2025, "国办发明电〔2024〕12号", date(2024, 11, 12), 28, 5),
        (2026, "国办发明电〔2025〕7号", date(2025, 11, 4), 33, 6),
    ],
)
def test_the_shipped_years_are_those_of_the_notices(
    year: int, number: str, issued: date, off: int, worked: int
) -> None:
    shipped = SHIPPED.year(year)
    assert shipped is not None
    assert (shipped.number, shipped.issued) == (number, issued)
    assert shipped.source == f"{number}（{issued}）"
    assert (len(shipped.off_days()), len(shipped.swap_days())) == (off, worked)


@pytest.mark.parametrize(
    ("day", "holiday", "working"),
    [
        (date(2026, 2, 13), None, True),  # an ordinary Friday
        (date(2026, 2, 14), None, True),  # a Saturday that is worked
        (date(2026, 2, 15), "春节", False),  # a Sunday within the run
        (date(2026, 2, 23), "春节", False),  # its last day, a Monday
        (date(2026, 3, 1), None, False),  # an ordinary Sunday
        (date(2025, 10, 6), "国庆节、中秋节", False),
        (date(2024, 2, 9), None, True),  # New Year's Eve, whose rest was only encouraged
        (date(2027, 1, 1), None, True),  # nothing is published for 2027
        (date(2027, 1, 2), None, False),  # but Saturdays are known
    ],
)
def test_a_day_is_what_the_notice_says(day: date, holiday: str | None, working: bool) -> None:
    assert (SHIPPED.holiday_on(day), SHIPPED.is_working(day)) == (holiday, working)


@pytest.mark.parametrize(("year", "statutory"), [(2024, 11), (2025, 13), (2026, 13)])
def test_weekdays_given_less_weekends_taken_are_the_days_that_the_law_gives(year: int, statutory: int) -> None:
    # 全国年节及纪念日放假办法: eleven days, from 2025 thirteen; everything beyond is exchanged.
    shipped = SHIPPED.year(year)
    assert shipped is not None
    weekdays_off = sum(day.weekday() < 5 for day in shipped.off_days())
    assert weekdays_off - len(shipped.swap_days()) == statutory


def test_a_year_is_published_once_its_notice_is_there() -> None:
    assert [year for year in range(2022, 2029) if SHIPPED.is_published(year)] == [2024, 2025, 2026]


def test_the_version_names_the_years_and_changes_with_any_day() -> None:
    assert SHIPPED.version.startswith("2024-2026 ")
    moved = parse_year(TEXT_2026.replace("2026-02-28]", "2026-03-01]"))
    assert SHIPPED.with_year(moved).version != SHIPPED.version
    assert Calendar(tuple(reversed(SHIPPED.years))).version == SHIPPED.version


def test_a_year_stands_in_a_calendar_once() -> None:
    with pytest.raises(ValueError, match="只能有一份"):
        Calendar((*SHIPPED.years, SHIPPED.years[0]))


def test_every_fault_of_a_file_is_named_at_once_with_its_line() -> None:
    broken = """year: 20x6
notice: {title: 通知, number: "", issued: 2026-13-01}
holidays:
  - {name: 元旦, from: 2026-01-03, to: 2026-01-01}
  - {name: 春节, from: 2026/02/15, to: 2026-02-23, swap: []}
  - 国庆节
"""
    faults = faults_of(broken)
    assert [fault.partition("：")[0] for fault in faults] == [
        "第 1 行", "第 2 行", "第 2 行", "第 4 行", "第 5 行", "第 5 行", "第 6 行"
    ]  # fmt: skip
    assert "issued“2026-13-01”这一天不存在，请核对通知原文" in faults[2]
    assert "止日不能早于起日" in faults[3]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda text: text.replace("name: 中秋节", "name: 中元节"), "没有“中秋节”"),
        (lambda text: text.replace("to: 2026-10-07", "to: 2026-10-02"), "10月3日 是国庆节的法定假日"),
        (lambda text: text.replace("[2026-05-09]", "[2026-05-08]"), "2026-05-08 不是周六或周日"),
        (lambda text: text.replace("[2026-05-09]", "[2026-05-03]"), "2026-05-03 既是放假日又是调休上班日"),
        (lambda text: text.replace("[2026-05-09]", "[2026-02-28]"), "2026-02-28 写了两次"),
        (lambda text: text.replace("from: 2026-09-25", "from: 2026-09-20"), "2026-09-20 既是放假日又是调休"),
        (lambda text: text.replace("to: 2026-09-27", "to: 2026-10-02"), "中秋节与国庆节的放假日重叠"),
        (lambda text: text.replace("issued: 2025", "issued: 2024"), "通知日期 2024-11-04 与 2026 年不符"),
        (lambda text: text.replace("[2026-05-09]", "[2027-05-09]"), "2027-05-09 不在 2026 年内"),
        (lambda text: text.replace("to: 2026-05-05", "to: 2026-06-05"), "不会超过 15 天"),
        (lambda text: text.replace("  number:", "  # number:"), "notice缺少“number”"),
        (lambda text: text + "year: 2026\n", "“year”写了两次"),
        (lambda text: text + "weekends: off\n", "不认识“weekends”"),
        (lambda _: "", "文件是空的"),
        (lambda _: "year: [", "不是能读的 YAML"),
        (lambda _: "\x00", "不是能读的 YAML"),
        (lambda _: "[" * 5000, "不是能读的 YAML"),
        (lambda _: "- 1", "应是“键: 值”的形式"),
        (lambda _: "a" * 200_000, "文件太大"),
    ],
)
def test_a_slip_of_the_pen_is_refused(change: Callable[[str], str], fault: str) -> None:
    assert fault in "；".join(faults_of(change(TEXT_2026)))


def test_a_year_without_a_single_swap_day_is_read() -> None:
    none = re.sub(r", workdays: \[[^]]*\]", "", TEXT_2026)
    assert not parse_year(none).swap_days()


def test_a_notice_may_begin_its_new_year_in_december() -> None:
    early = parse_year(TEXT_2026.replace("from: 2026-01-01", "from: 2025-12-31"))
    calendar = UP_TO_2025.with_year(early)
    assert (calendar.holiday_on(date(2025, 12, 31)), SHIPPED.holiday_on(date(2025, 12, 31))) == ("元旦", None)
    # In a year that is not published no day is a named holiday, whatever the next year's notice says.
    assert Calendar((early,)).holiday_on(date(2025, 12, 31)) is None


def test_importing_a_new_year_tells_which_days_change() -> None:
    new = parse_year(TEXT_2026)
    change = compare(UP_TO_2025, new)
    assert change.replaces is None
    assert change.newly_working == tuple(sorted(new.swap_days()))
    assert change.newly_off == tuple(day for day in sorted(new.off_days()) if day.weekday() < 5)
    assert change.renamed == tuple(day for day in sorted(new.off_days()) if day.weekday() >= 5)


def test_importing_what_is_installed_moves_nothing() -> None:
    change = compare(SHIPPED, parse_year(TEXT_2026))
    assert (change.replaces, change.moves_nothing) == ("国办发明电〔2025〕7号", True)


def test_importing_a_corrected_notice_tells_the_days_that_turned() -> None:
    corrected = parse_year(
        TEXT_2026.replace("to: 2026-10-07, workdays: [2026-09-20,", "to: 2026-10-08, workdays: [")
    )
    change = compare(SHIPPED, corrected)
    assert change.newly_off == (date(2026, 9, 20), date(2026, 10, 8))
    assert (change.newly_working, change.renamed) == ((), ())


def test_two_notices_that_contradict_each_other_are_named() -> None:
    worked = parse_year(TEXT_2026.replace("[2026-01-04]", "[2026-01-04, 2025-12-27]"))
    assert conflicts(UP_TO_2025, worked) == ()
    off_2025 = next(file for file in FILES if file.stem == "2025").read_text(encoding="utf-8")
    off = parse_year(
        off_2025.replace(
            "name: 端午节, from", "name: 岁末, from: 2025-12-26, to: 2025-12-28}\n  - {name: 端午节, from"
        )
    )
    assert len(conflicts(Calendar((off,)), worked)) == 1
    assert conflicts(SHIPPED, parse_year(TEXT_2026)) == ()


@given(st.text(max_size=200) | st.text("ab:-{}[]&*!'\"\n 20", max_size=200))
def test_no_text_does_worse_than_being_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_year(text)


@given(st.dates(date(2023, 12, 1), date(2027, 2, 1)))
def test_the_next_working_day_is_worked_and_none_between_is(day: date) -> None:
    found = SHIPPED.working_from(day)
    assert SHIPPED.is_working(found)
    assert not any(SHIPPED.is_working(day + timedelta(days=n)) for n in range((found - day).days))


def test_the_shipped_files_are_one_a_year() -> None:
    assert [Path(file).stem for file in FILES] == [str(year.year) for year in SHIPPED.years]
