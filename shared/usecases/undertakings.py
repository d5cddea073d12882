"""Undertakings: what is done about a decided outcome, step by step, its check and end; and the member's appeal."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.members import Member
from shared.db.outcomes import OutcomeCase, OutcomeStep
from shared.db.units import Unit, level_above
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.outcomes import APPEAL_DAYS, OUTCOME, OutcomeCommand, OutcomeState
from shared.domain.windows import end_of_day, local_day
from shared.usecases.carry_out import arm, remark, step
from shared.usecases.messages import Audience, asked, tell
from shared.usecases.openings import open_to
from shared.usecases.reminders import REMIND

# Days in which an appeal is ruled on.
RULED_IN = 30


def name_owner(session: Session, actor: Actor, case_id: UUID, owner_id: UUID, now: datetime) -> None:
    """Name who sees to a case; they are told."""
    case = hold(session, actor, Action.OUTCOME_FOLLOW, OutcomeCase, case_id)
    if case.state in {OutcomeState.CLOSED, OutcomeState.DROPPED}:
        raise NotNow("这件处理已经办完，不用再指定责任人。")
    case.owner_id = owner_id
    remark(session, actor, case, "name", now)
    said = f"请您负责落实：{case.basis}。"
    tell(session, actor, case.unit_id, "outcome", case.id, said, Audience([owner_id]), now)


def take_step(session: Session, actor: Actor, case_id: UUID, text: str, done_on: date, now: datetime) -> None:
    """Write down something that was done: a talk, a lesson, a visit, with its day."""
    case = hold(session, actor, Action.OUTCOME_FOLLOW, OutcomeCase, case_id)
    _write(session, actor, case, OutcomeCommand.START, text, done_on, now)


def check_case(
    session: Session, actor: Actor, case_id: UUID, good: bool, text: str, done_on: date, now: datetime
) -> None:
    """Check how it went; not yet good, it goes on."""
    case = hold(session, actor, Action.OUTCOME_FOLLOW, OutcomeCase, case_id)
    _write(session, actor, case, OutcomeCommand.CHECK, text, done_on, now)
    if not good:
        step(session, actor, case, OUTCOME, OutcomeCommand.GO_ON, now, note=text)


def close_case(session: Session, actor: Actor, case_id: UUID, ending: str, now: datetime) -> None:
    """End a case and say how it went; the branch sees it, and the member is told."""
    case = hold(session, actor, Action.OUTCOME_FOLLOW, OutcomeCase, case_id)
    if not ending.strip():
        raise Invalid("请写明结果怎样。")
    case.ending, case.ended_at = ending, now
    step(session, actor, case, OUTCOME, OutcomeCommand.CLOSE, now, note=ending)
    _tell_member(session, actor, case, f"{case.basis}：已办结。{ending}", now)


def appeal_outcome(session: Session, actor: Actor, case_id: UUID, grounds: str, now: datetime) -> None:
    """Take a decision to the level above, within days of being told; the case is opened to it, and no other."""
    case = hold(session, actor, Action.OUTCOME_APPEAL, OutcomeCase, case_id)
    if not grounds.strip():
        raise Invalid("请写明申诉的理由。")
    OUTCOME.after(OutcomeState(case.state), OutcomeCommand.APPEAL)
    if case.decided_at is None or now >= appeal_until(case.decided_at):
        raise NotNow(f"申诉要在知道决定后 {APPEAL_DAYS} 天内提出，期限已过。")
    if case.appealed_at is not None:
        raise NotNow("这件处理已经申诉过，上级已作出答复。")
    above = level_above(session, actor.county_id, case.unit_id)
    if above is None:
        raise NotNow("本单位没有上级党组织，请向支部书记反映。")
    case.appeal, case.appealed_at, case.at_unit_id = grounds, now, above.id
    step(session, actor, case, OUTCOME, OutcomeCommand.APPEAL, now, note=grounds)
    arm(session, case, REMIND, end_of_day(local_day(now) + timedelta(days=RULED_IN)))
    _bring(session, actor, case, above, now)


def rule_on_appeal(session: Session, actor: Actor, case_id: UUID, upheld: bool, text: str, now: datetime) -> None:
    """Rule on an appeal in the level above: upheld, the decision falls; the member is told why."""
    case = hold(session, actor, Action.OUTCOME_DECIDE, OutcomeCase, case_id)
    if actor.unit_id != case.at_unit_id:
        raise Forbidden("申诉由上级党组织答复。")
    if not text.strip():
        raise Invalid("请写明答复的理由。")
    case.ruling = text
    command = OutcomeCommand.UPHOLD if upheld else OutcomeCommand.REJECT
    step(session, actor, case, OUTCOME, command, now, note=text)
    said = "申诉成立，原决定撤销" if upheld else "申诉不成立，维持原决定"
    _tell_member(session, actor, case, f"{case.basis}：{said}。{text}", now)


def appeal_until(decided_at: datetime) -> datetime:
    """Return until when a decision may be appealed."""
    return end_of_day(local_day(decided_at) + timedelta(days=APPEAL_DAYS))


def _write(
    session: Session,
    actor: Actor,
    case: OutcomeCase,
    command: OutcomeCommand,
    text: str,
    done_on: date,
    now: datetime,
) -> None:
    if not text.strip():
        raise Invalid("请写明做了什么、情况怎样。")
    if done_on > local_day(now):
        raise Invalid("日期还没有到，请填写办理的当天。")
    if actor.person_id is None:
        raise Forbidden("请先登录。")
    step(session, actor, case, OUTCOME, command, now, note=text)
    session.add(
        OutcomeStep(
            county_id=case.county_id,
            unit_id=case.unit_id,
            case_id=case.id,
            person_id=actor.person_id,
            command=command,
            done_on=done_on,
            text=text,
            written_at=now,
        )
    )
    if case.due_at is not None:
        arm(session, case, REMIND, case.due_at)


def _bring(session: Session, actor: Actor, case: OutcomeCase, above: Unit, now: datetime) -> None:
    open_to(session, actor.county_id, case.unit_id, above.id, [case.id, case.member_id], "结果运用申诉", now)
    said = "收到一件对结果运用的申诉，请研究答复。"
    tell(session, actor, above.id, "outcome", case.id, said, asked(above, Action.OUTCOME_DECIDE), now)


def _tell_member(session: Session, actor: Actor, case: OutcomeCase, said: str, now: datetime) -> None:
    member = session.get_one(Member, (case.county_id, case.member_id))
    tell(session, actor, case.unit_id, "outcome", case.id, said, Audience([member.person_id]), now)
