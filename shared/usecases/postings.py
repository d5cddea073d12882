"""Postings: one notice as it hangs, row by row as it was sealed, with its corrections and its proof."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, select, text
from sqlalchemy.orm import Session

from shared.db.attestations import attested
from shared.db.clock import read_clock
from shared.db.notices import Notice, Seal
from shared.db.rounds import Round
from shared.db.units import unit_on
from shared.domain.attestations import Attested
from shared.domain.boards import Columns, Shown, columns, told_apart
from shared.domain.notices import NoticeKind
from shared.domain.rules import Kind, RuleBook
from shared.domain.seals import FIRST, digest, head
from shared.domain.windows import local_day
from shared.usecases.appraisal_notices import PostedResult, evaluation_of, results_of_notice
from shared.usecases.books import book_of
from shared.usecases.seals import content_of

# What a notice shows as it was sealed, and what these lines would show if they hung now.
_POSTED = """
SELECT county_id, notice_id, line_id, round_id, member_id, edition, points, reason
FROM notice_line WHERE county_id = :county AND notice_id = :notice
"""
_TO_BE = """
SELECT county_id, CAST(NULL AS uuid) AS notice_id, id AS line_id, round_id, member_id, edition, points, reason
FROM line WHERE county_id = :county AND id = ANY(CAST(:lines AS uuid[]))
"""
_LINES = """
WITH n AS ({shown})
SELECT n.line_id, n.member_id, n.points, n.reason, r.period, m.name, coalesce(g.name, '') AS group_name,
       l.state, later.code AS later, o.numbers AS objections,
       y.year_points, y.factor, y.annual_points, y.reward_points, y.grade
FROM n
JOIN round r ON r.county_id = n.county_id AND r.id = n.round_id
JOIN member m ON m.county_id = n.county_id AND m.id = n.member_id
JOIN line l ON l.county_id = n.county_id AND l.id = n.line_id
LEFT JOIN party_group g ON g.county_id = m.county_id AND g.id = m.group_id
LEFT JOIN notice later ON later.county_id = l.county_id AND later.id = l.notice_id AND later.id <> n.notice_id
     AND later.kind = 'correction'
LEFT JOIN annual_line y ON y.county_id = n.county_id AND y.line_id = n.line_id AND y.edition = n.edition
LEFT JOIN LATERAL (SELECT string_agg(o.number, '、' ORDER BY o.number) AS numbers FROM objection o
                   WHERE o.county_id = n.county_id AND o.line_id = n.line_id AND o.state <> 'closed') o ON true
ORDER BY m.name_sort, m.name, g.number, m.member_no, r.period
"""
_AWARDS = """
WITH n AS ({shown})
SELECT a.line_id, a.kind, a.item, a.clause, a.points, a.scope
FROM n JOIN award a ON a.county_id = n.county_id AND a.line_id = n.line_id AND a.edition = n.edition
ORDER BY a.line_id, a.ordinal
"""
_OF_NOTICE = (text(_LINES.format(shown=_POSTED)), text(_AWARDS.format(shown=_POSTED)))
_OF_LINES = (text(_LINES.format(shown=_TO_BE)), text(_AWARDS.format(shown=_TO_BE)))
_CORRECTIONS = text("""
SELECT c.code, c.published_at, m.name, coalesce(g.name, '') AS group_name, old.points AS before, n.points AS after,
       (SELECT h.note FROM history h WHERE h.county_id = n.county_id AND h.subject_id = n.line_id
          AND h.command = 'amend' AND h.at <= c.published_at ORDER BY h.at DESC LIMIT 1) AS why
FROM notice_line old
JOIN notice_line n ON n.county_id = old.county_id AND n.line_id = old.line_id AND n.edition > old.edition
JOIN notice c ON c.county_id = n.county_id AND c.id = n.notice_id AND c.published_at IS NOT NULL
JOIN member m ON m.county_id = n.county_id AND m.id = n.member_id
LEFT JOIN party_group g ON g.county_id = m.county_id AND g.id = m.group_id
WHERE old.county_id = :county AND old.notice_id = :notice ORDER BY c.published_at, m.name_sort
""")
_OBJECTIONS = text("""
SELECT count(*) AS received, count(*) FILTER (WHERE state = 'closed') AS closed
FROM objection WHERE county_id = :county AND notice_id = :notice
""")


@dataclass(frozen=True, slots=True)
class PostedLine:
    """One member's row. `state` is the line's now, `later` the code of the notice that replaced this row.

    `objections` are the numbers of those that are open; `apart` tells people of one name apart, as `told_apart`
    gives it; `year` is the annual line in a year's notice.
    """

    ordinal: int
    line_id: UUID
    member_id: UUID
    name: str
    group: str
    apart: str | None
    period: str
    columns: Columns
    points: Decimal | None
    reason: str | None
    state: str
    objections: str | None
    later: str | None
    year: Any


@dataclass(frozen=True, slots=True)
class Proof:
    """A notice's seal, and whether what the database holds now still gives it."""

    seal: Seal
    digest_now: str
    agrees: bool
    chained: bool


@dataclass(frozen=True, slots=True)
class Posting:
    """A notice with everything that hangs beside it; `spans` counts the rounds that it covers.

    A notice over an appraisal has `results` instead of lines.

    `unit_name` is what the branch was called on the day of the posting.
    """

    notice: Notice
    book: RuleBook
    lines: tuple[PostedLine, ...]
    spans: int
    corrections: tuple[Any, ...]
    received: int
    closed: int
    unit_name: str
    results: tuple[PostedResult, ...] = ()
    attested: tuple[Attested, ...] = ()


def posting_of(session: Session, notice: Notice) -> Posting:
    """Return a published notice as it was sealed: its own editions, whatever has been corrected since."""
    where = {"county": notice.county_id, "notice": notice.id}
    book = book_behind(session, notice)
    lines = tuple(_lines(session, book, _OF_NOTICE, where))
    objections = session.execute(_OBJECTIONS, where).one()
    results = results_of_notice(session, notice)
    return Posting(
        notice=notice,
        book=book,
        lines=lines,
        spans=len({line.period for line in lines}),
        corrections=tuple(session.execute(_CORRECTIONS, where)),
        received=objections.received + sum(one.objected_at is not None for one in results),
        closed=objections.closed + sum(one.answered_at is not None for one in results),
        unit_name=_name(session, notice),
        results=results,
        attested=attested(session, notice.county_id, notice.id),
    )


def _name(session: Session, notice: Notice) -> str:
    """Return what the branch was called on the day of the posting: what hangs is not signed anew."""
    day = local_day(notice.published_at or read_clock(session, notice.county_id))
    then = unit_on(session, notice.county_id, notice.unit_id, day)
    return then.name if then else ""


def lines_to_be(
    session: Session, county_id: UUID, book: RuleBook, line_ids: Sequence[UUID]
) -> tuple[PostedLine, ...]:
    """Return lines as they would hang now, in a board's order: for who reads them out, or approves them."""
    return tuple(_lines(session, book, _OF_LINES, {"county": county_id, "lines": list(line_ids)}))


def book_behind(session: Session, notice: Notice) -> RuleBook:
    """Return the version of the book under which a notice's rounds, or its appraisal, run."""
    if notice.kind == NoticeKind.APPRAISAL:
        return book_of(session, notice.county_id, evaluation_of(session, notice).book_id)
    chosen = select(Round.book_id).filter_by(county_id=notice.county_id, unit_id=notice.unit_id)
    of_notice = chosen.where((Round.notice_period == notice.period) | (Round.filing_period == notice.period))
    return book_of(session, notice.county_id, session.scalars(of_notice.limit(1)).one())


def proof_of(session: Session, notice: Notice) -> Proof:
    """Digest the rows again as they are at this moment, and look at the link to the seal before."""
    seal = session.scalars(select(Seal).filter_by(county_id=notice.county_id, notice_id=notice.id)).one()
    now = digest(seal.algorithm, content_of(session, notice.county_id, notice.id))
    before = select(Seal.head).filter_by(county_id=seal.county_id, unit_id=seal.unit_id, seq=seal.seq - 1)
    previous = session.scalar(before) if seal.seq > 1 else FIRST
    linked = head(seal.algorithm, seal.seq, seal.previous, seal.digest) == seal.head
    return Proof(seal, now, now == seal.digest, linked and previous == seal.previous)


def _lines(
    session: Session, book: RuleBook, queries: tuple[TextClause, TextClause], where: dict[str, Any]
) -> Iterator[PostedLine]:
    rows, awards = (session.execute(query, where).all() for query in queries)
    of_line = {line: [_shown(book, a) for a in group] for line, group in groupby(awards, lambda a: a.line_id)}
    people = list({row.member_id: (row.name, row.group_name) for row in rows}.items())
    same = dict(zip([who for who, _ in people], told_apart([named for _, named in people]), strict=True))
    number = {who: place for place, (who, _) in enumerate(people, 1)}
    for row in rows:
        yield PostedLine(
            ordinal=number[row.member_id],
            line_id=row.line_id,
            member_id=row.member_id,
            name=row.name,
            group=row.group_name,
            apart=same[row.member_id],
            period=row.period,
            columns=columns(of_line.get(row.line_id, ())),
            points=row.points,
            reason=row.reason,
            state=row.state,
            objections=row.objections,
            later=row.later,
            year=row if len(row.period) == 4 else None,
        )


def _shown(book: RuleBook, award: Any) -> Shown:
    item = book.items.get(award.item or "")
    zeroes = item is not None and item.kind is Kind.ZEROING
    return Shown(award.kind, award.clause, award.points, award.scope, zeroes)
