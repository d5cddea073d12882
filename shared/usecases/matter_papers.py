"""Papers of single matters: a meeting's minutes, an objection's three papers, what was sent up."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import see
from shared.db.appraisals import Evaluation
from shared.db.members import Member, Person
from shared.db.outcomes import OutcomeCase
from shared.db.units import Unit, level_above
from shared.domain.errors import NotNow
from shared.domain.minutes import read
from shared.domain.periods import Period
from shared.domain.rule_words import BODIES
from shared.domain.windows import local_day
from shared.domain.wording import instant, said
from shared.papers import appraisals, filings, meetings, objections, outcomes
from shared.papers.layouts import Paper
from shared.usecases.appraisals import members_of
from shared.usecases.inquiries import Matter, see_matter
from shared.usecases.minutes import see_minutes
from shared.usecases.receipts import Package, see_package
from shared.usecases.wishes import Make, Wish


def case_of(matter: Matter) -> objections.Case:
    """Return what the three papers of an objection have in common."""
    one = matter.objection
    period = Period.parse(matter.round.period).in_words if matter.round else ""
    return objections.Case(
        unit=matter.unit.name,
        number=one.number,
        objector=one.name,
        about=f"{matter.member.name}同志",
        period=period,
        points=matter.line.points,
        said=one.text,
        handed_in_on=local_day(one.handed_in_at),
        due_on=_last_day(one.due_at),
        answerer=BODIES[matter.answerer] if matter.answerer else matter.unit.name,
    )


def _last_day(ends: datetime) -> date:
    """A term that ends at midnight ends with the day before."""
    return local_day(ends - timedelta(minutes=1))


def acceptance_of(matter: Matter) -> Paper:
    """Return 异议受理通知书."""
    return objections.Acceptance(case_of(matter), local_day(matter.objection.handed_in_at)).paper()


def feedback_of(matter: Matter) -> Paper:
    """Return 异议调查情况反馈; NotNow before anything has been found."""
    if not matter.findings:
        raise NotNow("调查人还没有写下调查情况。")
    found = tuple(
        f"{local_day(one.written_at).month}月{local_day(one.written_at).day}日，听取了{one.heard}的意见。{one.text}"
        for one in matter.findings
    )
    written = local_day(matter.findings[-1].written_at)
    return objections.Feedback(case_of(matter), matter.investigator or "调查人", found, written).paper()


def answer_of(matter: Matter) -> Paper:
    """Return 异议答复书; NotNow before the answer."""
    one = matter.objection
    if one.answered_at is None or not one.answer:
        raise NotNow("这件异议还没有答复。")
    appeal_to = BODIES[matter.book.procedure.appeals[0]] if matter.book and matter.book.procedure.appeals else ""
    until = _last_day(one.appeal_until) if one.appeal_until else None
    # Only an answer against the objection can be appealed; what came of the appeal is not what was answered.
    outcome = "异议成立" if one.outcome == "upheld" and not matter.appeals else "异议不成立"
    return objections.Answer(
        case_of(matter), outcome, one.answer, appeal_to, until, local_day(one.answered_at)
    ).paper()


def filing_of(package: Package) -> Paper:
    """Return 上报备案表."""
    one = package.filing
    lines = tuple(
        filings.Line(
            Period.parse(line["period"]).in_words,
            line["member_no"],
            line["name"],
            Decimal(line["points"]) if line["points"] is not None else None,
            said(line["state"], "line"),
        )
        for line in one.package["lines"]
    )
    return filings.Filing(
        unit=package.sender.name,
        to=package.receiver.name,
        period=Period.parse(one.period).in_words,
        edition=f"第 {one.number} 份，第 {one.edition} 版",
        state=said(one.state, "filing"),
        lines=lines,
        digest=one.digest,
        receipt=one.receipt or "",
        sent_on=local_day(one.submitted_at) if one.submitted_at else None,
    ).paper()


def minutes(session: Session, actor: Actor, meeting_id: UUID, wish: Wish) -> Paper:  # noqa: ARG001 - as every paper
    """会议记录."""
    written = see_minutes(session, actor, meeting_id)
    found, minutes = read(written.text), written.minutes
    fixed = ""
    if minutes and minutes.fixed_at:
        fixed = f"{instant(minutes.fixed_at)}定稿，校验码 {(minutes.digest or '')[:16]}，与系统中保存的一致。"
    unit = written.assembly.unit.name
    return meetings.Minutes(unit, found.title, found.facts, found.fields, found.ending, fixed).paper()


def ballot(session: Session, actor: Actor, evaluation_id: UUID, wish: Wish) -> Paper:  # noqa: ARG001
    """民主评议测评表: everybody who is appraised, in the results among which this year's book chooses."""
    evaluation = see(session, actor, Action.APPRAISAL_SEE, Evaluation, evaluation_id)
    unit = session.get_one(Unit, (evaluation.county_id, evaluation.unit_id))
    names = tuple(one.name for one in members_of(session, evaluation).values())
    return appraisals.Sheet(unit.name, evaluation.year, tuple(evaluation.results["of"]), names).paper()


def of_matter(made: Callable[[Matter], Paper]) -> Make:
    def make(session: Session, actor: Actor, objection_id: UUID, wish: Wish) -> Paper:  # noqa: ARG001
        return made(see_matter(session, actor, objection_id))

    return make


def filing(session: Session, actor: Actor, filing_id: UUID, wish: Wish) -> Paper:  # noqa: ARG001 - as every paper
    """上报备案表."""
    return filing_of(see_package(session, actor, filing_id))


def correction(session: Session, actor: Actor, case_id: UUID, wish: Wish) -> Paper:  # noqa: ARG001 - as every paper
    """限期整改通知书."""
    case = see(session, actor, Action.OUTCOME_SEE, OutcomeCase, case_id)
    member = session.get_one(Member, (case.county_id, case.member_id))
    contact = session.get(Person, (case.county_id, member.contact_id)) if member.contact_id else None
    above = level_above(session, case.county_id, case.unit_id)
    return outcomes.Correction(
        unit=session.get_one(Unit, (case.county_id, case.unit_id)).name,
        above=above.name if above else "上级党组织",
        name=member.name,
        basis=case.basis,
        decision=case.choice or case.note or "",
        minute=case.minute or "",
        decided_on=local_day(case.decided_at) if case.decided_at else None,
        until=local_day(case.due_at) if case.due_at else None,
        helper=contact.name if contact else "",
    ).paper()
