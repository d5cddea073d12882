"""Half-years: in the middle of the year each member writes how it went, and the branch looks at its figures."""

from datetime import date
from enum import StrEnum

from shared.domain.machine import Machine

# The first half ends with June; the summary is due in the weeks after, never later than the end of August.
FIRST, LAST = (1, 1), (6, 30)
OPENS, LATEST = (6, 15), (8, 31)
LONGEST = 800


class HalfYearState(StrEnum):
    """Where a half-year's summary stands."""

    GATHERING = "gathering"
    CLOSED = "closed"


class HalfYearCommand(StrEnum):
    """The step of a half-year's summary."""

    CLOSE = "close"


HALF_YEAR: Machine[HalfYearState, HalfYearCommand] = Machine(
    noun="半年小结",
    initial=HalfYearState.GATHERING,
    edges={(HalfYearState.GATHERING, HalfYearCommand.CLOSE): HalfYearState.CLOSED},
    words={
        HalfYearState.GATHERING: "正在收小结",
        HalfYearState.CLOSED: "已收齐归档",
        HalfYearCommand.CLOSE: "到期归档",
    },
)


def opening_faults(year: int, due_on: date, today: date) -> list[str]:
    """Return why a half-year's summary cannot be asked for now, due on this day."""
    if not date(year, *OPENS) <= today <= date(year, *LATEST):
        return [f"{year} 年的半年小结从 6 月 15 日起、8 月 31 日前布置。"]
    if due_on <= today or due_on > date(year, *LATEST):
        return ["交小结的日期应在今天以后，不晚于 8 月 31 日。"]
    return []
