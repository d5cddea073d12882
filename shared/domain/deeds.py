"""A deed as it is claimed or recorded: which item, when, how many points; and what is wrong with it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from shared.domain.periods import day_in_words
from shared.domain.rules import Item, Kind, RuleBook

# Decimal("NaN") and figures of a thousand digits are read as well; no book gives so many points.
TOO_MANY = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody says was done: `points` only where the item leaves room for them.

    `origin` names the appraisal that the figure was taken over from, None where somebody says it themselves.
    """

    item: str
    happened_on: date
    text: str
    points: Decimal | None = None
    replaces: UUID | None = None
    decision: str | None = None
    origin: str | None = None


def faults_of(deed: Deed, book: RuleBook, member_class: str, first: date, last: date, today: date) -> list[str]:
    """Return every fault of a deed under a book, each a sentence; none when it may be entered.

    `first` and `last` bound the round, both included; nothing is entered on a day later than `today`.
    """
    item = book.items.get(deed.item)
    if item is None:
        return [f"“{book.title}”里没有“{deed.item}”这一项。"]
    faults = [*_day(deed, item, book, first, last), *points_faults(deed.points, item)]
    if deed.happened_on > today:
        faults.append(f"{day_in_words(deed.happened_on)}还没有到，事情发生后再填报。")
    if not deed.text.strip():
        faults.append("请写明做了什么。")
    if item.classes and member_class not in item.classes:
        faults.append(f"“{item.title}”只适用于{'、'.join(item.classes)}。")
    if item.replaces and deed.replaces is None:
        faults.append(f"“{item.title}”要指明它所取代的那一件。")
    if item.taken_from != deed.origin:
        faults.append(_twice(item))
    return faults


def _twice(item: Item) -> str:
    """What another appraisal already gives is never filled in again; nothing else comes from one."""
    if item.taken_from is None:
        return f"“{item.title}”不取自已有的考核，不能从考核结果导入。"
    return f"“{item.title}”取自“{item.taken_from}”的结果，由支部用表格导入，不再申报或登记。"


def _day(deed: Deed, item: Item, book: RuleBook, first: date, last: date) -> list[str]:
    day = deed.happened_on
    if not first <= day <= last:
        span = f"{day_in_words(first)}至{day_in_words(last)}"
        return [f"{day_in_words(day)}不在本期（{span}）内，请按发生的日期填报到相应的周期。"]
    started = max(book.effective_from, item.starts or book.effective_from)
    if day < started or (item.ends is not None and day > item.ends):
        return [f"“{item.title}”在{day_in_words(day)}没有施行：施行前的事不计分。"]
    return []


def points_faults(points: Decimal | None, item: Item) -> list[str]:
    """Return what is wrong with the points that somebody asks or gives for an item; None leaves them open.

    Only a decision of its body may leave the points of a range open, until it is taken.
    """
    unsound = _unsound(points, item)
    if unsound:
        return unsound
    if item.kind is Kind.BASE:
        return _shortfall(points, item)
    if item.range is None:
        return [] if points in {None, item.points} else [f"“{item.title}”是固定分值，不用填分数。"]
    if points is None:
        return [] if item.decision else [f"“{item.title}”要填分数。"]
    low, high = item.range.low, item.range.high
    below = points < low or (points == low and not item.range.low_included)
    if below or (high is not None and points > high):
        return [f"“{item.title}”的分数应{_span(low, item.range.low_included, high)}。"]
    return []


def _unsound(points: Decimal | None, item: Item) -> list[str]:
    if points is None:
        return []
    if not (points.is_finite() and abs(points) < TOO_MANY):
        return [f"“{item.title}”的分数应是数字，例如 2 或 0.5。"]
    return [] if points == round(points, 2) else [f"“{item.title}”的分数最多两位小数。"]


def _shortfall(points: Decimal | None, item: Item) -> list[str]:
    """A base item is granted in full: what is entered is what is missing of it."""
    if points is None or points <= 0 or points > (item.points or 0):
        return [f"“{item.title}”登记的是扣减的分数，应大于 0，不超过 {item.points}。"]
    return []


def _span(low: Decimal, included: bool, high: Decimal | None) -> str:
    least = f"不低于 {low}" if included else f"大于 {low}"
    return least if high is None else f"{least}、不超过 {high}"
