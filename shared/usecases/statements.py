"""Statements: a member's points, each figure down to the deed, the clause, who proposed and who decided it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import see
from shared.db.balances import Balance, balances_of
from shared.db.clock import read_clock
from shared.db.members import Member
from shared.db.units import Group, Unit
from shared.domain.rules import RuleBook
from shared.domain.transfers import Carried
from shared.domain.windows import local_day
from shared.usecases.books import book_of
from shared.usecases.transfer_statements import came_with

_LINES = text("""
SELECT l.id, l.state, l.edition, l.by_rule, l.points, l.reason, r.id AS round_id, r.period, r.book_id,
       r.state AS round_state, r.first_day
FROM line l JOIN round r ON r.county_id = l.county_id AND r.id = l.round_id
WHERE l.county_id = :county AND l.member_id = :member ORDER BY r.first_day, r.last_day
""")
_AWARDS = text("""
SELECT a.* FROM line l JOIN award a ON a.county_id = l.county_id AND a.line_id = l.id AND a.edition = l.edition
WHERE l.county_id = :county AND l.member_id = :member ORDER BY a.line_id, a.ordinal
""")
# A deed is a claim of the member's or an officer's entry; refused and struck ones are told as well.
_DEEDS = text("""
SELECT c.id, 'claim' AS kind, c.round_id, c.number, c.item, c.happened_on, c.points, c.text, c.state, c.decision,
       c.refused_by, c.reason, c.minute, CAST(NULL AS text) AS origin
FROM claim c WHERE c.county_id = :county AND c.member_id = :member AND c.state <> 'draft'
UNION ALL
SELECT e.id, 'record', e.round_id, '', e.item, e.happened_on, e.points, e.text,
       CASE WHEN e.struck_at IS NULL THEN 'entered' ELSE 'struck' END, e.decision, NULL, e.struck_reason, NULL,
       e.origin
FROM record e WHERE e.county_id = :county AND e.member_id = :member
ORDER BY happened_on, id
""")
_STEPS = text("""
SELECT h.subject_id, h.subject_kind, h.command, h.actor_name, h.role, h.note, h.at FROM history h
WHERE h.county_id = :county AND h.subject_id = ANY(CAST(:subjects AS uuid[]))
ORDER BY h.subject_id, h.at, h.recorded_at
""")
_POSTED = text("""
SELECT n.line_id, n.edition, n.points, t.code, t.title, t.kind, t.published_at, t.last_day, s.seq, s.head
FROM notice_line n
JOIN notice t ON t.county_id = n.county_id AND t.id = n.notice_id
JOIN seal s ON s.county_id = t.county_id AND s.notice_id = t.id
WHERE n.county_id = :county AND n.member_id = :member ORDER BY n.line_id, t.published_at
""")
_VOTES = text("""
SELECT v.round_id, v.line_id, v.in_favour, v.against, v.abstained, v.passed, m.minute, m.subject, m.opened_at
FROM vote v JOIN meeting m ON m.county_id = v.county_id AND m.id = v.meeting_id
WHERE v.county_id = :county AND v.round_id = ANY(CAST(:rounds AS uuid[])) ORDER BY m.opened_at
""")
_ENTRIES = text("""
SELECT e.line_id, e.kind, e.item, e.clause, e.happened_on, e.points, e.scope, e.note, e.reverses_id, e.recorded_at,
       r.period, s.seq, n.code
FROM ledger_entry e
JOIN round r ON r.county_id = e.county_id AND r.id = e.round_id
JOIN seal s ON s.county_id = e.county_id AND s.id = e.seal_id
JOIN notice n ON n.county_id = s.county_id AND n.id = s.notice_id
WHERE e.county_id = :county AND e.member_id = :member
ORDER BY r.first_day, e.recorded_at, e.reverses_id IS NULL, e.edition, e.ordinal
""")
_OBJECTIONS = text("""
SELECT o.line_id, o.number, o.state, o.outcome, o.handed_in_at, o.due_at, o.answered_at
FROM objection o JOIN line l ON l.county_id = o.county_id AND l.id = o.line_id
WHERE o.county_id = :county AND l.member_id = :member ORDER BY o.line_id, o.handed_in_at
""")
_YEARS = text("""
SELECT y.*, a.result, a.minute FROM line l
JOIN annual_line y ON y.county_id = l.county_id AND y.line_id = l.id AND y.edition = l.edition
LEFT JOIN appraisal a ON a.county_id = y.county_id AND a.member_id = y.member_id AND a.year = y.year
WHERE l.county_id = :county AND l.member_id = :member ORDER BY y.year
""")

Rows = Sequence[Row[Any]]


@dataclass(frozen=True, slots=True)
class Deed:
    """A claim or an officer's entry with its steps in order."""

    row: Row[Any]
    steps: Rows


@dataclass(frozen=True, slots=True)
class Figure:
    """An award with the deed that it comes from; a grant, a clamp or an adjustment has none."""

    award: Row[Any]
    deed: Deed | None


@dataclass(frozen=True, slots=True)
class RoundStatement:
    """A member's line with everything that led to its figure.

    `figures` of scope round sum to the line's points; `uncounted` are deeds that were refused, struck, or wait.
    """

    line: Row[Any]
    book: RuleBook
    figures: tuple[Figure, ...]
    uncounted: tuple[Deed, ...]
    steps: Rows
    posted: Rows
    votes: Rows
    objections: Rows

    @property
    def in_round(self) -> tuple[Figure, ...]:
        """Figures that make the round's points."""
        return tuple(figure for figure in self.figures if figure.award.scope == "round")

    @property
    def for_year(self) -> tuple[Figure, ...]:
        """Figures that count once, for the year."""
        return tuple(figure for figure in self.figures if figure.award.scope == "year")


@dataclass(frozen=True, slots=True)
class Statement:
    """A member's statement at an instant; `balance` is the sum of all entries of scope round.

    `brought` is what came along this year from the branch where they were before.
    """

    member: Member
    unit: Unit
    group: Group | None
    now: datetime
    rounds: tuple[RoundStatement, ...]
    years: Rows
    entries: Rows
    balance: Decimal
    brought: Carried | None = None
    balances: Sequence[Balance] = ()


def see_statement(session: Session, actor: Actor, member_id: UUID) -> Statement:
    """Return a member's statement: theirs, the discipline committee member's, or a demonstration's visitor's."""
    member = see(session, actor, Action.STATEMENT_SEE, Member, member_id)
    where = {"county": member.county_id, "member": member.id}
    entries = session.execute(_ENTRIES, where).all()
    now = read_clock(session, member.county_id)
    return Statement(
        member=member,
        unit=session.get_one(Unit, (member.county_id, member.unit_id)),
        group=session.get(Group, (member.county_id, member.group_id)) if member.group_id else None,
        now=now,
        rounds=tuple(_rounds(session, where)),
        years=session.execute(_YEARS, where).all(),
        entries=entries,
        balance=sum((entry.points for entry in entries if entry.scope == "round"), Decimal("0.00")),
        brought=came_with(session, member.county_id, member.unit_id, local_day(now).year).get(member.id),
        balances=balances_of(session, member.county_id, [member.id]),
    )


def _rounds(session: Session, where: Mapping[str, Any]) -> list[RoundStatement]:
    lines = [line for line in session.execute(_LINES, where).all() if len(line.period) > 4]
    awards = _by_line(session, _AWARDS, where)
    posted = _by_line(session, _POSTED, where)
    objections = _by_line(session, _OBJECTIONS, where)
    votes = session.execute(_VOTES, {**where, "rounds": [line.round_id for line in lines]}).all()
    deeds, steps = _deeds(session, where, [line.id for line in lines])
    return [
        RoundStatement(
            line=line,
            book=book_of(session, where["county"], line.book_id),
            figures=tuple(Figure(award, deeds.get(award.source_id)) for award in awards.get(line.id, ())),
            uncounted=tuple(_uncounted(line, deeds, awards.get(line.id, ()))),
            steps=steps.get(line.id, ()),
            posted=posted.get(line.id, ()),
            votes=[vote for vote in votes if vote.round_id == line.round_id and vote.line_id in {None, line.id}],
            objections=objections.get(line.id, ()),
        )
        for line in lines
    ]


def _deeds(
    session: Session, where: Mapping[str, Any], lines: Sequence[UUID]
) -> tuple[dict[UUID, Deed], dict[UUID, Rows]]:
    """Return the deeds by their ids, and the steps of everything asked for by subject."""
    rows = session.execute(_DEEDS, where).all()
    subjects = [*(row.id for row in rows), *lines]
    found = session.execute(_STEPS, {**where, "subjects": subjects}).all()
    steps: dict[UUID, Rows] = {who: list(group) for who, group in groupby(found, lambda step: step.subject_id)}
    return {row.id: Deed(row, steps.get(row.id, ())) for row in rows}, steps


def _uncounted(line: Row[Any], deeds: Mapping[UUID, Deed], awards: Rows) -> list[Deed]:
    counted = {award.source_id for award in awards}
    return [deed for deed in deeds.values() if deed.row.round_id == line.round_id and deed.row.id not in counted]


def _by_line(session: Session, query: TextClause, where: Mapping[str, Any]) -> dict[UUID, Rows]:
    rows = session.execute(query, where).all()
    return {line: list(group) for line, group in groupby(rows, lambda row: row.line_id)}
