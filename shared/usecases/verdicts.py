"""Verdicts: a member objects to what is published, the committee answers, and the year takes the result."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, see
from shared.db.appraisals import Evaluation, Verdict
from shared.db.ledger import Appraisal
from shared.db.members import Member
from shared.db.notices import Notice
from shared.domain.appraisals import EVALUATION, EvaluationCommand
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.procedures import WindowKind
from shared.domain.windows import close
from shared.usecases.appraisals import verdicts_of
from shared.usecases.books import book_of
from shared.usecases.calendars import calendar
from shared.usecases.carry_out import arm, remark, step
from shared.usecases.messages import MEMBERS, Audience, tell
from shared.usecases.reminders import REMIND


def object_to_verdict(session: Session, actor: Actor, verdict_id: UUID, words: str, now: datetime) -> None:
    """Object to one's own published result, once, while its notice hangs; it holds no other's result."""
    evaluation, verdict = _held(session, actor, Action.APPRAISAL_WRITE, Action.APPRAISAL_SEE, verdict_id)
    notice = session.get(Notice, (actor.county_id, evaluation.notice_id)) if evaluation.notice_id else None
    if notice is None or verdict.settled_at or notice.closes_at is None or now >= notice.closes_at:
        raise NotNow("现在不是评议结果的公示期，不能提出异议。")
    if verdict.objection is not None:
        raise NotNow("您已经提出过异议，支委会正在研究或者已经答复。")
    if not words.strip():
        raise Invalid("请写明您的意见和理由。")
    term = book_of(session, actor.county_id, evaluation.book_id).procedure.windows[WindowKind.INVESTIGATION]
    verdict.objection, verdict.objected_at = words, now
    verdict.due_at = close(now, term, calendar(session)).closes_at
    remark(session, actor, verdict, "raise", now, note=words)
    arm(session, verdict, REMIND, verdict.due_at)
    said = f"有党员对 {evaluation.year} 年度民主评议结果提出异议，请研究答复。"
    to = Audience(roles=["secretary"], steps=[Action.APPRAISAL_PROPOSE])
    tell(session, actor, actor.unit_id, "appraisal", evaluation.id, said, to, now)


def answer_verdict(
    session: Session, actor: Actor, verdict_id: UUID, answer: str, result: str, now: datetime
) -> None:
    """Answer an objection, leaving the result or changing it; after the term this settles it at once."""
    step_ = Action.APPRAISAL_PROPOSE
    evaluation, verdict = _held(session, actor, step_, step_, verdict_id)
    if verdict.objection is None or verdict.answered_at is not None:
        raise NotNow("这一位没有待答复的异议。")
    if actor.member_id == verdict.member_id:
        raise Forbidden("对本人异议的答复，请由其他支委登记。")
    if result not in evaluation.results["of"] or not answer.strip():
        raise Invalid("请写明答复，并选定评议结果。")
    verdict.answer, verdict.answered_by, verdict.answered_at = answer, actor.person_id, now
    if result != verdict.proposed:
        verdict.proposed, verdict.reason = result, answer
    remark(session, actor, verdict, "answer", now, note=answer)
    member = session.get_one(Member, (actor.county_id, verdict.member_id))
    said = f"对您 {evaluation.year} 年度民主评议异议的答复：{answer}评议结果：{result}。"
    tell(session, actor, actor.unit_id, "appraisal", evaluation.id, said, Audience([member.person_id]), now)
    notice = session.get_one(Notice, (actor.county_id, evaluation.notice_id))
    if notice.closes_at is not None and now >= notice.closes_at:
        _settle(session, actor, evaluation, now)


def settle_results(session: Session, actor: Actor, notice: Notice, at: datetime) -> None:
    """What the clock does when a notice's window is over: settle every result to which nobody objects."""
    own = select(Evaluation.id).filter_by(county_id=notice.county_id, notice_id=notice.id)
    evaluation = hold(session, actor, Action.APPRAISAL_SETTLE, Evaluation, session.scalars(own).one())
    _settle(session, actor, evaluation, at)


def _held(
    session: Session, actor: Actor, on_verdict: Action, on_evaluation: Action, verdict_id: UUID
) -> tuple[Evaluation, Verdict]:
    """Hold the appraisal before its verdict, in the order in which the clock does."""
    verdict = see(session, actor, on_verdict, Verdict, verdict_id)
    evaluation = hold(session, actor, on_evaluation, Evaluation, verdict.evaluation_id)
    return evaluation, hold(session, actor, on_verdict, Verdict, verdict_id)


def _settle(session: Session, actor: Actor, evaluation: Evaluation, at: datetime) -> None:
    verdicts = verdicts_of(session, evaluation)
    waiting = [one for one in verdicts if one.objection is not None and one.answered_at is None]
    settled = [one for one in verdicts if one.settled_at is None and one not in waiting]
    for verdict in settled:
        verdict.settled_at = at
    _enter(session, evaluation, settled, at)
    if not waiting:
        step(session, actor, evaluation, EVALUATION, EvaluationCommand.SETTLE, at)
    others = f"，{len(waiting)} 人的异议还在办理" if waiting else ""
    said = f"{evaluation.year} 年度民主评议结果已经确定{others}。"
    tell(session, actor, evaluation.unit_id, "appraisal", evaluation.id, said, Audience(roles=[MEMBERS]), at)


def _enter(session: Session, evaluation: Evaluation, settled: Sequence[Verdict], at: datetime) -> None:
    """Enter what the year uses: under a book with factors everybody's, else only of whom the meeting grades."""
    book = book_of(session, evaluation.county_id, evaluation.book_id)
    rows = [
        {
            "county_id": one.county_id,
            "unit_id": one.unit_id,
            "member_id": one.member_id,
            "year": evaluation.year,
            "result": one.proposed,
            "minute": evaluation.minute,
            "decided_at": at,
        }
        for one in settled
        if book.factors or (book.exemption and one.exempt)
    ]
    if rows:
        session.execute(insert(Appraisal).on_conflict_do_nothing(), rows)
