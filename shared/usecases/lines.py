"""Lines: reckoned from what was claimed and recorded, proposed by the committee, confirmed by the branch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.claims import Claim
from shared.db.rounds import Award as AwardRow
from shared.db.rounds import Line, Round
from shared.domain.awards import Award, RoundScore
from shared.domain.claims import ClaimState
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.lines import LINE, LineCommand, LineState
from shared.domain.rounds import RoundCommand, RoundState
from shared.usecases.books import book_of
from shared.usecases.carry_out import carry_out, step
from shared.usecases.deeds import score_year
from shared.usecases.reminders import watch
from shared.usecases.rounds import path_of

ADJUSTMENT = "adjustment"

_EDITION = text("""
UPDATE line l SET edition = l.edition + 1, by_rule = n.by_rule, points = n.points, reason = n.reason
FROM unnest(CAST(:ids AS uuid[]), CAST(:by_rule AS numeric[]), CAST(:points AS numeric[]),
            CAST(:reasons AS text[])) AS n (id, by_rule, points, reason)
WHERE l.county_id = :county AND l.id = n.id
RETURNING l.id, l.edition
""")


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of the committee's that differs from the rule's, with its reason."""

    points: Decimal
    reason: str


def propose(
    session: Session, actor: Actor, round_id: UUID, differences: Mapping[UUID, Difference], now: datetime
) -> list[Line]:
    """Put the committee's preliminary points to each line; a difference, by member, needs its reason.

    Refused as long as a claim is undecided. Excepted lines are proposed again in the same way.
    """
    round_ = hold(session, actor, Action.LINE_PROPOSE, Round, round_id)
    book = book_of(session, actor.county_id, round_.book_id)
    undecided = _count(session, round_, ClaimState.SUBMITTED)
    if undecided:
        raise NotNow(f"还有 {undecided} 项申请没有审核，不能提出初步意见。")
    if actor.member_id in differences:
        raise Forbidden("不能改动自己的积分，请由其他支委提出。")
    if differences and book.procedure.scorers:
        raise Forbidden("本单位由评议小组评分，支委会不改动分数，可以退回评分一次。")
    lines = _lines(session, round_, (LineState.OPEN, LineState.EXCEPTED))
    if set(differences) - {line.member_id for line in lines}:
        raise Invalid("只能对本期待审议的党员提出不同的分数。")
    reckon(session, round_, lines, differences)
    carry_out(session, actor, Line, [line.id for line in lines], LINE, LineCommand.PROPOSE, now)
    if round_.state != RoundState.PROPOSED:
        step(session, actor, round_, path_of(book, round_), RoundCommand.PROPOSE, now)
        watch(session, round_, now)
    return lines


def reckon(
    session: Session,
    round_: Round,
    lines: Sequence[Line],
    differences: Mapping[UUID, Difference] | None = None,
    keep: bool = False,
) -> None:
    """Compute a new edition of these lines: their figures and the awards that the figures are made of.

    `keep`: by how much the committee's figure differed from the rule's, it differs still, for the same reason.
    """
    by_member = {line.member_id: line for line in lines}
    scored = score_year(session, round_)
    entries = {member: scored.get(member) for member in by_member}
    differing = _kept(lines, entries) if keep else differences or {}
    sheets = {m: _sheet(s, differing.get(m)) for m, s in entries.items()}
    editions = session.execute(
        _EDITION,
        {
            "county": round_.county_id,
            "ids": [by_member[m].id for m in sheets],
            "by_rule": [sheet.by_rule for sheet in sheets.values()],
            "points": [sheet.points for sheet in sheets.values()],
            "reasons": [sheet.reason for sheet in sheets.values()],
        },
    ).all()
    edition_of = {line_id: edition for line_id, edition in editions}
    rows = [row for m, sheet in sheets.items() for row in _rows(by_member[m], edition_of[by_member[m].id], sheet)]
    if rows:
        session.execute(insert(AwardRow), rows)
    for line in lines:
        session.refresh(line)


@dataclass(frozen=True, slots=True)
class _Sheet:
    by_rule: Decimal
    points: Decimal
    reason: str | None
    awards: tuple[Award, ...]
    adjustment: Decimal


def _kept(lines: Sequence[Line], entries: Mapping[UUID, RoundScore | None]) -> dict[UUID, Difference]:
    kept = {}
    for line in lines:
        score = entries[line.member_id]
        if line.reason and line.points is not None and line.by_rule is not None and score is not None:
            kept[line.member_id] = Difference(score.points + line.points - line.by_rule, line.reason)
    return kept


def _sheet(score: RoundScore | None, difference: Difference | None) -> _Sheet:
    by_rule = score.points if score else Decimal("0.00")
    awards = score.awards if score else ()
    if difference is None or difference.points == by_rule:
        return _Sheet(by_rule, by_rule, None, awards, Decimal(0))
    if not difference.reason.strip():
        raise Invalid("初步意见与细则计算不一致的，要写明理由。")
    if difference.points != round(difference.points, 2):
        raise Invalid("分数最多两位小数。")
    return _Sheet(by_rule, difference.points, difference.reason, awards, difference.points - by_rule)


def _rows(line: Line, edition: int, sheet: _Sheet) -> list[dict[str, object]]:
    whose = {"county_id": line.county_id, "unit_id": line.unit_id, "line_id": line.id, "edition": edition}
    rows: list[dict[str, object]] = [
        {
            **whose,
            "id": uuid4(),
            "ordinal": ordinal,
            "kind": str(award.kind),
            "source_id": UUID(award.event_no) if award.event_no else None,
            "item": award.item,
            "clause": award.clause,
            "happened_on": award.day,
            "asked": award.asked,
            "points": award.counted,
            "scope": str(award.scope),
            "note": award.note,
        }
        for ordinal, award in enumerate(sheet.awards)
    ]
    if sheet.adjustment:
        rows.append(
            {
                **whose,
                "id": uuid4(),
                "ordinal": len(rows),
                "kind": ADJUSTMENT,
                "source_id": None,
                "item": None,
                "clause": "支委会初步意见",
                "happened_on": None,
                "asked": None,
                "points": sheet.adjustment,
                "scope": "round",
                "note": "与细则计算不同，理由见该行说明",
            }
        )
    return rows


def _lines(session: Session, round_: Round, states: Sequence[LineState]) -> list[Line]:
    chosen = select(Line).where(
        Line.county_id == round_.county_id, Line.round_id == round_.id, Line.state.in_([str(s) for s in states])
    )
    return list(session.scalars(chosen.order_by(Line.id)))


def _count(session: Session, round_: Round, state: ClaimState) -> int:
    counted = select(func.count()).select_from(Claim)
    return session.scalar(counted.filter_by(county_id=round_.county_id, round_id=round_.id, state=str(state))) or 0
