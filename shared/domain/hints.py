"""Hints: signs in a branch's numbers that ask for a look. A hint is never a verdict: each has honest causes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.domain.yardsticks import Measures


@dataclass(frozen=True, slots=True)
class Pattern:
    """A branch's numbers: of this year but for the last three, which are of all years.

    `uniform_rounds` are those of five members and more with one figure for all; `corrected` are claims that were
    refused, returned or scored otherwise, and lines in which the committee differed from the rule; `given` and
    `discretionary` are sums of points, the latter of what no rule fixes; `deductions_ever` counts lines.
    """

    rounds: int = 0
    uniform_rounds: int = 0
    claims: int = 0
    corrected: int = 0
    given: Decimal = Decimal(0)
    discretionary: Decimal = Decimal(0)
    lines_ever: int = 0
    deductions_ever: int = 0
    newest_notice: date | None = None


@dataclass(frozen=True, slots=True)
class Hint:
    """A sign: what was seen, and what is to be asked before anything is thought of it."""

    kind: str
    says: str
    ask: str


def uniform(seen: Pattern, *_: object) -> Hint | None:
    """Everybody scores the same."""
    if not seen.uniform_rounds:
        return None
    return Hint(
        "uniform",
        f"今年 {seen.rounds} 期中，有 {seen.uniform_rounds} 期每个党员的积分都一样。",
        "看看是不是只记了人人都有的项目，还是没有如实登记。",
    )


def uncorrected(seen: Pattern, by: Measures, _: date) -> Hint | None:
    """The self-score is always final."""
    if seen.claims < by.fewest_claims or seen.corrected:
        return None
    return Hint(
        "uncorrected",
        f"今年 {seen.claims} 项申报，没有一项被退回、不予认定或改过分。",
        "看看审核是不是走了过场，还是申报前已经当面核对过。",
    )


def discretionary(seen: Pattern, by: Measures, _: date) -> Hint | None:
    """Much is given that no rule fixes."""
    if seen.claims < by.fewest_claims or seen.discretionary * 100 <= seen.given * by.high_share:
        return None
    share = seen.discretionary * 100 // seen.given
    return Hint(
        "discretionary",
        f"今年加的分里，{share}% 是由人酌情定的，不是细则定死的。",
        "看看酌情加分的理由写得清不清楚，是不是总给同样的人。",
    )


def stale(seen: Pattern, by: Measures, today: date) -> Hint | None:
    """Last year's notice is the newest that hangs."""
    if seen.newest_notice is None or today.month < by.stale_from_month or seen.newest_notice.year == today.year:
        return None
    return Hint(
        "stale",
        f"公示栏上最新的一份公示还是 {seen.newest_notice.year} 年的。",
        "看看今年的积分评定是不是停了，还是公示晚了。",
    )


def undeducted(seen: Pattern, by: Measures, _: date) -> Hint | None:
    """Nobody has ever lost a point."""
    if seen.lines_ever < by.fewest_lines or seen.deductions_ever:
        return None
    return Hint(
        "undeducted",
        f"有记录以来 {seen.lines_ever} 人次，从没有扣过分。",
        "看看缺席、违规是不是没有登记，还是确实没有发生。",
    )


Sign = Callable[[Pattern, Measures, date], Hint | None]
SIGNS: tuple[Sign, ...] = (uniform, uncorrected, discretionary, stale, undeducted)


def hints_of(seen: Pattern, by: Measures, today: date) -> Iterator[Hint]:
    """Yield the hints that a branch's numbers give on a day, by its county's measures."""
    for sign in SIGNS:
        hint = sign(seen, by, today)
        if hint is not None:
            yield hint
