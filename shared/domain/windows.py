"""Windows: how many days something stays open, which days count, and the instant at which it closes."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from shared.domain.calendars import ONE_DAY, Calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"


class DayUnit(StrEnum):
    """Which days are counted."""

    NATURAL = "natural"
    WORKING = "working"


class Roll(StrEnum):
    """What moves a last day that is a day off."""

    NONE = "none"
    STATUTORY = "statutory"
    NONWORKING = "nonworking"


@dataclass(frozen=True, slots=True)
class WindowRule:
    """The rule of one window, as a rule book states it: `days` counted by `unit`, rolled by `roll`."""

    days: int
    unit: DayUnit = DayUnit.NATURAL
    roll: Roll = Roll.NONWORKING


@dataclass(frozen=True, slots=True)
class Window:
    """From `opens_at` (as given) to before `closes_at` (UTC; 24:00 of `last_day` in Shanghai).

    `rolled`: the last day is not the last counted day. `provisional`: a day from publication to the last day
    lies in a year whose holidays are not published. `why` is a Chinese sentence without a full stop.
    """

    opens_at: datetime
    closes_at: datetime
    last_day: date
    rolled: bool
    provisional: bool
    why: str

    def is_open(self, now: datetime) -> bool:
        """Whether what comes in at `now` is in time: from publication to before 24:00 of the last day."""
        return self.opens_at <= now < self.closes_at


def close(published: datetime, rule: WindowRule, calendar: Calendar, event: str = "公示") -> Window:
    """When a window closes that opened at `published` (aware), by Civil Code articles 201 and 203.

    The day of publication is not counted. `event` is what opened it, as people say it: 公示, 收到, 答复.
    ValueError (a Chinese sentence) for fewer than one day, a naive instant and an end past the year 9999.
    """
    if rule.days < 1:
        raise ValueError(f"天数 {rule.days} 不对，应是 1 以上的整数")
    try:
        day = local_day(published)
        counted = _last_counted(day, rule, calendar)
        last = _rolled(counted, rule, calendar)
        closes_at = end_of_day(last)
    except OverflowError as beyond:
        raise ValueError("这个期限超出了能计算的日期（公元 1 年至 9999 年）") from beyond
    provisional = not all(calendar.is_published(year) for year in range(day.year, last.year + 1))
    why = _why(event, day, counted, last, rule, calendar)
    if provisional:
        why += f"；{_unpublished(day, last, calendar)}放假安排尚未公布，此日期为暂定"
    return Window(published, closes_at, last, last != counted, provisional, why)


def extended(old: Window, new: Window, now: datetime) -> Window:
    """What a change of calendar makes of a window: `new` is the same window reckoned by the new calendar.

    An open one may become longer, never shorter; one that has closed stays as it was, even if it was
    provisional. ValueError when the two did not open at the same instant.
    """
    if old.opens_at != new.opens_at:
        raise ValueError("放假安排只改变期限的终止，不改变它的起始")
    if now >= old.closes_at:
        return old
    if new.closes_at >= old.closes_at:
        return new
    opened = local_day(old.opens_at)
    years = opened.year != old.last_day.year
    start, last = _said(opened, years), _said(old.last_day, years)
    why = f"自 {start} 起，不计当日，原定至 {last} 24:00；放假安排公布后期限只延长、不缩短，仍至 {last} 24:00"
    return replace(old, provisional=new.provisional, why=why)


def add_working_days(day: date, n: int, calendar: Calendar) -> date:
    """The `n`-th working day after `day`, itself not counted (`day` for 0); OverflowError past 9999."""
    while n > 0:
        day += ONE_DAY
        n -= calendar.is_working(day)
    return day


def local_day(instant: datetime) -> date:
    """The day in Shanghai on which an aware instant falls; ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("时刻没有时区")
    return instant.astimezone(SHANGHAI).date()


def end_of_day(day: date) -> datetime:
    """24:00 of a day in Shanghai, as an instant in UTC; OverflowError for the last day of 9999."""
    return datetime.combine(day + ONE_DAY, time(), SHANGHAI).astimezone(UTC)


def _last_counted(day: date, rule: WindowRule, calendar: Calendar) -> date:
    if rule.unit is DayUnit.WORKING:
        return add_working_days(day, rule.days, calendar)
    return day + timedelta(days=rule.days)


def _rolled(counted: date, rule: WindowRule, calendar: Calendar) -> date:
    # A counted working day is never moved: it is no day off under either roll.
    if rule.roll is Roll.NONE:
        return counted
    if rule.roll is Roll.STATUTORY and calendar.holiday_on(counted) is None:
        return counted
    return calendar.working_from(counted)


def _why(event: str, day: date, counted: date, last: date, rule: WindowRule, calendar: Calendar) -> str:
    years = day.year != last.year
    said = f"{event} {_said(day, years)} 起，不计当日，至 {_said(last, years)} 24:00"
    if rule.unit is DayUnit.WORKING:
        return f"{said}，计 {rule.days} 个工作日"
    said += f"，计 {rule.days} 日"
    if last == counted:
        return said
    return f"{said}；最后一日 {_said(counted, years)} {_moved(counted, calendar)}"


def _moved(day: date, calendar: Calendar) -> str:
    holiday = calendar.holiday_on(day)
    if holiday:
        return f"是{holiday}放假日，依《民法典》第二百零三条顺延至节后第一个工作日"
    return f"是周{WEEKDAYS[day.weekday()]}休息日，依细则顺延至其后第一个工作日"


def _unpublished(day: date, last: date, calendar: Calendar) -> str:
    years = [year for year in range(day.year, last.year + 1) if not calendar.is_published(year)]
    return f"{years[0]} 年" if len(years) == 1 else f"{years[0]} 年至 {years[-1]} 年"


def _said(day: date, with_year: bool) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if with_year else f"{day.month}月{day.day}日"
