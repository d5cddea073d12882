"""Outcomes: proposed by the clock when a year has settled, decided by the body that the book names."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require, see
from shared.db.ledger import AnnualLine
from shared.db.members import Member
from shared.db.outcomes import OutcomeCase
from shared.db.rounds import Line, Round
from shared.domain.errors import Invalid, NotNow
from shared.domain.years import Year, followed_by
from shared.usecases.books import book_of
from shared.usecases.carry_out import remark
from shared.usecases.messages import Audience, tell


def propose_outcomes(session: Session, actor: Actor, round_: Round, at: datetime) -> int:
    """Open the cases that follow from a settled year; nothing is imposed by opening one."""
    require(actor, Action.OUTCOME_PROPOSE)
    book = book_of(session, actor.county_id, round_.book_id)
    years = _settled(session, round_)
    members = {one.id: one for one in session.scalars(select(Member).where(Member.id.in_(years)))}
    new = [who for who, member in members.items() if member.probationary]
    follows = followed_by(book, years, new, _before(session, round_))
    for member_id, outcome in follows:
        basis = f"{round_.period} 年度积分{_words(years[member_id])}，依据细则“{outcome.title}”"
        case = {
            "county_id": actor.county_id,
            "unit_id": round_.unit_id,
            "member_id": member_id,
            "period": round_.period,
            "kind": outcome.id,
            "basis": basis,
            "body": outcome.body,
            "state": "proposed",
            "proposed_at": at,
        }
        once = insert(OutcomeCase).on_conflict_do_nothing()
        session.execute(once, [case])
    if follows:
        said = f"{round_.period} 年度积分已登记，有 {len(follows)} 件结果运用建议待研究。"
        tell(session, actor, round_.unit_id, "outcome", round_.id, said, Audience(roles=["secretary"]), at)
    return len(follows)


def decide_outcome(
    session: Session, actor: Actor, case_id: UUID, taken: bool, minute: str, note: str, now: datetime
) -> None:
    """Decide a proposal, for or against, with the minute; the member is told and may be heard."""
    case = hold(session, actor, Action.OUTCOME_DECIDE, OutcomeCase, case_id)
    if case.state != "proposed":
        raise NotNow("这件建议已经研究过了。")
    if not minute.strip():
        raise Invalid("研究决定要写明会议记录编号。")
    case.state = "decided" if taken else "dropped"
    case.decided_by, case.decided_at, case.minute, case.note = actor.person_id, now, minute, note
    remark(session, actor, case, "decide", now, note=minute)
    member = session.get_one(Member, (actor.county_id, case.member_id))
    if taken:
        said = f"{case.basis}。支部研究意见：{note}。如有不同意见可以申诉。"
        tell(session, actor, case.unit_id, "outcome", case.id, said, Audience([member.person_id]), now)


def outcomes_of(session: Session, actor: Actor, member_id: UUID) -> Sequence[OutcomeCase]:
    """Return what has been proposed and decided for a member, for whoever may see their statement."""
    member = see(session, actor, Action.STATEMENT_SEE, Member, member_id)
    cases = select(OutcomeCase).filter_by(county_id=actor.county_id, member_id=member.id)
    return session.scalars(cases.order_by(OutcomeCase.period.desc(), OutcomeCase.proposed_at)).all()


def _settled(session: Session, round_: Round) -> dict[UUID, Year]:
    """Return the annual lines that the year's notice published and that settled."""
    settled = (
        select(AnnualLine)
        .join(
            Line,
            (Line.county_id == AnnualLine.county_id)
            & (Line.id == AnnualLine.line_id)
            & (Line.edition == AnnualLine.edition),
        )
        .where(Line.county_id == round_.county_id, Line.round_id == round_.id, Line.state == "settled")
    )
    return {
        one.member_id: Year(
            one.tier, one.zeroed, one.year_points, one.factor, one.annual_points, one.reward_points, one.grade
        )
        for one in session.scalars(settled)
    }


def _before(session: Session, round_: Round) -> Mapping[UUID, Sequence[str]]:
    earlier = select(AnnualLine.member_id, AnnualLine.grade).where(
        AnnualLine.county_id == round_.county_id,
        AnnualLine.unit_id == round_.unit_id,
        AnnualLine.year < round_.first_day.year,
    )
    grades: dict[UUID, list[str]] = defaultdict(list)
    for member_id, grade in session.execute(earlier):
        grades[member_id].append(grade or "")
    return grades


def _words(year: Year) -> str:
    points = "已清零" if year.zeroed else f" {year.annual_points} 分"
    return f"{points}，{year.grade}" if year.grade else points
