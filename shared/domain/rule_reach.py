"""Reach: the lowest and highest figure that a year can end with under a book, so that no grade is out of reach."""

from collections.abc import Iterable
from decimal import Decimal

from shared.domain.periods import Period
from shared.domain.procedures import Span
from shared.domain.rules import Item, Kind, RuleBook, Scope, YearFigure

ENDLESS = Decimal("Infinity")
MONTHS = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}
Reach = tuple[Decimal, Decimal]


def attainable(book: RuleBook) -> Reach:
    """Return the lowest and highest annual points that the book's limits leave possible; may be infinite.

    A wide estimate: what lies outside can never be reached, what lies inside mostly can.
    """
    low, high = _of_the_rounds(book)
    yearly = [item for item in book.items.values() if item.scope is Scope.YEAR]
    bases = [tier.base for tier in book.tiers] or [Decimal(0)]
    low += book.year_base + min(bases) - _most(yearly, {Kind.DEDUCTION}, 12)
    high += book.year_base + max(bases) + _most(yearly, {Kind.TASK, Kind.BONUS}, 12)
    if any(item.kind is Kind.ZEROING for item in book.items.values()):
        low, high = min(low, Decimal(0)), max(high, Decimal(0))
    if book.factors:
        parts = [factor / 100 for factor in book.factors.values()]
        low = min(low * part for part in parts if part)
        high = max(high * part for part in parts)
    return low, high if book.year_ceiling is None else min(high, book.year_ceiling)


def _of_the_rounds(book: RuleBook) -> Reach:
    span = book.round_span
    in_round = [item for item in book.items.values() if item.scope is Scope.ROUND]
    low, high = _over(book, in_round, MONTHS[span])
    low = low if book.round_floor is None else max(low, book.round_floor)
    high = high if book.round_ceiling is None else min(high, book.round_ceiling)
    if book.year_figure is YearFigure.MEAN:
        return low, high
    rounds = len(Period(2025, 1, Span.YEAR).parts(span))
    whole_low, whole_high = _over(book, in_round, 12)
    lowest = low * rounds if book.round_floor is not None else min(low, whole_low)
    return lowest, min(high * rounds, whole_high) if book.round_ceiling is None else high * rounds


def _over(book: RuleBook, items: list[Item], months: int) -> Reach:
    rounds = max(1, months // MONTHS[book.round_span])
    bases = sum((item.points or Decimal(0) for item in items if item.kind is Kind.BASE), Decimal(0))
    low = book.round_base * rounds - _most(items, {Kind.DEDUCTION}, months)
    high = (book.round_base + bases) * rounds + _most(items, {Kind.TASK, Kind.BONUS}, months)
    return low, high


def _most(items: Iterable[Item], kinds: set[Kind], months: int) -> Decimal:
    return sum((_limit(item, months) for item in items if item.kind in kinds), Decimal(0))


def _limit(item: Item, months: int) -> Decimal:
    """Return the most that an item can give (or take) within so many months: the tightest of its caps."""
    return min((cap.points * max(1, months // MONTHS[cap.per]) for cap in item.caps), default=ENDLESS)
