"""Verdicts: a member objects to what is published, the committee answers, and the year takes the result."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.appraisals import Evaluation, Verdict
from shared.db.ledger import Appraisal
from shared.db.members import Member
from shared.domain.appraisals import EVALUATION, EvaluationCommand, EvaluationState
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.usecases.appraisals import verdicts_of
from shared.usecases.books import book_of
from shared.usecases.carry_out import remark, step
from shared.usecases.messages import MEMBERS, Audience, tell


def object_to_verdict(session: Session, actor: Actor, verdict_id: UUID, words: str, now: datetime) -> None:
    """Object to one's own published result, once, while it is published."""
    verdict = hold(session, actor, Action.APPRAISAL_WRITE, Verdict, verdict_id)
    evaluation = hold(session, actor, Action.APPRAISAL_SEE, Evaluation, verdict.evaluation_id)
    open_ = evaluation.state == EvaluationState.PUBLISHED and evaluation.closes_at is not None
    if not open_ or evaluation.closes_at is None or now >= evaluation.closes_at:
        raise NotNow("现在不是评议结果的公示期，不能提出异议。")
    if verdict.objection is not None:
        raise NotNow("您已经提出过异议，支委会正在研究或者已经答复。")
    if not words.strip():
        raise Invalid("请写明您的意见和理由。")
    verdict.objection, verdict.objected_at = words, now
    remark(session, actor, verdict, "raise", now, note=words)
    said = f"有党员对 {evaluation.year} 年度民主评议结果提出异议，请研究答复。"
    to = Audience(roles=["secretary"], steps=[Action.APPRAISAL_PROPOSE])
    tell(session, actor, actor.unit_id, "appraisal", evaluation.id, said, to, now)


def answer_verdict(
    session: Session, actor: Actor, verdict_id: UUID, answer: str, result: str, now: datetime
) -> None:
    """Answer an objection, leaving the result or changing it; the last answer after the term settles the year."""
    verdict = hold(session, actor, Action.APPRAISAL_PROPOSE, Verdict, verdict_id)
    evaluation = hold(session, actor, Action.APPRAISAL_PROPOSE, Evaluation, verdict.evaluation_id)
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
    if evaluation.closes_at is not None and now >= evaluation.closes_at:
        _settle(session, actor, evaluation, now)


def settle_evaluation(session: Session, actor: Actor, evaluation_id: UUID, at: datetime) -> None:
    """What the clock does when the term is over: settle, unless an objection still waits for its answer."""
    evaluation = hold(session, actor, Action.APPRAISAL_SETTLE, Evaluation, evaluation_id)
    _settle(session, actor, evaluation, at)


def _settle(session: Session, actor: Actor, evaluation: Evaluation, at: datetime) -> None:
    verdicts = verdicts_of(session, evaluation)
    if any(one.objection is not None and one.answered_at is None for one in verdicts):
        return
    book = book_of(session, evaluation.county_id, evaluation.book_id)
    # What the year uses: under a book with factors everybody's, else only of whom the meeting grades.
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
        for one in verdicts
        if book.factors or (book.exemption and one.exempt)
    ]
    if rows:
        session.execute(insert(Appraisal).on_conflict_do_nothing(), rows)
    step(session, actor, evaluation, EVALUATION, EvaluationCommand.SETTLE, at)
    said = f"{evaluation.year} 年度民主评议结果已经确定。"
    tell(session, actor, evaluation.unit_id, "appraisal", evaluation.id, said, Audience(roles=[MEMBERS]), at)
