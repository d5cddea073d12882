"""Trials: what a drafted book would have made of rounds that are over, and by which clause. Nothing is settled."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import chain

from shared.domain.admission import WORDS
from shared.domain.awards import Award, YearScore
from shared.domain.grades import first_and_last
from shared.domain.periods import Period
from shared.domain.procedures import Span
from shared.domain.records import EventRecord, MemberRecord
from shared.domain.rule_words import number
from shared.domain.rules import RuleBook
from shared.domain.scoring import score
from shared.domain.years import Settled, Year, year_of

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Sample:
    """What a trial looks at in one branch: rounds of one year, written `2025-Q1`, and all that counted in them."""

    year: int
    rounds: Collection[str]
    members: Sequence[MemberRecord]
    events: Sequence[EventRecord]
    appraisals: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Finish:
    """A member's year under one book; `result` is the grade, or where the standing decides, the edge of it."""

    points: Decimal | None
    result: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What would change for one member, and why; `reasons` name the clauses."""

    member: str
    before: Finish
    after: Finish
    reasons: tuple[str, ...]

    @property
    def regraded(self) -> bool:
        """Whether another grade, or another place at an edge, would follow."""
        return self.before.result != self.after.result


def try_out(before: RuleBook, after: RuleBook, sample: Sample) -> list[Effect]:
    """Return the members whose points or result would differ, in the order of the sample.

    Both books are taken as though they had been in force all year, with the same records, so that what
    differs comes from the books alone.
    """
    old, new = _Run.of(before, before, sample), _Run.of(after, before, sample)
    effects = []
    for member in sample.members:
        there, here = old.finish(member.number), new.finish(member.number)
        if there != here:
            effects.append(Effect(member.number, there, here, tuple(_reasons(old, new, member.number))))
    return effects


def shifts(effects: Iterable[Effect]) -> Mapping[str, int]:
    """Return how many would go from which result to which: `合格 → 优秀`."""
    moved = Counter(f"{e.before.result or '—'} → {e.after.result or '—'}" for e in effects if e.regraded)
    return dict(sorted(moved.items()))


@dataclass(frozen=True, slots=True)
class _Run:
    """A sample scored under one book."""

    book: RuleBook
    sums: Mapping[str, Mapping[str, Decimal]]
    years: Mapping[str, Year]
    edges: Mapping[str, str]
    refused: Mapping[str, Counter[str]]

    @staticmethod
    def of(book: RuleBook, asked_under: RuleBook, sample: Sample) -> "_Run":
        inside = replace(book, effective_from=date(sample.year, 1, 1), effective_until=None)
        events = [_as_asked(event, asked_under, book) for event in sample.events]
        scored = score(inside, sample.year, sample.members, events)
        months = {month for written in sample.rounds for month in Period.parse(written).parts(Span.MONTH)}
        records = {member.number: member for member in sample.members}
        sums, years = {}, {}
        for one in scored.members:
            once = [award for award in one.year_awards if award.day is None or _month(award.day) in months]
            rounds = [round_ for round_ in one.rounds if _within(round_.round, months)]
            sums[one.member_no] = _sums([*chain.from_iterable(round_.awards for round_ in rounds), *once])
            settled = Settled({round_.round: round_.points for round_ in rounds}, _bonus(once), one.zeroed)
            appraisal = sample.appraisals.get(one.member_no)
            years[one.member_no] = year_of(book, sample.year, records[one.member_no], settled, appraisal)
        return _Run(book, sums, years, _edges(book, years), _refused(scored, events))

    def finish(self, member: str) -> Finish:
        year = self.years[member]
        return Finish(year.annual_points, year.grade or self.edges.get(member, ""))


def _within(written: str, months: Collection[Period]) -> bool:
    return all(month in months for month in Period.parse(written).parts(Span.MONTH))


def _month(day: date) -> Period:
    return Period(day.year, day.month, Span.MONTH)


def _bonus(once: Iterable[Award]) -> Decimal:
    return sum((award.counted for award in once if award.day is not None), ZERO)


def _as_asked(event: EventRecord, under: RuleBook, book: RuleBook) -> EventRecord:
    """A row as it would have been entered under the other book: fixed points are not named, others are."""
    then, now = under.items.get(event.item), book.items.get(event.item)
    if then is None or now is None or (then.points, then.range) == (now.points, now.range):
        return event
    if now.range is None and now.points is not None:
        return replace(event, points=None) if then.kind is now.kind and then.range else event
    return replace(event, points=event.points if event.points is not None else then.points)


def _sums(awards: Iterable[Award]) -> Mapping[str, Decimal]:
    found: dict[str, Decimal] = {}
    for award in awards:
        name = f"{award.item} {award.clause}" if award.item else award.clause
        found[name] = found.get(name, ZERO) + award.counted
    return found


def _edges(book: RuleBook, years: Mapping[str, Year]) -> Mapping[str, str]:
    if book.standing is None:
        return {}
    figures = {who: year.annual_points for who, year in years.items() if year.annual_points is not None}
    first, last = first_and_last(book.standing, figures)
    said = dict.fromkeys(last, f"后 {book.standing.last} 名")
    return said | {who: f"前 {book.standing.first} 名" for who in first if not years[who].zeroed}


def _refused(scored: YearScore, events: Iterable[EventRecord]) -> Mapping[str, Counter[str]]:
    codes = dict(scored.rejected)
    found: dict[str, Counter[str]] = {}
    for event in events:
        code = codes.get(event.number)
        if code is not None:
            found.setdefault(event.member, Counter())[f"{event.item}：{WORDS[code]}"] += 1
    return found


def _reasons(old: _Run, new: _Run, member: str) -> Iterator[str]:
    before, after = old.sums[member], new.sums[member]
    for name in dict.fromkeys([*before, *after]):
        was, would = before.get(name, ZERO), after.get(name, ZERO)
        if was != would:
            yield f"{name}：{number(was)} → {number(would)} 分"
    for said, times in (new.refused.get(member, Counter()) - old.refused.get(member, Counter())).items():
        yield f"{times} 件不再计分，{said}"
    then, now = old.years[member], new.years[member]
    if then.factor != now.factor:
        yield f"民主评议折算：{_factor(then)} → {_factor(now)}"
    if then.annual_points == now.annual_points and then.grade != now.grade:
        yield "分数不变，等次的界线变了"


def _factor(year: Year) -> str:
    return "不折算" if year.factor is None else f"{number(year.factor)}%"
