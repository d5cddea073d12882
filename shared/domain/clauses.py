"""A book made ready for one year's reckoning: each item as hundredths and dates that a loop can compare."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import NamedTuple

from shared.domain.hundredths import cents
from shared.domain.periods import Period, period_of
from shared.domain.procedures import Span
from shared.domain.records import MemberClass, MemberRecord
from shared.domain.rules import Item, Kind, RuleBook, Scope, Tier

MONTHS = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}
PENALTIES = {Kind.BASE, Kind.DEDUCTION}


class Ceiling(NamedTuple):
    """One cap: at most so many hundredths in each stretch of so many months.

    `stretches[month]` is the stretch's number, which no other cap of the book has: what is used up is kept by it.
    """

    months: int
    most: int
    stretches: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """One item. Figures in hundredths. `simple`: a row counts what it asks for; `linked`: it replaces another, can
    be replaced, or zeroes the year; the others are held to their caps alone.

    `first` and `last` are the days between which it is in force, `opens` and `closes` those within the year.
    """

    id: str
    title: str
    kind: Kind
    sign: int
    fixed: int | None
    low: int
    high: int | None
    caps: tuple[Ceiling, ...]
    first: date
    last: date
    classes: frozenset[MemberClass] | None
    decision: bool
    replaces: str | None
    replaceable: bool
    simple: bool
    linked: bool
    yearly: bool
    granted: int
    opens: date
    closes: date

    @property
    def plain(self) -> bool:
        """Whether a row of it can only be refused for its day or its points: the common case, tried first."""
        return self.fixed is not None and not (self.classes or self.decision or self.replaces)

    def permits(self, asked: int | None) -> bool:
        """Whether one row may ask for so many hundredths; None is a row that names no points."""
        if self.fixed is not None:
            return asked is None or asked == self.fixed
        if self.kind is Kind.ZEROING:
            return asked is None
        return asked is not None and asked >= self.low and (self.high is None or asked <= self.high)

    def in_force(self, period: Period) -> bool:
        """Whether the clause was in force on any day of a period."""
        return self.first <= period.last and self.last >= period.first

    def is_for(self, class_: MemberClass) -> bool:
        """Whether the clause is for members of a class."""
        return self.classes is None or class_ in self.classes


@dataclass(frozen=True, slots=True)
class Slot:
    """A round of the year: its place (0 is the first of a whole year), how it is written, and its last day."""

    place: int
    name: str
    period: Period
    last: date


@dataclass(frozen=True, slots=True)
class Tables:
    """A book and a year: clauses by id, those that grant a base, the rounds in which it is in force."""

    book: RuleBook
    year: int
    clauses: Mapping[str, Clause]
    plain: frozenset[str]
    months: int
    rounds: tuple[Slot, ...]
    granting: tuple[Clause, ...]
    floor: int | None
    ceiling: int | None

    @property
    def holds(self) -> bool:
        """Whether a round's points are held at a floor or a ceiling at all."""
        return self.floor is not None or self.ceiling is not None

    def rounds_of(self, member: MemberRecord) -> tuple[Slot, ...]:
        """Return the rounds on whose last day the member was present, and in which they were not left out."""
        since, until = member.present_from, member.present_to
        if since is None and until is None and member.exemption is None:
            return self.rounds
        return tuple(
            slot
            for slot in self.rounds
            if (since is None or since <= slot.last) and (until is None or until >= slot.last)
            if not self.exempts(member, slot.last)
        )

    def exempts(self, member: MemberRecord, day: date) -> bool:
        """Whether the member is left out of the round that holds a day."""
        if not self.book.exemption or member.exemption is None:
            return self.book.exemption and member.exempt
        held = period_of(day, self.book.round_span)
        return member.exempt or member.exemption.covers(held.first, held.last)


def tables(book: RuleBook, year: int) -> Tables:
    """Make a book ready for a year."""
    replaced = {item.replaces for item in book.items.values()}
    first, last = book.effective_from, book.effective_until or date.max
    numbers = count()
    clauses = {name: _clause(book, item, year, name in replaced, numbers) for name, item in book.items.items()}
    return Tables(
        book=book,
        year=year,
        clauses=clauses,
        plain=frozenset(name for name, clause in clauses.items() if clause.plain),
        granting=tuple(clause for clause in clauses.values() if clause.granted),
        months=MONTHS[book.round_span],
        rounds=tuple(
            Slot(place, str(period), period, period.last)
            for place, period in enumerate(Period(year, 1, Span.YEAR).parts(book.round_span))
            if first <= period.last and last >= period.first
        ),
        floor=None if book.round_floor is None else cents(book.round_floor),
        ceiling=None if book.round_ceiling is None else cents(book.round_ceiling),
    )


def tier_of(book: RuleBook, member: MemberRecord, year: int) -> Tier | None:
    """Return the member's tier by the office that decides and the age in full years on 31 December."""
    age = year - member.birth_date.year
    return next((tier for tier in book.tiers if tier_fits(tier, member.office, age)), None)


def tier_fits(tier: Tier, office: str | None, age: int) -> bool:
    """Whether a tier is for this office (None: no office) at this age."""
    anyone = not tier.offices and not tier.no_office
    holds = anyone or (office in tier.offices if office else tier.no_office)
    old_enough = tier.age_from is None or age >= tier.age_from
    return holds and old_enough and (tier.age_below is None or age < tier.age_below)


def _clause(book: RuleBook, item: Item, year: int, replaceable: bool, numbers: Iterator[int]) -> Clause:
    own = None if item.points is None else cents(item.points)
    base = item.kind is Kind.BASE
    low, high = (1, own) if base else _ends(item)
    caps = tuple(_ceiling(MONTHS[cap.per], cents(cap.points), numbers) for cap in item.caps)
    first = max(book.effective_from, item.starts or date.min)
    last = min(book.effective_until or date.max, item.ends or date.max)
    if base:
        caps += (_ceiling(MONTHS[book.round_span], own or 0, numbers),)
    linked = bool(item.replaces or replaceable or item.kind is Kind.ZEROING)
    return Clause(
        id=item.id,
        title=item.title,
        kind=item.kind,
        sign=-1 if item.kind in PENALTIES else 1,
        fixed=None if base else own,
        low=low,
        high=high,
        caps=caps,
        first=first,
        last=last,
        classes=frozenset(item.classes) or None,
        decision=item.decision,
        replaces=item.replaces,
        replaceable=replaceable,
        simple=not (caps or linked),
        linked=linked,
        yearly=item.scope is Scope.YEAR,
        granted=(own or 0) if base else 0,
        opens=max(first, date(year, 1, 1)),
        closes=min(last, date(year, 12, 31)),
    )


def _ceiling(months: int, most: int, numbers: Iterator[int]) -> Ceiling:
    own = [next(numbers) for _ in range(12 // months)]
    return Ceiling(months, most, (-1, *(own[place // months] for place in range(12))))


def _ends(item: Item) -> tuple[int, int | None]:
    if item.range is None:
        return 0, None
    low = cents(item.range.low) + (0 if item.range.low_included else 1)
    return low, None if item.range.high is None else cents(item.range.high)
