"""Evaluations: a year's appraisal as the committee and as a member read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import may, require, see
from shared.db.appraisals import Evaluation, SelfReport, Verdict
from shared.db.clock import read_clock
from shared.db.members import Member
from shared.db.notices import Notice
from shared.db.units import Unit
from shared.domain.appraisals import EvaluationState, barred, warning_of
from shared.domain.errors import Forbidden, NotFound
from shared.domain.notices import NoticeKind
from shared.domain.rules import RuleBook
from shared.usecases.appraisals import members_of, verdicts_of
from shared.usecases.books import book_of
from shared.usecases.self_reports import own_report, sees_all


@dataclass(frozen=True, slots=True)
class Row:
    """One member of an appraisal; `barred` are the honours for which they may not be put forward."""

    verdict: Verdict
    member: Member
    reported: bool
    barred: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Appraised:
    """A year's appraisal. `rows` are everybody for the committee; for a member only themselves until published.

    `inside` says that the actor is of the committee; `own` is the actor's own row, where they are a member;
    `notice` is the newest over it, from its draft on.
    """

    evaluation: Evaluation
    unit: Unit
    book: RuleBook
    rows: Sequence[Row]
    own: Row | None
    report: SelfReport | None
    inside: bool
    notice: Notice | None
    now: datetime

    @property
    def results(self) -> Sequence[str]:
        """What a verdict may be, the best first."""
        results: Sequence[str] = self.evaluation.results["of"]
        return results

    @property
    def warning(self) -> str | None:
        """Whether more than a third have the best result, in words."""
        return warning_of(self.results, [row.verdict.proposed for row in self.rows if row.verdict.proposed])

    @property
    def objections(self) -> Sequence[Row]:
        """Whoever has objected and has no answer yet."""
        return [one for one in self.rows if one.verdict.objection and one.verdict.answered_at is None]

    @property
    def open(self) -> bool:
        """Whether objections are taken at this instant."""
        closes_at = self.notice.closes_at if self.notice else None
        return closes_at is not None and self.now < closes_at


def see_evaluations(session: Session, actor: Actor) -> Sequence[Evaluation]:
    """Return the unit's appraisals, newest first."""
    require(actor, Action.APPRAISAL_SEE)
    own = select(Evaluation).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    return session.scalars(own.order_by(Evaluation.year.desc())).all()


def see_evaluation(session: Session, actor: Actor, evaluation_id: UUID) -> Appraised:
    """Return an appraisal as this actor may read it."""
    evaluation = see(session, actor, Action.APPRAISAL_SEE, Evaluation, evaluation_id)
    inside = sees_all(actor)
    rows = _rows(session, evaluation)
    shown = inside or evaluation.state in {EvaluationState.PUBLISHED, EvaluationState.SETTLED}
    own = next((row for row in rows if row.member.id == actor.member_id), None)
    return Appraised(
        evaluation=evaluation,
        unit=session.get_one(Unit, (actor.county_id, evaluation.unit_id)),
        book=book_of(session, actor.county_id, evaluation.book_id),
        rows=rows if shown else [own] if own else [],
        own=own,
        report=own_report(session, actor, evaluation.year) if actor.member_id else None,
        inside=inside,
        notice=_notice(session, evaluation),
        now=read_clock(session, actor.county_id),
    )


def see_verdict(session: Session, actor: Actor, verdict_id: UUID) -> tuple[Appraised, Row]:
    """Return one member's verdict: to themselves, and to the committee."""
    verdict = session.get(Verdict, (actor.county_id, verdict_id))
    if verdict is None:
        raise NotFound("没有这一条评议结果。")
    seen = see_evaluation(session, actor, verdict.evaluation_id)
    if verdict.member_id != actor.member_id and not may(actor, Action.APPRAISAL_PROPOSE, seen.evaluation):
        raise Forbidden("这是别的同志的评议结果。")
    return seen, next(row for row in seen.rows if row.verdict.id == verdict_id)


def _notice(session: Session, evaluation: Evaluation) -> Notice | None:
    whose = {"county_id": evaluation.county_id, "unit_id": evaluation.unit_id}
    own = select(Notice).filter_by(**whose, kind=NoticeKind.APPRAISAL, period=str(evaluation.year))
    return session.scalar(own.order_by(Notice.published_at.desc().nulls_first(), Notice.id).limit(1))


def _rows(session: Session, evaluation: Evaluation) -> list[Row]:
    verdicts = {one.member_id: one for one in verdicts_of(session, evaluation)}
    written = select(SelfReport.member_id).filter_by(county_id=evaluation.county_id, unit_id=evaluation.unit_id)
    reported = set(session.scalars(written.filter_by(year=evaluation.year)))
    bars = _bars(session, evaluation, verdicts)
    return [
        Row(verdicts[who], member, who in reported, bars.get(str(who), ()))
        for who, member in members_of(session, evaluation).items()
    ]


def _bars(
    session: Session, evaluation: Evaluation, verdicts: Mapping[UUID, Verdict]
) -> Mapping[str, tuple[str, ...]]:
    book = book_of(session, evaluation.county_id, evaluation.book_id)
    figures = {str(who): one.points for who, one in verdicts.items() if one.points is not None}
    return barred(book, figures)
