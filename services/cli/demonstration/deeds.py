"""What people in the demonstration do: deeds drawn by a number from what their book offers them."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from services.cli.demonstration.stage import Troupe
from shared.db.members import Member
from shared.domain.deeds import Deed
from shared.domain.rules import Item, Kind

HALF = Decimal("0.50")


def claimable(troupe: Troupe, member: Member, day: date) -> list[Item]:
    """Return the items that a member may claim on a day: gains that are open to their class."""
    return [
        item
        for item in troupe.book.items.values()
        if item.kind in {Kind.BONUS, Kind.TASK}
        and (not item.classes or member.class_ in item.classes)
        and item.replaces is None
        and item.taken_from is None
        and (item.starts is None or item.starts <= day)
        and (item.ends is None or day <= item.ends)
    ]


def a_deed(chance: Random, item: Item, day: date, minute: str | None = None) -> Deed:
    """Return a deed of this item, with points where the item leaves room for them."""
    return Deed(item.id, day, f"{day.month}月{day.day}日{item.title}", some_points(chance, item), decision=minute)


def some_points(chance: Random, item: Item) -> Decimal | None:
    """Return points within the item's range, in halves; None where its value is fixed."""
    if item.range is None:
        return None
    high = item.range.high if item.range.high is not None else Decimal(10)
    steps = int(high / HALF)
    return HALF * chance.randint(max(1, steps // 4), max(1, steps))


def a_day(chance: Random, first: date, last: date) -> date:
    """Return a day from `first` to `last`, both included."""
    return first + timedelta(days=chance.randint(0, (last - first).days))


def common_records(troupe: Troupe, day: date) -> list[Item]:
    """Return the items that the recorder enters for many at once: small fixed gains that everybody may have."""
    small = [
        item
        for item in claimable(troupe, troupe.members[0], day)
        if item.points is not None and item.points <= 5 and not item.decision and not item.classes
    ]
    return sorted(small, key=lambda item: item.points or Decimal(0))[:2]


def slight_lapses(troupe: Troupe, day: date) -> list[Item]:
    """Return small deductions in force on a day: missing a meeting, paying late; nothing worse here."""
    return sorted(
        (
            item
            for item in troupe.book.items.values()
            if item.kind is Kind.DEDUCTION
            and (item.points or (item.range.high if item.range else None) or Decimal(99)) <= 10
            and not item.decision
            and (item.starts is None or item.starts <= day)
            and (item.ends is None or day <= item.ends)
        ),
        key=lambda item: item.points or Decimal(1),
    )[:2]
