"""Windows: beside a table kept by hand, and held to what must be true of every one."""

import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.calendars import Calendar
from shared.domain.windows import (
    SHANGHAI,
    DayUnit,
    Roll,
    Window,
    WindowRule,
    add_working_days,
    close,
    end_of_day,
    extended,
    local_day,
)
from tests.calendar_files import SHIPPED

with (Path(__file__).parent / "data" / "windows.csv").open(encoding="utf-8") as table:
    BY_HAND = list(csv.DictReader(table))

WITHOUT_2026 = Calendar(tuple(year for year in SHIPPED.years if year.year != 2026))
ONE_DAY = timedelta(days=1)
NAIVE = datetime(2023, 10, 1), datetime(2027, 3, 1)  # noqa: DTZ001 - hypothesis adds the zone
INSTANTS = st.datetimes(*NAIVE, timezones=st.just(SHANGHAI))
RULES = st.builds(WindowRule, st.integers(1, 40), st.sampled_from(DayUnit), st.sampled_from(Roll))


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "row", BY_HAND, ids=lambda row: f"{row['published']}+{row['days']}-{row['unit']}-{row['roll']}"
)
def test_a_window_ends_where_the_hand_kept_table_says(row: dict[str, str]) -> None:
    rule = WindowRule(int(row["days"]), DayUnit(row["unit"]), Roll(row["roll"]))
    window = close(at(row["published"]), rule, SHIPPED)
    assert window.last_day == date.fromisoformat(row["last_day"])
    assert (window.rolled, window.provisional) == (row["rolled"] == "yes", row["provisional"] == "yes")


def test_the_table_holds_a_hundred_dates_of_every_setting_and_year() -> None:
    assert len(BY_HAND) >= 100
    assert len({(row["unit"], row["roll"]) for row in BY_HAND}) == 4
    assert {row["last_day"][:4] for row in BY_HAND} >= {"2024", "2025", "2026"}


@pytest.mark.parametrize(
    ("published", "rule", "why"),
    [
        ("2026-03-02T09:00", WindowRule(7), "公示 3月2日 起，不计当日，至 3月9日 24:00，计 7 日"),
        (
            "2026-09-24T09:00",
            WindowRule(7),
            "公示 9月24日 起，不计当日，至 10月8日 24:00，计 7 日；最后一日 10月1日 是国庆节放假日，"
            "依《民法典》第二百零三条顺延至节后第一个工作日",
        ),
        (
            "2026-03-07T09:00",
            WindowRule(7),
            "公示 3月7日 起，不计当日，至 3月16日 24:00，计 7 日；最后一日 3月14日 是周六休息日，"
            "依细则顺延至其后第一个工作日",
        ),
        (
            "2026-12-30T09:00",
            WindowRule(5, DayUnit.WORKING),
            "公示 2026年12月30日 起，不计当日，至 2027年1月6日 24:00，计 5 个工作日；"
            "2027 年放假安排尚未公布，此日期为暂定",
        ),
    ],
)
def test_a_window_says_why_it_ends_then(published: str, rule: WindowRule, why: str) -> None:
    assert close(at(published), rule, SHIPPED).why == why


def test_what_opened_the_window_is_called_by_its_name() -> None:
    assert close(at("2026-03-02T09:00"), WindowRule(3), SHIPPED, "收到异议").why.startswith("收到异议 3月2日 起")


def test_the_day_of_publication_is_the_day_in_shanghai() -> None:
    late_in_london = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
    assert local_day(late_in_london) == date(2026, 3, 2)
    assert close(late_in_london, WindowRule(7), SHIPPED).last_day == date(2026, 3, 9)


def test_a_day_ends_at_midnight_also_when_shanghai_had_summer_time() -> None:
    assert end_of_day(date(2026, 3, 9)) == datetime(2026, 3, 9, 16, tzinfo=UTC)
    assert end_of_day(date(1988, 7, 1)) == datetime(1988, 7, 1, 15, tzinfo=UTC)


def test_a_window_is_open_up_to_its_last_instant_and_not_at_midnight() -> None:
    window = close(at("2026-03-02T09:00"), WindowRule(7), SHIPPED)
    assert window.is_open(at("2026-03-02T09:00"))
    assert window.is_open(at("2026-03-09T23:59:59.999999"))
    assert not window.is_open(at("2026-03-10T00:00"))
    assert not window.is_open(at("2026-03-02T08:59"))


@pytest.mark.parametrize("days", [0, -1])
def test_fewer_than_one_day_is_no_window(days: int) -> None:
    with pytest.raises(ValueError, match="1 以上的整数"):
        close(at("2026-03-02T09:00"), WindowRule(days), SHIPPED)


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="时区"):
        close(datetime(2026, 3, 2, 9), WindowRule(7), SHIPPED)  # noqa: DTZ001 - it is what is refused


@pytest.mark.parametrize("unit", DayUnit)
@pytest.mark.parametrize(
    "days", [2_912_500, *(pytest.param(days, marks=pytest.mark.long) for days in (10**9, 10**30))]
)
def test_a_window_past_the_last_year_is_refused(days: int, unit: DayUnit) -> None:
    with pytest.raises(ValueError, match="9999"):
        close(at("2026-03-02T09:00"), WindowRule(days, unit), SHIPPED)


@pytest.mark.parametrize("roll", Roll)
def test_the_last_days_of_the_last_year_have_no_end(roll: Roll) -> None:
    with pytest.raises(ValueError, match="9999"):
        close(at("9999-12-30T09:00"), WindowRule(1, roll=roll), SHIPPED)


def test_two_working_days_pass_over_the_weekend_and_take_in_a_swap_day() -> None:
    assert add_working_days(date(2026, 3, 6), 2, SHIPPED) == date(2026, 3, 10)
    assert add_working_days(date(2026, 2, 13), 2, SHIPPED) == date(2026, 2, 24)
    assert add_working_days(date(2026, 3, 7), 0, SHIPPED) == date(2026, 3, 7)


def test_a_new_calendar_lengthens_a_window_that_is_still_open() -> None:
    published = at("2025-12-25T09:00")
    old, new = (close(published, WindowRule(7), calendar) for calendar in (WITHOUT_2026, SHIPPED))
    assert (old.last_day, old.provisional) == (date(2026, 1, 1), True)
    moved = extended(old, new, at("2026-01-01T23:59"))
    assert (moved.last_day, moved.provisional) == (date(2026, 1, 4), False)


def test_a_provisional_window_that_closed_on_its_date_is_not_reopened() -> None:
    published = at("2025-12-25T09:00")
    old, new = (close(published, WindowRule(7), calendar) for calendar in (WITHOUT_2026, SHIPPED))
    assert extended(old, new, old.closes_at) is old


def test_a_new_calendar_does_not_shorten_a_window_and_says_so() -> None:
    # Without the notice Sunday the 4th is a day off; by the notice it is worked.
    published = at("2025-12-28T09:00")
    old, new = (close(published, WindowRule(7), calendar) for calendar in (WITHOUT_2026, SHIPPED))
    assert (old.last_day, new.last_day) == (date(2026, 1, 5), date(2026, 1, 4))
    kept = extended(old, new, at("2025-12-30T09:00"))
    assert (kept.closes_at, kept.last_day, kept.provisional) == (old.closes_at, old.last_day, False)
    assert "只延长、不缩短" in kept.why


def test_windows_that_opened_at_different_instants_are_not_compared() -> None:
    one, other = (close(at(f"2026-03-02T{hour}:00"), WindowRule(7), SHIPPED) for hour in ("09", "10"))
    with pytest.raises(ValueError, match="起始"):
        extended(one, other, at("2026-03-03T09:00"))


@given(INSTANTS, RULES)
def test_a_window_is_never_shorter_than_its_counted_days(published: datetime, rule: WindowRule) -> None:
    window = close(published, rule, SHIPPED)
    days = [
        local_day(published) + timedelta(days=n + 1) for n in range((window.last_day - local_day(published)).days)
    ]
    counted = days if rule.unit is DayUnit.NATURAL else [day for day in days if SHIPPED.is_working(day)]
    assert len(counted) >= rule.days
    assert window.rolled or len(counted) == rule.days


@given(INSTANTS, RULES)
def test_a_window_closes_at_midnight_in_shanghai(published: datetime, rule: WindowRule) -> None:
    window = close(published, rule, SHIPPED)
    local = window.closes_at.astimezone(SHANGHAI)
    assert (local.time(), local.date()) == (time(), window.last_day + ONE_DAY)
    assert window.opens_at < window.closes_at


@given(INSTANTS, INSTANTS, RULES)
def test_what_is_published_later_closes_no_earlier(one: datetime, other: datetime, rule: WindowRule) -> None:
    first, second = sorted((one, other))
    assert close(first, rule, SHIPPED).closes_at <= close(second, rule, SHIPPED).closes_at


@given(INSTANTS, RULES)
def test_a_window_is_rolled_only_where_its_rule_says(published: datetime, rule: WindowRule) -> None:
    window = close(published, rule, SHIPPED)
    if rule.unit is DayUnit.WORKING or rule.roll is Roll.NONWORKING:
        assert SHIPPED.is_working(window.last_day)
    if rule.unit is DayUnit.WORKING or rule.roll is Roll.NONE:
        assert not window.rolled
        return
    counted = local_day(published) + timedelta(days=rule.days)
    assert window.rolled == (window.last_day != counted)
    if window.rolled:
        assert SHIPPED.is_working(window.last_day)
        assert not any(SHIPPED.is_working(day) for day in _days(counted, window.last_day))
        assert rule.roll is Roll.NONWORKING or SHIPPED.holiday_on(counted)


@given(INSTANTS, RULES, st.sets(st.sampled_from(SHIPPED.years)), st.timedeltas(timedelta(0), timedelta(days=60)))
def test_a_change_of_calendar_never_shortens_and_never_reopens(
    published: datetime, rule: WindowRule, years: set[object], later: timedelta
) -> None:
    before = Calendar(tuple(year for year in SHIPPED.years if year in years))
    old, new, now = close(published, rule, before), close(published, rule, SHIPPED), published + later
    moved = extended(old, new, now)
    assert moved.closes_at == (old.closes_at if now >= old.closes_at else max(old.closes_at, new.closes_at))
    assert old.is_open(now) == moved.is_open(now)
    assert now < old.closes_at or moved == old


def _days(first: date, end: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((end - first).days)]


def test_a_window_is_a_value() -> None:
    window = close(at("2026-03-02T09:00"), WindowRule(7), SHIPPED)
    assert window == Window(window.opens_at, window.closes_at, date(2026, 3, 9), False, False, window.why)
