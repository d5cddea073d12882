"""Scoring: a year of records under a rule book gives each member's rounds, year, grade and rank. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.domain.admission import Accepted, admit
from shared.domain.awards import Award, AwardKind, MemberScore, YearScore
from shared.domain.clauses import Tables, tables, tier_of
from shared.domain.grades import Ends, ends_of, ranks, within
from shared.domain.hundredths import cents, half_up, points_of
from shared.domain.reckoning import Granted, Grants, Reckoning, granted, grants_of, reckon, with_sum
from shared.domain.records import EventRecord, MemberRecord
from shared.domain.rules import RuleBook, Scope, Tier, YearFigure


@dataclass(slots=True)
class _Year:
    """A member's year before the ranks are known; figures in hundredths, None where there is none.

    Not frozen, because it is made for every member and thrown away: freezing it was a tenth of the time.
    """

    member: MemberRecord
    tier: Tier | None
    exempt: bool
    reckoning: Reckoning
    appraisal: str | None
    year: int | None = None
    annual: int | None = None
    reward: int | None = None


def score(
    book: RuleBook,
    year: int,
    members: Sequence[MemberRecord],
    events: Iterable[EventRecord],
    appraisals: Mapping[str, str] | None = None,
) -> YearScore:
    """Score one year. `events` in the order in which they were entered; `appraisals` is result by member.

    Rows that do not count are in `rejected` with the first reason that holds.
    """
    by_number = {member.number: member for member in sorted(members, key=lambda member: member.number)}
    table = tables(book, year)
    admission = admit(table, by_number, events)
    results = appraisals or {}
    grants = grants_of(table)
    bases = {tier: with_sum(_year_base(book, tier)) for tier in (None, *book.tiers)}
    years = [
        _year(table, grants, bases, member, admission.accepted.pop(number), results.get(number))
        for number, member in by_number.items()
    ]
    places = ranks({year.member.number: year.annual for year in years if year.annual is not None})
    bands = [(band.name, ends_of(band)) for band in book.bands]
    return YearScore(
        book=book.id,
        version=book.version,
        year=year,
        members=tuple(_stated(year, bands, places.get(year.member.number)) for year in years),
        rejected=tuple(admission.rejected),
    )


def _year(
    table: Tables,
    grants: Grants,
    bases: Mapping[Tier | None, Granted],
    member: MemberRecord,
    accepted: Sequence[Accepted],
    result: str | None,
) -> _Year:
    book = table.book
    if member.exempt and book.exemption:
        return _Year(member, None, True, Reckoning(), result)
    tier = tier_of(book, member, table.year)
    reckoning = reckon(table, grants, member, accepted)
    result = result if book.factors else None
    if not reckoning.rounds:
        return _Year(member, tier, False, reckoning, result)
    year = _year_points(book, bases[tier], reckoning)
    annual = _annual_points(book, year, result)
    reward = 0
    if annual is not None and book.year_ceiling is not None:
        stated = min(annual, cents(book.year_ceiling))
        annual, reward = stated, annual - stated
    return _Year(member, tier, False, reckoning, result, year, annual, reward)


def _year_points(book: RuleBook, base: Granted, reckoning: Reckoning) -> int:
    """Return the year's points; what does not come from the rounds is added to the year's awards."""
    figure = sum(reckoning.totals)
    if book.year_figure is YearFigure.MEAN:
        figure = half_up(figure, len(reckoning.totals))
    granted_awards, granted_sum = base
    awards = [*granted_awards, *reckoning.year_awards]
    figure += reckoning.bonus + granted_sum
    if reckoning.zeroed and figure:
        awards.append(_zeroing(book, figure))
        figure = 0
    reckoning.year_awards = awards
    return figure


def _year_base(book: RuleBook, tier: Tier | None) -> tuple[Award, ...]:
    awards = []
    if book.year_base:
        awards.append(granted(book.version, None, "全年基础积分", cents(book.year_base), Scope.YEAR))
    if tier is not None and tier.base:
        title = f"基础积分（{tier.title or tier.id}）"
        awards.append(granted(book.version, None, title, cents(tier.base), Scope.YEAR))
    return tuple(awards)


def _zeroing(book: RuleBook, figure: int) -> Award:
    note = f"全年积分清零：减去 {points_of(figure)} 分"
    return Award(
        AwardKind.ZEROING, None, None, "全年积分清零", book.version, None, None,
        points_of(-figure), Scope.YEAR, note,
    )  # fmt: skip


def _annual_points(book: RuleBook, year: int, result: str | None) -> int | None:
    """Return the year's points after the appraisal; None as long as a book that asks for one has none."""
    if not book.factors:
        return year
    factor = book.factors.get(result or "")
    return None if factor is None else half_up(year * cents(factor), 100_00)


def _stated(year: _Year, bands: Sequence[tuple[str, Ends]], rank: int | None) -> MemberScore:
    grade = year.appraisal if year.exempt else None
    if year.annual is not None:
        grade = next((name for name, ends in bands if within(ends, year.annual)), None)
    return MemberScore(
        member_no=year.member.number,
        tier=year.tier.id if year.tier else None,
        exempt=year.exempt,
        zeroed=year.reckoning.zeroed,
        rounds=year.reckoning.rounds,
        year_awards=tuple(year.reckoning.year_awards),
        year_points=None if year.year is None else points_of(year.year),
        appraisal=year.appraisal,
        annual_points=None if year.annual is None else points_of(year.annual),
        reward_points=None if year.reward is None else points_of(year.reward),
        grade=grade,
        rank=rank,
    )
