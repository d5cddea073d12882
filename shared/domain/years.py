"""A member's year, made of stated figures alone: settled rounds, the year's bonus, zeroing and appraisal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from shared.domain.clauses import tier_of
from shared.domain.grades import first_and_last, grade_of, ranks
from shared.domain.hundredths import cents
from shared.domain.records import MemberRecord
from shared.domain.rules import Edge, Kind, Outcome, RuleBook, YearFigure
from shared.domain.transfers import Carried

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Settled:
    """What the ledger says of a member's year: each round's figure, the year's bonus, whether it was zeroed."""

    rounds: Mapping[str, Decimal]
    bonus: Decimal = Decimal("0.00")
    zeroed: bool = False


@dataclass(frozen=True, slots=True)
class Year:
    """A member's annual line. Without a round all is None but the tier; without an appraisal that the book
    asks for, `annual_points` and `grade` are None. An exempt member has the grade that the meeting gave."""

    tier: str | None = None
    zeroed: bool = False
    year_points: Decimal | None = None
    factor: Decimal | None = None
    annual_points: Decimal | None = None
    reward_points: Decimal | None = None
    grade: str | None = None

    @property
    def in_words(self) -> str:
        """The points, and the grade where there is one."""
        points = "已清零" if self.zeroed else f" {self.annual_points} 分"
        return f"{points}，{self.grade}" if self.grade else points


def year_of(book: RuleBook, year: int, member: MemberRecord, settled: Settled, appraisal: str | None) -> Year:
    """Return a member's year. Each figure is computed from rounded ones, so that anyone can check it by hand."""
    if member.exempt and book.exemption:
        return Year(grade=appraisal)
    tier = tier_of(book, member, year)
    name = tier.id if tier else None
    if not settled.rounds:
        return Year(tier=name, zeroed=settled.zeroed)
    points = _year_points(book, tier.base if tier else Decimal(0), settled)
    factor = book.factors.get(appraisal or "") if book.factors else None
    if book.factors and factor is None:
        return Year(name, settled.zeroed, points, reward_points=Decimal("0.00"))
    annual = points if factor is None else _rounded(points * factor / 100)
    stated = annual if book.year_ceiling is None else min(annual, book.year_ceiling)
    grade = grade_of(book.bands, stated)
    return Year(name, settled.zeroed, points, factor, _rounded(stated), _rounded(annual - stated), grade)


def ranks_of(years: Mapping[UUID, Year]) -> dict[UUID, int]:
    """Return the rank of each who has annual points; ties share."""
    figures = {
        str(who): cents(year.annual_points) for who, year in years.items() if year.annual_points is not None
    }
    return {UUID(who): rank for who, rank in ranks(figures).items()}


def followed_by(
    book: RuleBook, years: Mapping[UUID, Year], probationary: Iterable[UUID], before: Mapping[UUID, Sequence[str]]
) -> list[tuple[UUID, Outcome]]:
    """Return which outcomes follow for whom, as proposals. `before` holds the grades of a member's earlier years.

    A zeroed member is never among the commended, and is on the list for talks whatever the rank.
    """
    figures = {str(who): year.annual_points for who, year in years.items() if year.annual_points is not None}
    first, last = first_and_last(book.standing, figures) if book.standing else (set(), set())
    edges = {Edge.FIRST: {who for who in first if not years[UUID(who)].zeroed}, Edge.LAST: last}
    new = set(probationary)
    return [
        (who, outcome)
        for who, year in years.items()
        for outcome in book.outcomes
        if (not outcome.probationary or who in new)
        and (
            _by_grade(outcome, year, before.get(who, ()))
            or (outcome.standing is not None and str(who) in edges[outcome.standing])
            or (outcome.zeroed and year.zeroed)
        )
    ]


def with_carried(book: RuleBook, own: Settled | None, came: Carried) -> Settled:
    """Return a year with the rounds that came along from another branch, where the same book has scored them."""
    own = own or Settled({})
    counting = came.under(book.id).rounds
    items = {item for one in counting for item in one.items}
    zeroed = any(book.items[item].kind is Kind.ZEROING for item in items if item in book.items)
    return Settled(
        rounds={**{one.period: one.points for one in counting}, **own.rounds},
        bonus=own.bonus + sum((one.bonus for one in counting), Decimal("0.00")),
        zeroed=own.zeroed or zeroed,
    )


def weak_in(figures: Mapping[UUID, Sequence[Decimal]], below: Decimal) -> dict[UUID, Decimal]:
    """Return whose quarter was weak and its mean; rounds in which they were not do not count."""
    means = {who: _rounded(sum(points, Decimal(0)) / len(points)) for who, points in figures.items() if points}
    return {who: mean for who, mean in means.items() if mean < below}


def _by_grade(outcome: Outcome, year: Year, before: Sequence[str]) -> bool:
    """A ladder's rung: the n-th year with such a grade, this one included; the last rung stays."""
    if year.grade is None or year.grade not in outcome.grades:
        return False
    times = 1 + sum(grade in outcome.grades for grade in before)
    return outcome.times == times or (outcome.times == 1 and outcome.months is None)


def _year_points(book: RuleBook, tier_base: Decimal, settled: Settled) -> Decimal:
    if settled.zeroed:
        return Decimal("0.00")
    total = sum(settled.rounds.values(), Decimal(0))
    if book.year_figure is YearFigure.MEAN:
        total = _rounded(total / len(settled.rounds))
    return _rounded(total + settled.bonus + book.year_base + tier_base)


def _rounded(points: Decimal) -> Decimal:
    return points.quantize(CENT, ROUND_HALF_UP)
