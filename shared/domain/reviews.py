"""Reviews: a day on which somebody must look at something again: an exemption, a probation, a term of office."""

from datetime import date, timedelta
from enum import StrEnum

from shared.domain.machine import Machine


class ReviewKind(StrEnum):
    """What is looked at again."""

    EXEMPTION = "exemption"
    PROBATION = "probation"
    TERM = "term"


class ReviewState(StrEnum):
    """Whether the day still stands."""

    WAITING = "waiting"
    REMINDED = "reminded"
    OVER = "over"


class ReviewCommand(StrEnum):
    """The clock reminds, once before the day and once on it; people end it by doing what it reminds of."""

    REMIND_AHEAD = "remind_ahead"
    END = "end"


S, C = ReviewState, ReviewCommand

REVIEW: Machine[ReviewState, ReviewCommand] = Machine(
    noun="这项到期提醒",
    initial=S.WAITING,
    edges={(S.WAITING, C.REMIND_AHEAD): S.REMINDED, (S.WAITING, C.END): S.OVER, (S.REMINDED, C.END): S.OVER},
    words={
        S.WAITING: "没有到期",
        S.REMINDED: "将要到期",
        S.OVER: "已经办理",
        C.REMIND_AHEAD: "提醒",
        C.END: "办结",
    },
)
WORDS = {ReviewKind.EXEMPTION: "不列入计分的复核", ReviewKind.PROBATION: "预备期", ReviewKind.TERM: "班子任期"}
# How many days ahead people hear of it: a body is elected anew in three months, a probation discussed in one.
AHEAD = {ReviewKind.EXEMPTION: 14, ReviewKind.PROBATION: 30, ReviewKind.TERM: 90}
LONGEST_EXEMPTION_DAYS = 366


def reminded_on(kind: ReviewKind, due_on: date) -> date:
    """Return the day on which people are reminded."""
    return due_on - timedelta(days=AHEAD[kind])


def review_day_faults(day: date | None, today: date) -> list[str]:
    """Return what is wrong with the day on which an exemption is looked at again."""
    if day is None:
        return ["不列入计分要写明哪一天复核。"]
    if day <= today:
        return ["复核日期要在今天以后。"]
    if (day - today).days > LONGEST_EXEMPTION_DAYS:
        return ["复核最长隔一年，请写一年以内的一天。"]
    return []
