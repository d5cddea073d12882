"""Papers of single matters: a meeting's minutes, an objection's three papers, what was sent up."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import see
from shared.db.members import Member, Person
from shared.db.outcomes import OutcomeCase
from shared.db.units import Unit, level_above
from shared.domain.errors import NotNow
from shared.domain.meetings import COUNTS_AS_PRESENT, Attended
from shared.domain.periods import Period
from shared.domain.rule_words import BODIES
from shared.domain.windows import local_day
from shared.domain.wording import instant, said
from shared.papers import filings, meetings, objections, outcomes
from shared.papers.layouts import Paper
from shared.usecases.assemblies import Assembly, see_meeting
from shared.usecases.inquiries import Matter, see_matter
from shared.usecases.receipts import Package, see_package
from shared.usecases.wishes import Make, Wish

KINDS = {"members": "党员大会", "committee": "支部委员会会议"}
AWAY = {Attended.LEAVE: "请假", Attended.ABSENT: "缺席"}
FAR = {Attended.REMOTE: "（远程）", Attended.WRITTEN: "（书面意见）"}


def minutes_of(assembly: Assembly, chair: str) -> Paper:
    """Return 会议记录, ready to sign."""
    meeting = assembly.meeting
    seats = assembly.voters
    begun = meeting.begun_at or meeting.opened_at
    held = instant(begun)
    if meeting.closed_at and meeting.closed_at > begun:
        held += f"至{instant(meeting.closed_at).removeprefix(held.partition(' ')[0]).strip()}"
    return meetings.Minutes(
        unit=assembly.unit.name,
        kind=KINDS[meeting.kind],
        number=meeting.minute,
        subject=meeting.subject,
        held_at=held,
        chair=chair,
        recorder="",
        due=assembly.roll.due,
        present=tuple(
            f"{one.name}{FAR.get(one.took_part, '')}" for one in seats if one.took_part in COUNTS_AS_PRESENT
        ),
        absent=tuple(f"{one.name}（{AWAY[one.took_part]}）" for one in seats if one.took_part in AWAY),
        guests=tuple(one.name for one in assembly.guests if one.took_part in COUNTS_AS_PRESENT),
        motions=tuple(_motion(one) for one in assembly.votes),
        result=meeting.why or "",
    ).paper()


def _motion(vote: Any) -> meetings.Motion:
    about = f"{Period.parse(vote.period).in_words}党员积分" + (f"：{vote.name}一行" if vote.name else "")
    return meetings.Motion(about, vote.in_favour, vote.against, vote.abstained, vote.passed)


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
    outcome = "异议成立" if one.outcome == "upheld" else "异议不成立"
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
    assembly = see_meeting(session, actor, meeting_id)
    chair = session.get(Person, (actor.county_id, assembly.meeting.chaired_by))
    return minutes_of(assembly, chair.name if chair else "")


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
