"""Probations: a year on trial, made whole, extended once, or ended."""

from datetime import date

from shared.domain.periods import day_in_words

# Party constitution, article 7: one year, extended once at most, by no less than half a year and no more than one.
LEAST_EXTENSION_DAYS = 181
MOST_EXTENSION_DAYS = 366


def one_year_after(day: date) -> date:
    """Return the day on which a probation that begins on `day` ends."""
    leap = day.month == 2 and day.day == 29
    return date(day.year + 1, 2, 28) if leap else day.replace(year=day.year + 1)


def extension_faults(until: date | None, extended: bool, to: date) -> list[str]:
    """Return why a probation cannot be extended to this day."""
    if until is None:
        return ["没有登记预备期到哪一天，请先补登。"]
    if extended:
        return ["预备期只能延长一次，这次请按期转正或取消预备党员资格。"]
    days = (to - until).days
    if LEAST_EXTENSION_DAYS <= days <= MOST_EXTENSION_DAYS:
        return []
    return [f"延长不少于半年、不超过一年：原到{day_in_words(until)}，请写半年到一年以后的一天。"]
