"""Restatements: every annual line made again from the ledger and the appraisals, by a second reckoning."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from shared.db.transfers import TransferStatement, statements_into
from shared.db.verification.checks import Wrong
from shared.domain.grades import grade_of
from shared.domain.rules import Kind, RuleBook, YearFigure
from shared.usecases.books import book_of

CENT = Decimal("0.01")
NOUGHT = Decimal("0.00")

# The newest edition of each annual line of a year, with its member's appraisal.
_STATED = text("""
SELECT DISTINCT ON (y.line_id) y.id, y.line_id, y.member_id, y.year, y.tier, y.zeroed, y.year_points, y.factor,
       y.annual_points, y.reward_points, y.grade, y.rank, l.member_id AS line_member, l.points AS line_points,
       l.by_rule AS line_by_rule,
       l.edition AS line_edition, y.edition, y.computed_at, r.period, a.result
FROM annual_line y JOIN line l ON l.county_id = y.county_id AND l.id = y.line_id
JOIN round r ON r.county_id = l.county_id AND r.id = l.round_id
LEFT JOIN appraisal a ON a.county_id = l.county_id AND a.member_id = l.member_id AND a.year::text = r.period
WHERE y.county_id = :county AND r.id = :round ORDER BY y.line_id, y.edition DESC
""")
_ENTRIES = text("""
SELECT l.member_id, r.id AS round_id, sum(e.points) FILTER (WHERE e.scope = 'round') AS points,
       sum(e.points) FILTER (WHERE e.scope = 'year') AS bonus,
       array_agg(e.item) FILTER (WHERE e.kind = 'event' AND t.id IS NULL) AS items
FROM line l JOIN round r ON r.county_id = l.county_id AND r.id = l.round_id
LEFT JOIN ledger_entry e ON e.county_id = l.county_id AND e.line_id = l.id
LEFT JOIN ledger_entry t ON t.county_id = e.county_id AND t.reverses_id = e.id
WHERE l.county_id = :county AND l.unit_id = :unit AND left(r.period, 4) = :year AND length(r.period) > 4
  AND (l.state = 'settled' OR e.id IS NOT NULL)
GROUP BY l.member_id, r.id
""")
_YEAR_ROUNDS = text("""
SELECT id, unit_id, book_id, period FROM round
WHERE county_id = :county AND length(period) = 4 ORDER BY unit_id, period
""")
SHOWN = ("member_id", "year", "zeroed", "year_points", "factor", "annual_points", "reward_points", "grade", "rank")


@dataclass(slots=True)
class _Earned:
    """What the ledger says of one member's year."""

    rounds: list[Decimal] = field(default_factory=list)
    bonus: Decimal = NOUGHT
    zeroed: bool = False


def wrong_year(session: Session, county_id: UUID) -> Wrong | None:
    """Return the first annual line of the county that does not follow from the ledger; None if all do."""
    return next(_wrong_years(session, county_id), None)


def _wrong_years(session: Session, county_id: UUID) -> Iterator[Wrong]:
    for round_ in session.execute(_YEAR_ROUNDS, {"county": county_id}).all():
        book = book_of(session, county_id, round_.book_id)
        where = {"county": county_id, "round": round_.id, "unit": round_.unit_id, "year": round_.period}
        earned = _earned(session, book, where)
        stated = session.execute(_STATED, where).all()
        brought = statements_into(session, county_id, round_.unit_id, int(round_.period))
        whole = {row.line_member: _whole(book, row, earned.get(row.line_member), brought) for row in stated}
        made = [(row, _restated(book, row, whole[row.line_member])) for row in stated]
        order = sorted((one["annual_points"] for _, one in made if one["annual_points"] is not None), reverse=True)
        for row, one in made:
            points = one["annual_points"]
            should = {**one, "rank": None if points is None else order.index(points) + 1}
            found = {name: getattr(row, name) for name in SHOWN}
            if found != should:
                yield Wrong("annual_line", row.id, round_.unit_id, round_.period, row.line_member, found, should)
            shown = {"points": row.line_points, "by_rule": row.line_by_rule}
            if row.edition == row.line_edition and shown != {"points": points, "by_rule": points}:
                due = {"points": points, "by_rule": points}
                yield Wrong("line", row.line_id, round_.unit_id, round_.period, row.line_member, shown, due)


def _earned(session: Session, book: RuleBook, where: Mapping[str, Any]) -> dict[UUID, _Earned]:
    zeroing = {item.id for item in book.items.values() if item.kind is Kind.ZEROING}
    earned: dict[UUID, _Earned] = {}
    for row in session.execute(_ENTRIES, where):
        one = earned.setdefault(row.member_id, _Earned())
        one.rounds.append(row.points or NOUGHT)
        one.bonus += row.bonus or NOUGHT
        one.zeroed = one.zeroed or bool(zeroing & set(row.items or ()))
    return earned


def _whole(
    book: RuleBook, row: Row[Any], own: _Earned | None, brought: Sequence[TransferStatement]
) -> _Earned | None:
    """Return the year with what had come from another branch when the line was computed, of the same book."""
    came = [one for one in brought if one.to_member_id == row.line_member and one.sealed_at <= row.computed_at]
    rounds = [one for one in came[-1].package["rounds"] if one["book"] == book.id] if came else []
    if not rounds:
        return own
    own = own or _Earned()
    zeroing = {item.id for item in book.items.values() if item.kind is Kind.ZEROING}
    return _Earned(
        [*own.rounds, *(Decimal(one["points"]) for one in rounds)],
        own.bonus + sum((Decimal(one["bonus"]) for one in rounds), NOUGHT),
        own.zeroed or any(zeroing & set(one["items"]) for one in rounds),
    )


def _restated(book: RuleBook, row: Row[Any], earned: _Earned | None) -> dict[str, Any]:
    """Return what the line should say. The tier is taken as stated: the office of that day is not kept."""
    made: dict[str, Any] = {name: None for name in SHOWN}
    made |= {"member_id": row.line_member, "year": int(row.period), "zeroed": bool(earned and earned.zeroed)}
    if book.exemption and row.year_points is None and row.tier is None:
        return made | {"grade": row.result, "zeroed": False}
    if earned is None or not earned.rounds:
        return made
    tier = next((tier.base for tier in book.tiers if tier.id == row.tier), Decimal(0))
    points = NOUGHT if earned.zeroed else _points(book, earned, tier)
    made |= {"year_points": points, "reward_points": NOUGHT}
    factor = book.factors.get(row.result or "")
    if book.factors and factor is None:
        return made
    whole = points if factor is None else _stated(points * factor / 100)
    annual = whole if book.year_ceiling is None else min(whole, _stated(book.year_ceiling))
    grade = grade_of(book.bands, annual)
    return made | {"factor": factor, "annual_points": annual, "reward_points": whole - annual, "grade": grade}


def _points(book: RuleBook, earned: _Earned, tier: Decimal) -> Decimal:
    total = sum(earned.rounds, NOUGHT)
    if book.year_figure is YearFigure.MEAN:
        total = _stated(total / len(earned.rounds))
    return _stated(total + earned.bonus + book.year_base + tier)


def _stated(points: Decimal) -> Decimal:
    return points.quantize(CENT, ROUND_HALF_UP)
