"""Wording: how pages write terms, points, periods and shares for people; the rest as everybody reads it."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from decimal import Decimal

from shared.domain.periods import period_in_words
from shared.domain.windows import SHANGHAI
from shared.domain.wording import MACHINES, WEEKDAYS, day, instant, roles, said

__all__ = ["MACHINES", "day", "instant", "roles", "said"]


def until(value: datetime | None) -> str:
    """The end of a term: midnight belongs to the day that it ends, 2026年4月5日（周日）24:00."""
    if value is None:
        return "—"
    local = value.astimezone(SHANGHAI)
    if local.time() == time():
        return f"{day(local.date() - timedelta(days=1))}24:00"
    return f"{day(local)}{local.hour}:{local.minute:02d}"


def left(value: datetime, now: datetime) -> str:
    """How long is left of a term: 还剩 2 天，3月8日（周日）24:00 截止; or by how much it is over."""
    local = value.astimezone(SHANGHAI)
    last = (local - timedelta(minutes=1)).date()
    at = "24:00" if local.date() > last else f"{local.hour}:{local.minute:02d}"
    ends = f"{last.month}月{last.day}日（周{WEEKDAYS[last.weekday()]}）{at}"
    days = (last - now.astimezone(SHANGHAI).date()).days
    if value <= now:
        return f"逾期 {max(-days, 1)} 天，应在 {ends} 前办完"
    return f"{f'还剩 {days} 天' if days else '今天截止'}，{ends} 截止"


def points(value: Decimal | None) -> str:
    """Two places, with a true minus sign; a dash where there is no figure."""
    return "—" if value is None else f"{value:.2f}".replace("-", "−")


def signed(value: Decimal) -> str:
    """Two places with their sign."""
    return f"{value:+.2f}".replace("-", "−")


def adding_up(values: Iterable[Decimal]) -> str:
    """A sum as one would write it by hand: 60.00 + 5.00 − 3.00 = 62.00."""
    figures = list(values)
    if len(figures) < 2:
        return points(sum(figures, Decimal("0.00")))
    written = points(figures[0])
    for figure in figures[1:]:
        written += f" {'−' if figure < 0 else '+'} {abs(figure):.2f}"
    return f"{written} = {points(sum(figures, Decimal('0.00')))}"


def period(written: str) -> str:
    """2026-Q1 as 2026年第一季度, 2026-03 as 2026年3月, 2026 as 2026年度."""
    return period_in_words(written)


def per_cent(part: int, whole: int) -> str:
    """A share in whole per cent; a dash of nothing."""
    return f"{part * 100 / whole:.0f}%" if whole else "—"
