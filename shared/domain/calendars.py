"""Calendars: the years whose State Council notice is known, their statutory holidays and swap days (调休)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Self

ONE_DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Holiday:
    """A named statutory holiday as the notice has it: off from `first` to `last`, weekends in the run too.

    `workdays` are the weekend days that are worked in exchange (调休).
    """

    name: str
    first: date
    last: date
    workdays: tuple[date, ...] = ()

    def days(self) -> Iterator[date]:
        """Every day off of the run, in order."""
        for n in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=n)


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """One year's notice: its title, number (文号), day of issue and holidays."""

    year: int
    title: str
    number: str
    issued: date
    holidays: tuple[Holiday, ...]

    @property
    def source(self) -> str:
        """Where the year stands, as papers quote it: the notice's number and day of issue."""
        return f"{self.number}（{self.issued}）"

    def off_days(self) -> dict[date, str]:
        """Each day that the notice lists as off, with the holiday's name."""
        return {day: holiday.name for holiday in self.holidays for day in holiday.days()}

    def swap_days(self) -> frozenset[date]:
        """The weekend days that the notice makes working days."""
        return frozenset(day for holiday in self.holidays for day in holiday.workdays)


@dataclass(frozen=True)
class Calendar:
    """The published years; in any other year weekends are the only days off and no day is a named holiday."""

    years: tuple[CalendarYear, ...] = field(default=())

    def __post_init__(self) -> None:
        """Keep the years in order; ValueError where one is there twice."""
        if len({year.year for year in self.years}) != len(self.years):
            raise ValueError("同一年的放假安排只能有一份")
        object.__setattr__(self, "years", tuple(sorted(self.years, key=lambda year: year.year)))

    @cached_property
    def _published(self) -> frozenset[int]:
        return frozenset(year.year for year in self.years)

    @cached_property
    def _off(self) -> dict[date, str]:
        listed = {day: name for year in self.years for day, name in year.off_days().items()}
        return {day: name for day, name in listed.items() if day.year in self._published}

    @cached_property
    def _swaps(self) -> frozenset[date]:
        listed = frozenset[date]().union(*(year.swap_days() for year in self.years))
        return frozenset(day for day in listed if day.year in self._published)

    @cached_property
    def version(self) -> str:
        """A name for exactly this calendar, such as `2024-2026 5f0c9a31`, stored beside what it closed."""
        digest = hashlib.sha256(repr(self.years).encode()).hexdigest()[:8]
        span = f"{self.years[0].year}-{self.years[-1].year} " if self.years else ""
        return span + digest

    def year(self, number: int) -> CalendarYear | None:
        """The notice of a year, where it is known."""
        return next((year for year in self.years if year.year == number), None)

    def is_published(self, year: int) -> bool:
        """Whether the year's notice is in this calendar."""
        return year in self._published

    def holiday_on(self, day: date) -> str | None:
        """The name of the statutory holiday of which this is a day off, if it is one."""
        return self._off.get(day)

    def is_swap(self, day: date) -> bool:
        """Whether it is a weekend day that is worked (调休上班)."""
        return day in self._swaps

    def is_working(self, day: date) -> bool:
        """Whether it is a working day: a weekday that is no holiday, or a swap day."""
        return day in self._swaps or (day.weekday() < SATURDAY and day not in self._off)

    def working_from(self, day: date) -> date:
        """The first working day from this one on, itself included; OverflowError past the year 9999."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def with_year(self, new: CalendarYear) -> Self:
        """This calendar with a year added, or put in the place of the one it had."""
        return type(self)((*(year for year in self.years if year.year != new.year), new))


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """What the import of a year changes, day by day; `replaces` is the notice that it takes the place of."""

    year: int
    replaces: str | None
    newly_off: tuple[date, ...]
    newly_working: tuple[date, ...]
    renamed: tuple[date, ...]

    @property
    def moves_nothing(self) -> bool:
        """Whether every day is what it was, so that no window can move (the year may become certain)."""
        return not (self.newly_off or self.newly_working or self.renamed)


def compare(calendar: Calendar, new: CalendarYear) -> CalendarChange:
    """What days become when `new` is put into `calendar`; both calendars are asked, day by day."""
    after = calendar.with_year(new)
    installed = calendar.year(new.year)
    days = {*calendar._off, *calendar._swaps, *after._off, *after._swaps}
    turned = sorted(day for day in days if calendar.is_working(day) is not after.is_working(day))
    kept = sorted(days.difference(turned))
    return CalendarChange(
        year=new.year,
        replaces=installed.number if installed else None,
        newly_off=tuple(day for day in turned if not after.is_working(day)),
        newly_working=tuple(day for day in turned if after.is_working(day)),
        renamed=tuple(day for day in kept if calendar.holiday_on(day) != after.holiday_on(day)),
    )


def conflicts(calendar: Calendar, new: CalendarYear) -> tuple[str, ...]:
    """Days that `new` has off and another year's notice has worked, or the other way round, as sentences."""
    faults = []
    for other in calendar.years:
        if other.year == new.year:
            continue
        off = (new.swap_days() & other.off_days().keys()) | (other.swap_days() & new.off_days().keys())
        faults += [
            f"{day} 在 {new.number} 与已装入的 {other.number} 中一为放假、一为上班，请核对通知原文"
            for day in sorted(off)
        ]
    return tuple(faults)
