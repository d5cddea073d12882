"""Diagnoses: which row it is that keeps a notice from giving its seal's digest. The seal itself is the judge:
a row is named when putting it right makes the digest come out again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.db.verification.checks import Wrong
from shared.domain.seals import SealedAward, SealedLine, SealedYear, canonical, digest, head

_FIELDS = "{0}.id, {0}.line_id, {0}.edition, {0}.ordinal, {0}.kind, {0}.source_id, {0}.item, {0}.clause, \
{0}.happened_on, {0}.points, {0}.scope, {0}.note"
_OF_NOTICE = "n.county_id = :county AND n.notice_id = :notice"
_BOTH = "{0}.county_id = n.county_id AND {0}.line_id = n.line_id AND {0}.edition = n.edition"
_LINES = text(f"""
SELECT n.line_id, n.member_id, n.round_id, n.edition, n.points FROM notice_line n WHERE {_OF_NOTICE}
""")  # noqa: S608
_AWARDS = text(f"""
SELECT {_FIELDS.format("a")} FROM notice_line n JOIN award a ON {_BOTH.format("a")} WHERE {_OF_NOTICE}
""")  # noqa: S608
_YEARS = text(f"""
SELECT y.line_id, y.edition, y.year_points, y.factor, y.annual_points, y.reward_points, y.grade, y.rank, y.zeroed
FROM notice_line n JOIN annual_line y ON {_BOTH.format("y")} WHERE {_OF_NOTICE}
""")  # noqa: S608
_OWN_ID = text("""
SELECT id FROM notice_line WHERE county_id = :county AND notice_id = :notice AND line_id = :line
""")
# What the ledger and the lines themselves say of the same rows.
_ENTERED = text(f"""
SELECT {_FIELDS.format("e")} FROM ledger_entry e JOIN seal s ON s.county_id = e.county_id AND s.id = e.seal_id
WHERE e.county_id = :county AND s.notice_id = :notice AND e.reverses_id IS NULL
""")  # noqa: S608
_STANDING = text("""
SELECT id, member_id, round_id, edition, points FROM line WHERE county_id = :county AND notice_id = :notice
""")


class Broken(NamedTuple):
    """A seal whose digest its notice's rows do not give; `made` is the one that they give."""

    id: UUID
    unit_id: UUID
    notice_id: UUID
    seq: int
    algorithm: str
    previous: str
    digest: str
    head: str
    made: str | None
    period: str | None


@dataclass
class _Content:
    """What a notice sealed, by key, so that one row can be put right at a time."""

    notice_id: UUID
    lines: dict[UUID, SealedLine] = field(default_factory=dict)
    awards: dict[UUID, SealedAward] = field(default_factory=dict)
    years: Sequence[SealedYear] = ()

    def digest(self, algorithm: str, change: "_Change | None" = None) -> str:
        lines, awards = dict(self.lines), dict(self.awards)
        if change:
            change.put(lines, awards)
        batches = (
            ("lines", sorted(lines.values(), key=lambda line: line.line_id)),
            ("awards", sorted(awards.values(), key=lambda award: (award.line_id, award.ordinal))),
            ("years", sorted(self.years, key=lambda year: year.line_id)),
        )
        return digest(algorithm, canonical(self.notice_id, batches))


@dataclass(frozen=True, slots=True)
class _Change:
    """One row put right: `new` in the place of what stands under `key`, None to take it away."""

    table: str
    key: UUID
    new: SealedLine | SealedAward | None

    def put(self, lines: dict[UUID, SealedLine], awards: dict[UUID, SealedAward]) -> None:
        rows: dict[UUID, Any] = lines if self.table == "notice_line" else awards
        if self.new is None:
            rows.pop(self.key, None)
        else:
            rows[self.key] = self.new


def diagnose(session: Session, county_id: UUID, broken: Broken) -> tuple[Wrong, bool]:
    """Name the row that is wrong, and whether the seal confirms it."""
    if broken.made and head(broken.algorithm, broken.seq, broken.previous, broken.made) == broken.head:
        found, should = {"digest": broken.digest}, {"digest": broken.made}
        return Wrong("seal", broken.id, broken.unit_id, broken.period, None, found, should), True
    where = {"county": county_id, "notice": broken.notice_id}
    content = _read(session, where, broken.notice_id)
    twins = list(_twins(session, where, content))
    for change in (*twins, *_sums(content)):
        if content.digest(broken.algorithm, change) == broken.digest:
            return _placed(session, where, _named(broken, content, change)), True
    if twins:
        wrong = _placed(session, where, _named(broken, content, twins[0]))
        return wrong, _all_together(content, twins, broken)
    return _placed(session, where, _unnamed(broken, content)), False


def _read(session: Session, where: dict[str, UUID], notice_id: UUID) -> _Content:
    lines = [SealedLine(*row) for row in session.execute(_LINES, where)]
    awards = [SealedAward(*row) for row in session.execute(_AWARDS, where)]
    years = [SealedYear(*row) for row in session.execute(_YEARS, where)]
    by_award = {award.award_id: award for award in awards}
    return _Content(notice_id, {line.line_id: line for line in lines}, by_award, years)


def _twins(session: Session, where: dict[str, UUID], content: _Content) -> Iterator[_Change]:
    """Rows that the ledger, or the line itself, says otherwise."""
    entered = {row.id: SealedAward(*row) for row in session.execute(_ENTERED, where)}
    standing = {row.id: SealedLine(*row) for row in session.execute(_STANDING, where)}
    for key, line in standing.items():
        if content.lines.get(key) != line:
            yield _Change("notice_line", key, line)
    for key in content.lines.keys() - standing.keys() if standing else ():
        yield _Change("notice_line", key, None)
    for key, award in entered.items():
        if content.awards.get(key) != award:
            yield _Change("award", key, award)
    settled = {award.line_id for award in entered.values()}
    for key, award in content.awards.items():
        if key not in entered and award.line_id in settled:
            yield _Change("award", key, None)


def _sums(content: _Content) -> Iterator[_Change]:
    """Rows of a line whose figure is not what its awards sum to: the figure, or one of the awards."""
    for line, total in _unequal(content):
        yield _Change("notice_line", line.line_id, line._replace(points=total))
        for award in content.awards.values():
            if award.line_id == line.line_id and award.scope == "round" and line.points is not None:
                repaired = award._replace(points=award.points + line.points - total)
                yield _Change("award", award.award_id, repaired)
                yield _Change("award", award.award_id, None)


def _unequal(content: _Content) -> Iterator[tuple[SealedLine, Decimal]]:
    totals: dict[UUID, Decimal] = {}
    for award in content.awards.values():
        if award.scope == "round":
            totals[award.line_id] = totals.get(award.line_id, Decimal("0.00")) + award.points
    for line in content.lines.values():
        total = totals.get(line.line_id, Decimal("0.00"))
        if not content.years and line.points != total:
            yield line, total


def _all_together(content: _Content, twins: Sequence[_Change], broken: Broken) -> bool:
    for change in twins:
        change.put(content.lines, content.awards)
    return content.digest(broken.algorithm) == broken.digest


def _named(broken: Broken, content: _Content, change: _Change) -> Wrong:
    rows: dict[UUID, Any] = dict(content.lines if change.table == "notice_line" else content.awards)
    was = rows.get(change.key)
    line_id = next((row.line_id for row in (change.new, was) if row is not None), change.key)
    shown = content.lines.get(line_id)
    member = change.new.member_id if isinstance(change.new, SealedLine) else shown.member_id if shown else None
    found, should = (row._asdict() if row else None for row in (was, change.new))
    return Wrong(change.table, change.key, broken.unit_id, broken.period, member, found, should)


def _placed(session: Session, where: dict[str, UUID], wrong: Wrong) -> Wrong:
    """A notice's line is known by the line that it shows; give it its own id, where it has one."""
    if wrong.table != "notice_line":
        return wrong
    own = session.scalar(_OWN_ID, {**where, "line": wrong.id})
    return wrong._replace(id=own or wrong.id)


def _unnamed(broken: Broken, content: _Content) -> Wrong:
    """Nothing else knows the row: name the line that does not add up, or the notice as a whole."""
    for line, total in _unequal(content):
        return Wrong(
            "notice_line", line.line_id, broken.unit_id, broken.period, line.member_id,
            {"points": line.points}, {"points": total},
        )  # fmt: skip
    found, should = {"digest": broken.made}, {"digest": broken.digest}
    return Wrong("notice", broken.notice_id, broken.unit_id, broken.period, None, found, should)
