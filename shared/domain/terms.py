"""Terms: for how long a unit's leading body has been elected, and which of them end soon."""

from datetime import date, timedelta

from shared.domain.periods import day_in_words

SOON_DAYS = 90
# By the election rules of 2020 committees sit for five years, those of branches for three to five.
LONGEST_DAYS = 5 * 366


def term_faults(since: date, until: date, number: int) -> list[str]:
    """Return what is wrong with a term of office."""
    faults = []
    if number < 1:
        faults.append("届次从 1 写起。")
    if until <= since:
        faults.append(f"任期届满应在{day_in_words(since)}以后。")
    elif (until - since).days > LONGEST_DAYS:
        faults.append("一届任期最长五年。")
    return faults


def ends_soon(until: date | None, today: date) -> bool:
    """Whether a term ends within ninety days, or has ended without anybody taking note."""
    return until is not None and until <= today + timedelta(days=SOON_DAYS)
