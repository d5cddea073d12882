"""Agendas: a round's steps by the stages of its own book, each with where it stands and how much is left of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require, see
from shared.db.clock import read_clock
from shared.db.rounds import Round
from shared.domain.procedures import MeetingMode, Procedure
from shared.domain.rounds import YEAR_PATH, RoundState
from shared.domain.rules import RuleBook
from shared.usecases.books import book_of

_COUNTS = text("""
SELECT (SELECT count(*) FROM claim c WHERE c.county_id = :county AND c.round_id = :round
        AND c.state NOT IN ('draft', 'withdrawn')) AS claimed,
       (SELECT count(*) FROM claim c WHERE c.county_id = :county AND c.round_id = :round
        AND c.state = 'submitted') AS undecided,
       (SELECT count(*) FROM claim c WHERE c.county_id = :county AND c.round_id = :round AND c.state = 'submitted'
        AND NOT EXISTS (SELECT FROM opinion o WHERE o.county_id = c.county_id AND o.claim_id = c.id)) AS unopined,
       (SELECT count(*) FROM claim c JOIN word w ON w.county_id = c.county_id AND w.claim_id = c.id
        WHERE c.county_id = :county AND c.round_id = :round AND c.state = 'submitted'
          AND w.given_at IS NULL) AS unworded,
       (SELECT count(*) FROM record e WHERE e.county_id = :county AND e.round_id = :round
        AND e.struck_at IS NULL) AS records
""")
_LINES = text("""
SELECT count(*) AS lines, count(*) FILTER (WHERE l.state = 'settled') AS settled,
       count(*) FILTER (WHERE l.state = 'excepted') AS excepted,
       count(*) FILTER (WHERE l.points IS NULL) AS unreckoned,
       count(*) FILTER (WHERE l.state = 'held') AS held
FROM line l WHERE l.county_id = :county AND l.round_id = :round
""")
_NOTICE = text("""
SELECT n.id, n.state, n.closes_at FROM notice n
WHERE n.county_id = :county AND n.unit_id = :unit AND n.period = :period
  AND n.kind NOT IN ('correction', 'appraisal')
ORDER BY n.published_at DESC NULLS FIRST LIMIT 1
""")
_FILING = text("""
SELECT f.id, f.state, f.due_at FROM filing f
WHERE f.county_id = :county AND f.unit_id = :unit AND f.period = :period ORDER BY f.number DESC LIMIT 1
""")
_REMIND = text("""
SELECT min(d.due_at) FROM deadline d WHERE d.county_id = :county AND d.subject_id = :round
AND d.stage = :stage AND d.command = 'remind' AND d.rung = 0
""")

S = RoundState


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a round: "done", "now" or "later"; how many are left, how many there were, and until when.

    `subject_id` is what the step is taken with, where that is not the round itself.
    """

    kind: str
    when: str
    left: int = 0
    number: int = 0
    due_at: datetime | None = None
    subject_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Agenda:
    """A round with its book and its steps in order."""

    round: Round
    book: RuleBook
    now: datetime
    steps: Sequence[Step]


def see_rounds(session: Session, actor: Actor) -> Sequence[Round]:
    """Return the acting unit's rounds, newest first."""
    require(actor, Action.ROUND_SEE)
    own = select(Round).where(Round.county_id == actor.county_id, Round.unit_id == actor.unit_id)
    return session.scalars(own.order_by(Round.first_day.desc(), Round.period)).all()


def see_agenda(session: Session, actor: Actor, round_id: UUID) -> Agenda:
    """Return a round's steps, by the stages of the book under which it began."""
    round_ = see(session, actor, Action.ROUND_SEE, Round, round_id)
    book = book_of(session, actor.county_id, round_.book_id)
    of_round = {"county": actor.county_id, "round": round_.id, "stage": round_.stage}
    of_unit = {"county": actor.county_id, "unit": round_.unit_id}
    known = _Known(
        round_,
        book.procedure,
        stages=YEAR_PATH if len(round_.period) == 4 else book.procedure.stages,
        counts=session.execute(_COUNTS, of_round).one(),
        lines=session.execute(_LINES, of_round).one(),
        notice=session.execute(_NOTICE, {**of_unit, "period": round_.notice_period}).first(),
        filing=session.execute(_FILING, {**of_unit, "period": round_.filing_period}).first(),
        due_at=session.scalar(_REMIND, of_round),
    )
    return Agenda(round_, book, read_clock(session, actor.county_id), tuple(known.steps()))


@dataclass(frozen=True, slots=True)
class _Known:
    round: Round
    procedure: Procedure
    stages: Sequence[RoundState]
    counts: Row[Any]
    lines: Row[Any]
    notice: Row[Any] | None
    filing: Row[Any] | None
    due_at: datetime | None

    def steps(self) -> Iterable[Step]:
        if S.COLLECTING in self.stages:
            yield from self._gathering()
        yield from self._judging()
        yield from self._publishing()

    def _gathering(self) -> Iterable[Step]:
        counts, closes = self.counts, self.round.claims_close_at
        open_ = not self._past(S.COLLECTING)
        yield Step("collect", "now" if open_ else "done", number=counts.claimed, due_at=closes if open_ else None)
        yield Step("record", "done" if self._past(S.REVIEWING) else "now", number=counts.records)
        if self.procedure.opinions:
            yield Step("opinion", self._emptied(counts.unopined), left=counts.unopined)
        if self.procedure.words:
            yield Step("word", self._emptied(counts.unworded), left=counts.unworded)
        kind = "score" if self.procedure.scorers else "decide"
        yield Step(kind, self._emptied(counts.undecided), left=counts.undecided)

    def _judging(self) -> Iterable[Step]:
        lines = self.lines
        if S.PROPOSED in self.stages:
            again = self.round.state == S.PROPOSED and lines.excepted
            when = self._between(S.REVIEWING, S.PROPOSED)
            yield Step(
                "propose", "now" if again else when, left=lines.excepted, due_at=self._due(S.REVIEWING, S.SCORED)
            )
        elif S.COLLECTING in self.stages:
            when = self._between(S.REVIEWING, S.PUBLISHED)
            done = when == "now" and not lines.unreckoned
            yield Step("compile", "done" if done else when, due_at=self._due(S.REVIEWING))
        if S.PASSED in self.stages:
            yield Step("meet", self._between(S.PROPOSED, S.PASSED), due_at=self._due(S.PROPOSED))
        elif self.procedure.meeting is MeetingMode.HEARS and S.PROPOSED in self.stages:
            yield Step("hear", self._between(S.PROPOSED, S.SETTLED))

    def _publishing(self) -> Iterable[Step]:
        before = self.stages[self.stages.index(S.PUBLISHED) - 1]
        closes = self.notice.closes_at if self.notice else None
        notice = self.notice.id if self.notice else None
        yield Step("publish", self._between(before, S.PUBLISHED), due_at=self._due(before), subject_id=notice)
        if S.CONFIRMING in self.stages:
            due = self._due(S.CONFIRMING)
            yield Step(
                "confirm", self._between(S.CONFIRMING, S.REPUBLISHED), left=self.counts.undecided, due_at=due
            )
        hanging = S.REPUBLISHED if S.REPUBLISHED in self.stages else S.PUBLISHED
        when = self._between(hanging, S.SETTLED)
        left = self.lines.lines - self.lines.settled if when == "now" else 0
        yield Step("settle", when, left=left, due_at=closes if when == "now" else None)
        filed = self.filing
        yield Step(
            "file",
            self._between(S.SETTLED, S.FILED),
            due_at=filed.due_at if filed and self.round.state == S.SETTLED else None,
            subject_id=filed.id if filed else None,
        )

    def _place(self, state: str) -> int:
        return self.stages.index(S(state))

    def _past(self, state: RoundState) -> bool:
        return self._place(self.round.state) > self._place(state)

    def _between(self, start: RoundState, end: RoundState) -> str:
        """Say where a step stands that begins at one state and is done at another."""
        here = self._place(self.round.state)
        if here >= self._place(end):
            return "done"
        return "now" if here >= self._place(start) else "later"

    def _emptied(self, left: int) -> str:
        """Say where a step stands that goes on as long as claims come in."""
        return "now" if left or not self._past(S.COLLECTING) else "done"

    def _due(self, *states: RoundState) -> datetime | None:
        return self.due_at if self.round.state in states else None
