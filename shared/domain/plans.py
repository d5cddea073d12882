"""Plans: a unit's year from its rule book, day by day: what begins, what is due, what ends."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from shared.domain.half_years import LATEST, OPENS
from shared.domain.periods import Period
from shared.domain.procedures import MeetingMode, Span, WindowKind
from shared.domain.rounds import PATIENCE, RoundState
from shared.domain.rule_words import SPANS
from shared.domain.rules import RuleBook

HALF_WAY = (6, 1)
APPRAISAL = (12, 1)


class Step(StrEnum):
    """What every year of a branch asks for, whatever its book."""

    GOALS = "goals"
    HALF_WAY = "half_way"
    HALF_YEAR = "half_year"
    APPRAISAL = "appraisal"


STEPS: Mapping[Step, str] = {
    Step.GOALS: "年度目标",
    Step.HALF_WAY: "年中检查",
    Step.HALF_YEAR: "半年小结",
    Step.APPRAISAL: "民主评议",
}
# By the end of which day: goals written and checked by all, the half-year asked for, the appraisal begun.
DUE: Mapping[Step, tuple[int, int]] = {
    Step.GOALS: (1, 31),
    Step.HALF_WAY: (6, 30),
    Step.HALF_YEAR: (7, 15),
    Step.APPRAISAL: (12, 31),
}


class Mark(NamedTuple):
    """A day of the plan: what is to be done, by whom, and where it is done; `round` names the period if any."""

    day: date
    what: str
    who: str
    address: str


def plan_of(book: RuleBook, year: int) -> list[Mark]:
    """Return a year's marks in order of their days; the windows follow the day on which a notice really hangs."""
    return sorted([*_rhythm(year), *_rounds(book, year)], key=lambda mark: (mark.day, mark.what))


def _rhythm(year: int) -> Iterator[Mark]:
    due = {step: date(year, *day) for step, day in DUE.items()}
    yield Mark(due[Step.GOALS], "年度目标写好", "党员", "/goal")
    yield Mark(date(year, *HALF_WAY), "年中检查开始", "支部委员会", "/goals")
    yield Mark(date(year, *OPENS), "布置半年小结", "支部书记", "/half-years")
    yield Mark(due[Step.HALF_WAY], "年中检查做完", "支部委员会", "/goals")
    yield Mark(due[Step.HALF_YEAR], "半年小结最晚布置", "支部书记", "/half-years")
    yield Mark(date(year, *LATEST), "半年小结最晚交齐", "党员", "/half-years")
    yield Mark(date(year, *APPRAISAL), "民主评议开始，写个人总结", "支部书记、党员", "/appraisals")
    yield Mark(due[Step.APPRAISAL], "民主评议最晚开始", "支部书记", "/appraisals")
    yield Mark(date(year, 12, 31), "年度办结，开始汇总年度积分", "支部书记", "/rounds")


def _rounds(book: RuleBook, year: int) -> Iterator[Mark]:
    whole = Period(year, 1, Span.YEAR)
    for period in whole.parts(book.round_span):
        if book.effective_from <= period.last and (book.effective_until or period.last) >= period.first:
            yield from _round(book, period)
    for period in whole.parts(book.procedure.filing_every):
        due = period.last + timedelta(days=_settled_after(book))
        yield Mark(due, f"{period.in_words}备案材料上报（约）", "支部书记", "/filings")


def _round(book: RuleBook, period: Period) -> Iterator[Mark]:
    procedure, said = book.procedure, period.in_words
    yield Mark(period.first, f"{said}开始申报", "党员", "/claims")
    close = period.last + timedelta(days=procedure.claims_close_days)
    yield Mark(close, f"{said}申报截止（24:00）", "党员", "/claims")
    review = close + timedelta(days=PATIENCE[RoundState.REVIEWING])
    yield Mark(review, f"{said}审核申报", "支部委员会", "/rounds")
    if procedure.meeting is not MeetingMode.NONE and period.last == period.within(procedure.meeting_every).last:
        yield Mark(
            review + timedelta(days=PATIENCE[RoundState.PROPOSED]), f"{said}党员大会", "支部书记", "/meetings"
        )
    if period.last == period.within(procedure.notice_every).last:
        noticed = period.within(procedure.notice_every).in_words
        days = procedure.windows[WindowKind.PUBLICATION].days
        what = f"{noticed}积分张贴公示，{days} 日"
        yield Mark(period.last + timedelta(days=_posted_after(book)), what, "记录员", "/notices")


def _posted_after(book: RuleBook) -> int:
    """How many days after a period its notice hangs, if each step takes as long as it may."""
    steps = [PATIENCE.get(stage, 0) for stage in book.procedure.stages]
    published = (
        book.procedure.stages.index(RoundState.PUBLISHED) if RoundState.PUBLISHED in book.procedure.stages else 0
    )
    return book.procedure.claims_close_days + sum(steps[:published])


def _settled_after(book: RuleBook) -> int:
    windows = book.procedure.windows
    return _posted_after(book) + windows[WindowKind.PUBLICATION].days + 1


def rhythm_in_words(book: RuleBook) -> str:
    """Return how often is counted, shown and filed: 每月计分，每季度公示，每季度备案."""
    procedure = book.procedure
    spans = (book.round_span, "计分"), (procedure.notice_every, "公示"), (procedure.filing_every, "备案")
    return "，".join(f"{SPANS[span]}{what}" for span, what in spans)
