"""The year's appraisal: opened, voted in secret, proposed with reasons; a notice then shows the results."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require
from shared.db.appraisals import Evaluation, Verdict
from shared.db.ballots import Ballot
from shared.db.members import Member
from shared.db.notices import Notice
from shared.db.rules import book_for
from shared.domain.appraisals import (
    EVALUATION,
    EvaluationCommand,
    EvaluationState,
    Proposal,
    Standpoint,
    faults_of,
    leaning,
    part_of_year,
    results_of,
)
from shared.domain.ballots import Purpose, why
from shared.domain.errors import Invalid, NotNow
from shared.domain.grades import grade_of
from shared.domain.notices import NoticeKind, NoticeState
from shared.domain.windows import local_day
from shared.usecases.books import book_of
from shared.usecases.carry_out import remark, step
from shared.usecases.messages import MEMBERS, Audience, tell
from shared.usecases.urns import Question, count_ballot, open_ballot
from shared.usecases.years import reckon_year

# Whoever was in the branch on any day of the year: who came or left within it is on the list, with the day.
_MEMBERS = text("""
SELECT m.id FROM member m WHERE m.county_id = :county AND m.unit_id = :unit
  AND coalesce(m.present_from, :last) <= :last AND coalesce(m.present_to, :first) >= :first
ORDER BY m.name_sort, m.id
""")


def open_evaluation(session: Session, actor: Actor, year: int, reports_until: date, now: datetime) -> Evaluation:
    """Begin a year's appraisal: everybody is asked for their own summary until a day."""
    require(actor, Action.APPRAISAL_RUN)
    issued = book_for(session, actor.county_id, actor.unit_id, date(year, 12, 31))
    if issued is None:
        raise NotNow(f"{year} 年本单位没有施行的积分细则。")
    if reports_until < local_day(now):
        raise Invalid("个人总结的截止日期已经过去，请填今天或以后。")
    same = select(Evaluation.id).filter_by(county_id=actor.county_id, unit_id=actor.unit_id, year=year)
    if session.scalar(same) is not None:
        raise NotNow(f"{year} 年度民主评议已经开始。")
    book = book_of(session, actor.county_id, issued.id)
    evaluation = Evaluation(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        book_id=issued.id,
        year=year,
        results={"of": list(results_of(book))},
        reports_until=reports_until,
        opened_at=now,
        state=EvaluationState.GATHERING,
        stage=0,
    )
    session.add(evaluation)
    session.flush()
    _enter_members(session, actor, evaluation)
    remark(session, actor, evaluation, "open", now)
    said = f"{year} 年度民主评议开始了，请写个人年度总结，{reports_until.month}月{reports_until.day}日前交。"
    tell(session, actor, actor.unit_id, "appraisal", evaluation.id, said, Audience(roles=[MEMBERS]), now)
    return evaluation


def begin_vote(
    session: Session,
    actor: Actor,
    secret: bytes,
    evaluation_id: UUID,
    purpose: Purpose,
    closes_at: datetime,
    now: datetime,
) -> Ballot:
    """Open the members' mutual assessment, or the ballot that counts; both secret, in the book's results."""
    evaluation = hold(session, actor, Action.APPRAISAL_RUN, Evaluation, evaluation_id)
    mutual = purpose is Purpose.MUTUAL
    if mutual and (evaluation.state != EvaluationState.GATHERING or evaluation.mutual_id is not None):
        raise NotNow("党员互评在民主测评以前进行，一年一次。")
    members = [(one.id, one.name) for one in members_of(session, evaluation).values()]
    title = f"{evaluation.year} 年度{'党员互评' if mutual else '民主测评'}"
    question = Question(purpose, title, members, evaluation.results["of"])
    ballot = open_ballot(session, actor, secret, question, closes_at, now)
    if mutual:
        evaluation.mutual_id = ballot.id
        remark(session, actor, evaluation, "mutual", now)
    else:
        evaluation.ballot_id = ballot.id
        step(session, actor, evaluation, EVALUATION, EvaluationCommand.VOTE, now)
    return ballot


def count_vote(session: Session, actor: Actor, secret: bytes, ballot_id: UUID, now: datetime) -> None:
    """Count an appraisal's ballot into its verdicts; the one that counts brings the year's figures along."""
    own = select(Evaluation.id).where(
        (Evaluation.ballot_id == ballot_id) | (Evaluation.mutual_id == ballot_id),
        Evaluation.county_id == actor.county_id,
    )
    evaluation = hold(session, actor, Action.BALLOT_COUNT, Evaluation, session.scalars(own).one())
    ballot = count_ballot(session, actor, secret, ballot_id, now)
    counts: dict[str, Any] = ballot.result or {}
    if ballot.id == evaluation.mutual_id:
        for verdict in verdicts_of(session, evaluation):
            verdict.mutual = counts.get(str(verdict.member_id))
        return
    evaluation.due, evaluation.cast_votes = ballot.due, ballot.cast_votes or 0
    _enter_figures(session, evaluation, counts)
    note = why(evaluation.due, evaluation.cast_votes)
    step(session, actor, evaluation, EVALUATION, EvaluationCommand.COUNT, now, note=note)


def repeat_vote(session: Session, actor: Actor, evaluation_id: UUID, now: datetime) -> None:
    """Go back to before the vote where too few have voted; the next vote is a new one."""
    evaluation = hold(session, actor, Action.APPRAISAL_RUN, Evaluation, evaluation_id)
    if 2 * evaluation.cast_votes >= evaluation.due:
        raise NotNow("这次测评有效，不能重来。")
    step(session, actor, evaluation, EVALUATION, EvaluationCommand.REPEAT, now)


def propose_results(
    session: Session,
    actor: Actor,
    evaluation_id: UUID,
    proposals: Mapping[UUID, Proposal],
    minute: str,
    now: datetime,
) -> None:
    """Propose a result for everybody, with a reason wherever it differs from the points' band or the ballot."""
    evaluation = hold(session, actor, Action.APPRAISAL_PROPOSE, Evaluation, evaluation_id)
    if 2 * evaluation.cast_votes < evaluation.due:
        raise NotNow(why(evaluation.due, evaluation.cast_votes) + "请重新测评。")
    _refuse_while_reviewed(session, evaluation)
    members = members_of(session, evaluation)
    verdicts = verdicts_of(session, evaluation)
    standpoints = {
        str(one.member_id): Standpoint(members[one.member_id].name, one.band, one.by_ballot) for one in verdicts
    }
    written = {str(who): proposal for who, proposal in proposals.items()}
    faults = faults_of(evaluation.results["of"], written, standpoints)
    if not minute.strip():
        faults.append("支委会意见要写明会议记录编号。")
    if faults:
        raise Invalid(*faults)
    for verdict in verdicts:
        proposal = proposals[verdict.member_id]
        verdict.proposed, verdict.reason = proposal.result, proposal.reason.strip() or None
    evaluation.minute = minute
    step(session, actor, evaluation, EVALUATION, EvaluationCommand.PROPOSE, now, note=minute)


def verdicts_of(session: Session, evaluation: Evaluation) -> list[Verdict]:
    """Return an appraisal's verdicts, by member."""
    own = select(Verdict).filter_by(county_id=evaluation.county_id, evaluation_id=evaluation.id)
    return list(session.scalars(own.order_by(Verdict.member_id)))


def members_of(session: Session, evaluation: Evaluation) -> dict[UUID, Member]:
    """Return whom an appraisal is about, in the order of their names."""
    on_list = (Verdict.county_id == Member.county_id) & (Verdict.member_id == Member.id)
    found = select(Member).join(Verdict, on_list).where(Verdict.evaluation_id == evaluation.id)
    found = found.where(Member.county_id == evaluation.county_id).order_by(Member.name_sort, Member.id)
    return {one.id: one for one in session.scalars(found)}


def _refuse_while_reviewed(session: Session, evaluation: Evaluation) -> None:
    """What was reviewed and approved is what hangs: its notice goes back before the proposal changes."""
    whose = {"county_id": evaluation.county_id, "unit_id": evaluation.unit_id}
    own = select(Notice.id).filter_by(**whose, kind=NoticeKind.APPRAISAL, period=str(evaluation.year))
    if session.scalar(own.where(Notice.state.in_([NoticeState.REVIEWED, NoticeState.APPROVED]))) is not None:
        raise NotNow("评议结果的公示稿已经审核。要改评议意见，请先把公示稿退回修改。")


def _enter_members(session: Session, actor: Actor, evaluation: Evaluation) -> None:
    first, last = date(evaluation.year, 1, 1), date(evaluation.year, 12, 31)
    where = {"county": actor.county_id, "unit": actor.unit_id, "first": first, "last": last}
    for member_id in session.scalars(_MEMBERS, where).all():
        member = session.get_one(Member, (actor.county_id, member_id))
        session.add(
            Verdict(
                county_id=actor.county_id,
                unit_id=actor.unit_id,
                evaluation_id=evaluation.id,
                member_id=member_id,
                exempt=member.exemption is not None and member.exemption.covers(last, last),
                note=part_of_year(evaluation.year, member.present_from, member.present_to),
            )
        )


def _enter_figures(session: Session, evaluation: Evaluation, counts: Mapping[str, Any]) -> None:
    book = book_of(session, evaluation.county_id, evaluation.book_id)
    years = reckon_year(session, evaluation.county_id, evaluation.unit_id, book, evaluation.year)
    for verdict in verdicts_of(session, evaluation):
        year = years.get(verdict.member_id)
        figure = (year.annual_points if year.annual_points is not None else year.year_points) if year else None
        verdict.points = figure
        verdict.band = grade_of(book.bands, figure) if figure is not None else None
        verdict.counts = counts.get(str(verdict.member_id))
        verdict.by_ballot = leaning(evaluation.results["of"], verdict.counts or {})
