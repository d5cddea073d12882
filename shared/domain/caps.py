"""Caps: how much of what a row asks for still counts, in order of date, then of input."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from shared.domain.awards import Award
from shared.domain.clauses import MONTHS, Clause
from shared.domain.hundredths import points_of
from shared.domain.rules import Item

# What has been used up, in hundredths, by cap and stretch of the year, as `Cap.stretches` numbers them.
Spent = dict[int, int]
WORDS = {1: "每月", 3: "每季度", 12: "每年"}


def capped(clause: Clause, month: int, asked: int, spent: Spent) -> tuple[int, str]:
    """Return the part of `asked` that fits every cap, and a sentence on what was cut; it is used up."""
    counted, note = asked, ""
    for cap in clause.caps:
        used = spent.get(cap.stretches[month], 0)
        if used + counted > cap.most:
            counted = cap.most - used if cap.most > used else 0
            note = _cut(cap.months, cap.most, used, asked, counted)
    for cap in clause.caps:
        stretch = cap.stretches[month]
        spent[stretch] = spent.get(stretch, 0) + counted
    return counted, note


def _cut(length: int, most: int, used: int, asked: int, counted: int) -> str:
    return (
        f"本条{WORDS[length]}至多 {points_of(most)} 分，此前已计 {points_of(used)} 分，"
        f"本次 {points_of(asked)} 分只计 {points_of(counted)} 分"
    )


def room_left(item: Item, day: date, awards: Iterable[Award]) -> Decimal | None:
    """Return how much of an item still fits on `day`, beside the awards a member already has that year.

    None where no cap limits it. Never below zero.
    """
    mine = [award for award in awards if award.item == item.id and award.day is not None]
    rooms = []
    for cap in item.caps:
        length = MONTHS[cap.per]
        stretch = (day.month - 1) // length
        used = [
            abs(award.counted)
            for award in mine
            if award.day and award.day.year == day.year and (award.day.month - 1) // length == stretch
        ]
        rooms.append(max(Decimal(0), cap.points - sum(used, Decimal(0))))
    return min(rooms, default=None)
