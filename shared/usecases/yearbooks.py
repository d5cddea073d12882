"""Yearbooks: a branch's year for its papers, read set-wise: people, lines, what each figure is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from shared.db.units import Unit, level_above
from shared.domain.errors import NotFound
from shared.domain.periods import Period
from shared.domain.rules import RuleBook
from shared.usecases.books import book_of
from shared.usecases.postings import PostedLine, lines_to_be

_ROUNDS = text("""
SELECT r.id, r.period, r.book_id, r.state FROM round r
WHERE r.county_id = :county AND r.unit_id = :unit AND r.period LIKE :year
ORDER BY length(r.period) DESC, r.first_day
""")
# Those who were in the branch at some time of the year, whether they are scored or not.
_PEOPLE = text("""
SELECT m.id, m.person_id, m.name, m.member_no, m.class AS class_, m.office, m.present_from, m.present_to,
       m.probationary, m.exempt_from, m.exempt_to, m.exempt_minute, coalesce(g.name, '') AS group_name,
       g.number AS group_number,
       c.name AS contact, coalesce(a.result, v.proposed) AS appraisal
FROM member m
LEFT JOIN party_group g ON g.county_id = m.county_id AND g.id = m.group_id
LEFT JOIN person c ON c.county_id = m.county_id AND c.id = m.contact_id
LEFT JOIN appraisal a ON a.county_id = m.county_id AND a.member_id = m.id AND a.year = :number
LEFT JOIN evaluation e ON e.county_id = m.county_id AND e.unit_id = m.unit_id AND e.year = :number
LEFT JOIN verdict v ON v.county_id = m.county_id AND v.evaluation_id = e.id AND v.member_id = m.id
     AND v.settled_at IS NOT NULL
WHERE m.county_id = :county AND m.unit_id = :unit
  AND coalesce(m.present_from, :last) <= :last AND coalesce(m.present_to, :first) >= :first
  AND (CAST(:member AS uuid) IS NULL OR m.id = CAST(:member AS uuid))
ORDER BY m.name_sort, m.name, g.number, m.member_no
""")
_LINES = text("""
SELECT l.id, l.member_id, r.book_id, r.first_day FROM line l
JOIN round r ON r.county_id = l.county_id AND r.id = l.round_id
WHERE l.county_id = :county AND l.round_id = ANY(CAST(:rounds AS uuid[]))
  AND (CAST(:member AS uuid) IS NULL OR l.member_id = CAST(:member AS uuid))
ORDER BY r.book_id, r.first_day
""")
# An award with the deed behind it: a claim of the member's, or an officer's entry; a grant or a clamp has none.
_FIGURES = text("""
SELECT a.line_id, a.kind, a.item, a.clause, a.happened_on, a.points, a.scope, a.note,
       coalesce(c.text, e.text, '') AS text, coalesce(c.decision, e.decision, '') AS decision
FROM line l
JOIN award a ON a.county_id = l.county_id AND a.line_id = l.id AND a.edition = l.edition
LEFT JOIN claim c ON c.county_id = a.county_id AND c.id = a.source_id
LEFT JOIN record e ON e.county_id = a.county_id AND e.id = a.source_id
WHERE l.county_id = :county AND l.round_id = ANY(CAST(:rounds AS uuid[]))
  AND (CAST(:member AS uuid) IS NULL OR l.member_id = CAST(:member AS uuid))
ORDER BY a.line_id, a.ordinal
""")
_SECRETARY = text("""
SELECT p.name FROM holding h JOIN person p ON p.county_id = h.county_id AND p.id = h.person_id
WHERE h.county_id = :county AND h.unit_id = :unit AND h.role = 'secretary'
  AND h.since <= :last AND coalesce(h.until, :last) >= :first ORDER BY h.since DESC LIMIT 1
""")


@dataclass(frozen=True, slots=True)
class Yearbook:
    """A branch's year, or what one member has in it; `lines` are the rounds' in order, `closing` the year's own.

    `figures` are by line; `rounds` hold every round of the year, its notice at the end among them.
    """

    unit: Unit
    above: Unit | None
    secretary: str
    book: RuleBook
    year: int
    rounds: Sequence[Row[Any]]
    people: Sequence[Row[Any]]
    lines: Mapping[UUID, Sequence[PostedLine]]
    closing: Mapping[UUID, PostedLine]
    figures: Mapping[UUID, Sequence[Row[Any]]]

    @property
    def periods(self) -> list[str]:
        """The rounds' periods in order, without the year's own."""
        return [one.period for one in self.rounds if len(one.period) > 4]

    def of(self, member_id: UUID, period: str) -> PostedLine | None:
        """Return a member's line in a round."""
        return next((line for line in self.lines.get(member_id, ()) if line.period == period), None)


def read_year(
    session: Session, county_id: UUID, unit_id: UUID, year: int, member_id: UUID | None = None
) -> Yearbook:
    """Return a branch's year in six statements, however many are in it; NotFound where it has no round.

    Nobody is asked whether they may: who calls this has seen a row of that branch through the gate.
    """
    whole = Period.parse(f"{year:04d}")
    where: dict[str, Any] = {"county": county_id, "unit": unit_id, "member": member_id, "number": year,
                             "year": f"{year:04d}%", "first": whole.first, "last": whole.last}  # fmt: skip
    rounds = session.execute(_ROUNDS, where).all()
    if not rounds:
        raise NotFound(f"{year} 年还没有积分，没有可以打印的。")
    where["rounds"] = [one.id for one in rounds]
    lines = _lines(session, where)
    figures = session.execute(_FIGURES, where).all()
    return Yearbook(
        unit=session.get_one(Unit, (county_id, unit_id)),
        above=level_above(session, county_id, unit_id),
        secretary=session.scalar(_SECRETARY, where) or "",
        book=book_of(session, county_id, rounds[-1].book_id),
        year=year,
        rounds=rounds,
        people=session.execute(_PEOPLE, where).all(),
        lines=_by_member([line for line in lines if len(line.period) > 4]),
        closing={line.member_id: line for line in lines if len(line.period) == 4},
        figures={line: list(group) for line, group in groupby(figures, lambda one: one.line_id)},
    )


def _lines(session: Session, where: Mapping[str, Any]) -> list[PostedLine]:
    found = session.execute(_LINES, where).all()
    return [
        line
        for book_id, rows in groupby(found, lambda row: row.book_id)
        for line in lines_to_be(
            session, where["county"], book_of(session, where["county"], book_id), [row.id for row in rows]
        )
    ]


def _by_member(lines: Sequence[PostedLine]) -> dict[UUID, list[PostedLine]]:
    found: dict[UUID, list[PostedLine]] = {}
    for line in sorted(lines, key=lambda one: Period.parse(one.period).first):
        found.setdefault(line.member_id, []).append(line)
    return found


def exempt_in(person: Row[Any], last: date) -> bool:
    """Whether somebody is left out of scoring on a day."""
    began = person.exempt_from is not None and person.exempt_from <= last
    return began and (person.exempt_to is None or person.exempt_to >= last)


def sums_of(line: PostedLine) -> tuple[Decimal, Decimal, Decimal]:
    """Return a line's base, gains and losses, which sum to its points."""
    return line.columns.base, line.columns.gained, line.columns.lost
