"""Periods: the months, quarters and years that rounds, notices, filings and caps are reckoned by."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from shared.domain.procedures import Span

_WRITTEN = re.compile(r"(?P<year>[0-9]{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")
_MONTHS = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar month, quarter or year: `year` 1 to 9999, `first_month` 1 to 12 where it begins.

    Written `2025-03`, `2025-Q1` or `2025`; sorted by year, then by where it begins.
    """

    year: int
    first_month: int
    span: Span

    def __post_init__(self) -> None:
        """Refuse (ValueError) a year outside 1 to 9999 and a month at which no such period begins."""
        if not 1 <= self.year <= 9999 or self.first_month not in range(1, 13, _MONTHS[self.span]):
            raise ValueError(f"没有这样的周期：{self.year} 年 {self.first_month} 月起的 {self.span}")

    @classmethod
    def parse(cls, written: str) -> Self:
        """Read `2025-03`, `2025-Q1` or `2025`; ValueError with a Chinese sentence for anything else."""
        found = _WRITTEN.fullmatch(written)
        if found is None or found["year"] == "0000":
            raise ValueError(f"“{written}”不是周期，应写成 2025-03（月）、2025-Q1（季）或 2025（年）")
        year = int(found["year"])
        if found["quarter"]:
            return cls(year, int(found["quarter"]) * 3 - 2, Span.QUARTER)
        if found["month"]:
            return cls(year, int(found["month"]), Span.MONTH)
        return cls(year, 1, Span.YEAR)

    def __str__(self) -> str:
        """The period as it is written in files and answers."""
        if self.span is Span.YEAR:
            return f"{self.year:04d}"
        if self.span is Span.QUARTER:
            return f"{self.year:04d}-Q{self.quarter}"
        return f"{self.year:04d}-{self.first_month:02d}"

    @property
    def in_words(self) -> str:
        """The period as people say it: 2026年度, 2026年第一季度, 2026年3月."""
        if self.span is Span.YEAR:
            return f"{self.year}年度"
        if self.span is Span.QUARTER:
            return f"{self.year}年第{'一二三四'[self.quarter - 1]}季度"
        return f"{self.year}年{self.first_month}月"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.first_month, 1)

    @property
    def last(self) -> date:
        """Its last day, included."""
        last_month = self.first_month + _MONTHS[self.span] - 1
        if last_month == 12:
            return date(self.year, 12, 31)
        return date(self.year, last_month + 1, 1) - timedelta(days=1)

    @property
    def quarter(self) -> int:
        """The quarter, 1 to 4, in which it begins."""
        return (self.first_month + 2) // 3

    @property
    def months(self) -> tuple["Period", ...]:
        """Its months in order; of a month, itself."""
        return self.parts(Span.MONTH)

    def parts(self, span: Span) -> tuple["Period", ...]:
        """The periods of `span` that it is made of, in order; none where `span` is the longer."""
        end = self.first_month + _MONTHS[self.span]
        if _MONTHS[span] > _MONTHS[self.span]:
            return ()
        return tuple(Period(self.year, month, span) for month in range(self.first_month, end, _MONTHS[span]))

    def within(self, span: Span) -> "Period":
        """The period of `span` in which it begins: the quarter of a month, the year of a quarter."""
        return period_of(self.first, span)

    def contains(self, other: "date | Period") -> bool:
        """Whether a day, or the whole of another period, lies in it."""
        if isinstance(other, Period):
            return self.first <= other.first and other.last <= self.last
        return self.first <= other <= self.last

    @property
    def next(self) -> "Period":
        """The period of the same span that follows; ValueError past the year 9999."""
        return self._moved(1)

    @property
    def previous(self) -> "Period":
        """The period of the same span before; ValueError before the year 1."""
        return self._moved(-1)

    def _moved(self, steps: int) -> "Period":
        months = self.year * 12 + self.first_month - 1 + steps * _MONTHS[self.span]
        return Period(months // 12, months % 12 + 1, self.span)


def period_in_words(written: str) -> str:
    """Return a period that is written as in files as people say it; ValueError where it is none."""
    return Period.parse(written).in_words


def day_in_words(day: date) -> str:
    """Return a day as people write it: 2026年1月30日."""
    return f"{day.year}年{day.month}月{day.day}日"


def period_of(day: date, span: Span) -> Period:
    """The period of `span` in which a day lies."""
    length = _MONTHS[span]
    return Period(day.year, (day.month - 1) // length * length + 1, span)
