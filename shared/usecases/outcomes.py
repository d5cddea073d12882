"""Outcomes: proposed by the clock when figures have settled, decided by the body that book or statute names."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import able, hold, require, see
from shared.db.balances import grades_before
from shared.db.ledger import AnnualLine
from shared.db.members import Member
from shared.db.outcomes import OutcomeCase
from shared.db.rounds import Line, Round
from shared.db.units import Unit, level_above
from shared.domain.errors import Forbidden, Invalid
from shared.domain.outcomes import (
    KINDS,
    OUTCOME,
    Measure,
    OutcomeCommand,
    OutcomeState,
    body_of,
    days_of,
    faults_of_decision,
    measure_of,
)
from shared.domain.periods import Period, period_in_words
from shared.domain.procedures import Body, Span
from shared.domain.rules import Outcome
from shared.domain.windows import end_of_day, local_day
from shared.domain.years import Year, followed_by, weak_in
from shared.usecases.books import book_of
from shared.usecases.carry_out import arm, remark, step
from shared.usecases.messages import Audience, asked, tell
from shared.usecases.openings import open_to
from shared.usecases.reminders import REMIND
from shared.usecases.transfer_statements import grades_brought

# Days within which a proposal is taken up.
TAKEN_UP = 30

_QUARTER = text("""
SELECT l.member_id, array_agg(l.points) AS points
FROM round r JOIN line l ON l.county_id = r.county_id AND l.round_id = r.id
WHERE r.county_id = :county AND r.unit_id = :unit AND r.period = ANY(CAST(:periods AS text[]))
  AND (SELECT count(*) FROM round q WHERE q.county_id = r.county_id AND q.unit_id = r.unit_id
       AND q.period = ANY(CAST(:periods AS text[])) AND q.state IN ('settled', 'filed')) = :many
GROUP BY l.member_id
""")


class Suggestion(NamedTuple):
    """What follows for one member by the book, and the figures that it rests on, in words."""

    member_id: UUID
    outcome: Outcome
    basis: str


def propose_outcomes(session: Session, actor: Actor, round_: Round, at: datetime) -> int:
    """Open the cases that follow from a settled year; nothing is imposed by opening one."""
    require(actor, Action.OUTCOME_PROPOSE)
    book = book_of(session, actor.county_id, round_.book_id)
    years = _settled(session, round_)
    members = {one.id: one for one in session.scalars(select(Member).where(Member.id.in_(years)))}
    new, year = [who for who, member in members.items() if member.probationary], period_in_words(round_.period)
    found = [
        Suggestion(who, outcome, f"{year}积分{years[who].in_words}，依据细则“{outcome.title}”")
        for who, outcome in followed_by(book, years, new, _before(session, round_))
    ]
    return _open(session, actor, round_, round_.period, found, at)


def propose_talks(session: Session, actor: Actor, round_: Round, at: datetime) -> int:
    """Open the talks that the book asks for after a weak quarter, when the last of its rounds has settled."""
    require(actor, Action.OUTCOME_PROPOSE)
    book = book_of(session, actor.county_id, round_.book_id)
    talks = [outcome for outcome in book.outcomes if outcome.weak_quarter_below is not None]
    if not talks:
        return 0
    quarter = Period.parse(round_.period).within(Span.QUARTER)
    periods = [str(month) for month in quarter.months] if book.round_span is Span.MONTH else [str(quarter)]
    where = {"county": actor.county_id, "unit": actor.unit_id, "periods": periods, "many": len(periods)}
    figures = {
        row.member_id: [one for one in row.points if one is not None] for row in session.execute(_QUARTER, where)
    }
    found = [
        Suggestion(who, outcome, f"{quarter.in_words}平均 {mean} 分，依据细则“{outcome.title}”")
        for outcome in talks
        for who, mean in weak_in(figures, outcome.weak_quarter_below or Decimal(0)).items()
    ]
    return _open(session, actor, round_, str(quarter), found, at)


def decide_outcome(
    session: Session,
    actor: Actor,
    case_id: UUID,
    taken: bool,
    minute: str,
    note: str,
    now: datetime,
    choice: str = "",
) -> None:
    """Decide a proposal, for or against, with the minute; the member is told and may appeal."""
    case = hold(session, actor, Action.OUTCOME_DECIDE, OutcomeCase, case_id)
    command = OutcomeCommand.DECIDE if taken else OutcomeCommand.DROP
    OUTCOME.after(OutcomeState(case.state), command)
    member = session.get_one(Member, (actor.county_id, case.member_id))
    _may_decide(actor, case, member)
    measure, heard = Measure(case.measure), case.heard_at is not None
    faults = faults_of_decision(measure, heard, case.terms["choices"], choice) if taken else []
    if not minute.strip():
        faults.append("研究决定要写明会议记录编号。")
    if faults:
        raise Invalid(*faults)
    case.decided_by, case.decided_at, case.minute, case.note = actor.person_id, now, minute, note
    case.choice = choice or None
    step(session, actor, case, OUTCOME, command, now, note=minute)
    if taken:
        case.due_at = end_of_day(local_day(now) + timedelta(days=days_of(measure, case.terms["months"])))
        arm(session, case, REMIND, case.due_at)
        said = f"{case.basis}。研究决定：{choice or KINDS[measure].title}。{note}。如有不同意见可以申诉。"
        tell(session, actor, case.unit_id, "outcome", case.id, said, Audience([member.person_id]), now)


def hear_member(session: Session, actor: Actor, case_id: UUID, words: str, now: datetime) -> None:
    """Write down what the member says to a proposal: told to an officer, or written by the member."""
    action = Action.OUTCOME_FOLLOW if able(actor, Action.OUTCOME_FOLLOW) else Action.OUTCOME_APPEAL
    case = hold(session, actor, action, OutcomeCase, case_id)
    if not words.strip():
        raise Invalid("请写下本人怎样说；没有意见的，写“没有意见”。")
    case.heard, case.heard_at = words, now
    step(session, actor, case, OUTCOME, OutcomeCommand.HEAR, now, note=words)


def outcomes_of(session: Session, actor: Actor, member_id: UUID) -> Sequence[OutcomeCase]:
    """Return what has been proposed and decided for a member, for whoever may see their statement."""
    member = see(session, actor, Action.STATEMENT_SEE, Member, member_id)
    cases = select(OutcomeCase).filter_by(county_id=actor.county_id, member_id=member.id)
    return session.scalars(cases.order_by(OutcomeCase.period.desc(), OutcomeCase.proposed_at)).all()


def _open(
    session: Session, actor: Actor, round_: Round, period: str, found: Iterable[Suggestion], at: datetime
) -> int:
    """Write the proposals once each, set their terms, and tell those who take them up."""
    above = level_above(session, actor.county_id, round_.unit_id)
    due = end_of_day(local_day(at) + timedelta(days=TAKEN_UP))
    opened = [_case(round_, period, one, above, at, due) for one in found]
    if not opened:
        return 0
    once = insert(OutcomeCase).on_conflict_do_nothing().returning(OutcomeCase)
    cases = list(session.scalars(once, opened))
    for case in cases:
        arm(session, case, REMIND, due)
        remark(session, actor, case, "open", at, note=case.basis)
    _show_above(session, actor, round_, above, [case for case in cases if case.at_unit_id], at)
    said = f"{Period.parse(period).in_words}积分已登记，有 {len(cases)} 件结果运用建议待研究。"
    to = Audience(roles=["secretary"], steps=[Action.OUTCOME_DECIDE])
    tell(session, actor, round_.unit_id, "outcome", round_.id, said, to, at)
    return len(cases)


def _case(
    round_: Round, period: str, one: Suggestion, above: Unit | None, at: datetime, due: datetime
) -> dict[str, object]:
    measure = measure_of(one.outcome.id)
    body = body_of(measure, one.outcome.body)
    return {
        "county_id": round_.county_id,
        "id": uuid4(),
        "unit_id": round_.unit_id,
        "member_id": one.member_id,
        "period": period,
        "kind": one.outcome.id,
        "measure": measure,
        "basis": one.basis,
        "legal_basis": KINDS[measure].basis,
        "body": body,
        "terms": {"choices": list(one.outcome.choices), "months": one.outcome.months},
        "at_unit_id": above.id if above is not None and body is Body.PARENT else None,
        "state": OutcomeState.PROPOSED,
        "stage": 0,
        "proposed_at": at,
        "due_at": due,
    }


def _show_above(
    session: Session, actor: Actor, round_: Round, above: Unit | None, cases: Sequence[OutcomeCase], at: datetime
) -> None:
    """Open to the level above the cases that it decides, and their members; no other row of the branch."""
    if above is None or not cases:
        return
    shown = [row for case in cases for row in (case.id, case.member_id)]
    open_to(session, actor.county_id, round_.unit_id, above.id, shown, "结果运用", at)
    said = f"有 {len(cases)} 件结果运用建议报请研究。"
    tell(session, actor, above.id, "outcome", round_.id, said, asked(above, Action.OUTCOME_DECIDE), at)


def _may_decide(actor: Actor, case: OutcomeCase, member: Member) -> None:
    """The body that the book or statute names, in its own unit; nobody records the decision on themselves."""
    if actor.unit_id != (case.at_unit_id or case.unit_id):
        raise Forbidden("这件建议按细则由另一级党组织决定。")
    if actor.person_id == member.person_id:
        raise Forbidden("涉及本人的处理，请由其他同志登记。")


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
    """Return the grades of earlier years, those given in a former branch before one's own."""
    here = (round_.county_id, round_.unit_id, round_.first_day.year)
    own, brought = grades_before(session, *here), grades_brought(session, *here)
    return {who: [*brought.get(who, ()), *own.get(who, ())] for who in own.keys() | brought.keys()}
