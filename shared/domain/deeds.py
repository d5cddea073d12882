"""A deed as it is claimed or recorded: which item, when, how many points; and what is wrong with it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from shared.domain.rules import Item, Kind, RuleBook


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody says was done: `points` only where the item leaves room for them."""

    item: str
    happened_on: date
    text: str
    points: Decimal | None = None
    replaces: UUID | None = None
    decision: str | None = None


def faults_of(deed: Deed, book: RuleBook, member_class: str, first: date, last: date) -> list[str]:
    """Return every fault of a deed under a book, each a sentence; none when it may be entered."""
    item = book.items.get(deed.item)
    if item is None:
        return [f"“{book.title}”里没有“{deed.item}”这一项。"]
    faults = [*_day(deed, item, book, first, last), *_points(deed, item)]
    if item.classes and member_class not in item.classes:
        faults.append(f"“{item.title}”只适用于{'、'.join(item.classes)}。")
    if item.replaces and deed.replaces is None:
        faults.append(f"“{item.title}”要指明它所取代的那一件。")
    return faults


def _day(deed: Deed, item: Item, book: RuleBook, first: date, last: date) -> list[str]:
    day = deed.happened_on
    if not first <= day <= last:
        return [f"{day} 不在本期（{first} 至 {last}）内，请按发生的日期填报到相应的周期。"]
    started = max(book.effective_from, item.starts or book.effective_from)
    if day < started or (item.ends is not None and day > item.ends):
        return [f"“{item.title}”在 {day} 没有施行：施行前的事不计分。"]
    return []


def _points(deed: Deed, item: Item) -> list[str]:
    if item.range is None or item.kind is Kind.BASE:
        return (
            []
            if deed.points in {None, item.points} or item.kind is Kind.BASE
            else [f"“{item.title}”是固定分值，不用填分数。"]
        )
    if deed.points is None:
        return [] if item.decision else [f"“{item.title}”要填分数。"]
    low, high = item.range.low, item.range.high
    below = deed.points < low or (deed.points == low and not item.range.low_included)
    if below or (high is not None and deed.points > high):
        return [f"“{item.title}”的分数应在 {low} 到 {high if high is not None else '不限'} 之间。"]
    return []
