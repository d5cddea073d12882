"""Preliminaries: a round's lines as the committee has them before it: what was asked, by rule, what a cap cut."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, may, see
from shared.db.rounds import Round
from shared.domain.awards import RoundScore
from shared.domain.errors import NotNow
from shared.domain.lines import LineState
from shared.domain.periods import period_in_words
from shared.domain.procedures import Procedure
from shared.domain.rounds import ROUND, RoundState
from shared.domain.rules import RuleBook, Scope
from shared.usecases.books import book_of
from shared.usecases.deeds import score_year
from shared.usecases.lines import Difference, propose
from shared.usecases.meanwhile import refuse_changed

PENDING = frozenset({LineState.OPEN, LineState.EXCEPTED})

_LINES = text("""
SELECT l.id, l.member_id, l.state, l.by_rule, l.points, l.reason, m.name, m.member_no, m.person_id,
       g.name AS group_name,
       (SELECT count(*) FROM claim c WHERE c.county_id = l.county_id AND c.round_id = l.round_id
        AND c.member_id = l.member_id AND c.state IN ('accepted', 'confirmed')) AS accepted,
       (SELECT count(*) FROM claim c WHERE c.county_id = l.county_id AND c.round_id = l.round_id
        AND c.member_id = l.member_id AND c.state = 'refused') AS refused
FROM line l
JOIN member m ON m.county_id = l.county_id AND m.id = l.member_id
LEFT JOIN party_group g ON g.county_id = m.county_id AND g.id = m.group_id
WHERE l.county_id = :county AND l.round_id = :round ORDER BY m.name_sort, m.id
""")
_UNDECIDED = text("""
SELECT count(*) FROM claim c WHERE c.county_id = :county AND c.round_id = :round AND c.state = 'submitted'
""")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A member's line: points asked for, by the rule and cut by caps; `pending` while it may still be proposed."""

    line: Row[Any]
    asked: Decimal
    by_rule: Decimal
    cut: Decimal
    notes: Sequence[str]
    pending: bool

    @property
    def differs(self) -> bool:
        """Whether the committee's figure is not the rule's."""
        return self.line.points is not None and self.line.points != self.line.by_rule


@dataclass(frozen=True, slots=True)
class Table:
    """The lines of a round; `step` is what may be done with them now: propose, compile, confirm or nothing."""

    round: Round
    book: RuleBook
    proposals: Sequence[Proposal]
    undecided: int
    step: str

    @property
    def pending(self) -> Sequence[Proposal]:
        """Those that may still be proposed."""
        return [one for one in self.proposals if one.pending]


def see_proposals(session: Session, actor: Actor, round_id: UUID) -> Table:
    """Return the committee's table: pending lines by the rule as it counts now, others as they were proposed."""
    round_ = see(session, actor, Action.LINE_SEE, Round, round_id)
    book = book_of(session, actor.county_id, round_.book_id)
    of_round = {"county": actor.county_id, "round": round_.id}
    scored = score_year(session, round_)
    rows = session.execute(_LINES, of_round).all()
    return Table(
        round=round_,
        book=book,
        proposals=[_proposal(row, scored.get(row.member_id)) for row in rows],
        undecided=session.scalar(_UNDECIDED, of_round) or 0,
        step=_step(actor, round_, book.procedure, {row.state for row in rows}),
    )


def propose_as_seen(
    session: Session,
    actor: Actor,
    round_id: UUID,
    seen: tuple[int, int],
    differences: Mapping[UUID, Difference],
    now: datetime,
) -> None:
    """Propose a round's lines unless somebody else has meanwhile; `seen`: the round's stage, how many pended."""
    stage, pending = seen
    round_ = hold(session, actor, Action.LINE_PROPOSE, Round, round_id)
    refuse_changed(session, [round_], {round_id: stage}, ROUND, lambda one: f"{period_in_words(one.period)}的积分")
    if len(propose(session, actor, round_id, differences, now)) != pending:
        raise NotNow("您打开页面以后，有人已经提出过其中的几行。您的意见没有写入，请看过现在的情况再办。")


def _proposal(row: Row[Any], score: RoundScore | None) -> Proposal:
    awards = [award for award in score.awards if award.scope is Scope.ROUND] if score else []
    asked = [
        award.asked if award.counted >= 0 else -award.asked
        for award in awards
        if award.asked is not None and award.event_no
    ]
    cut = [award.asked - abs(award.counted) for award in awards if award.asked is not None and award.event_no]
    pending = LineState(row.state) in PENDING
    by_rule = score.points if score else Decimal("0.00")
    return Proposal(
        line=row,
        asked=sum(asked, Decimal(0)),
        by_rule=by_rule if pending or row.by_rule is None else row.by_rule,
        cut=sum(cut, Decimal(0)),
        notes=[award.note for award in awards if award.note],
        pending=pending,
    )


def _step(actor: Actor, round_: Round, procedure: Procedure, states: set[str]) -> str:
    stages, state = procedure.stages, round_.state
    reviewed = state == (RoundState.SCORED if procedure.scorers else RoundState.REVIEWING)
    again = state == RoundState.PROPOSED and LineState.EXCEPTED in states
    if RoundState.PROPOSED in stages:
        return "propose" if (reviewed or again) and may(actor, Action.LINE_PROPOSE, round_) else ""
    if not may(actor, Action.LINE_CONFIRM, round_):
        return ""
    return {RoundState.REVIEWING: "compile", RoundState.CONFIRMING: "confirm"}.get(RoundState(state), "")
