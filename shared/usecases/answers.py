"""Answers: what an investigation found, in writing; upheld, rejected, and closed when nobody appeals in time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.claims import Claim, Record
from shared.db.objections import Objection
from shared.db.rounds import Line
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.objections import OBJECTION, ObjectionCommand, ObjectionState, Outcome
from shared.domain.procedures import Body, Objector, WindowKind
from shared.domain.windows import close
from shared.usecases.calendars import calendar
from shared.usecases.carry_out import arm, step
from shared.usecases.findings import has_found
from shared.usecases.messages import Audience, tell
from shared.usecases.objections import FINISH, procedure_of

LAPSE = "lapse"


@dataclass(frozen=True, slots=True)
class Remedy:
    """What an upheld objection changes: claims that count after all, records that do not.

    `by_rule`: the figure is the rule's again, where the committee had proposed another one.
    """

    accept: tuple[UUID, ...] = ()
    strike: tuple[UUID, ...] = ()
    reason: str = field(default="")
    by_rule: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored with the objection."""
        return {
            "accept": [str(i) for i in self.accept],
            "strike": [str(i) for i in self.strike],
            "reason": self.reason,
            "by_rule": self.by_rule,
        }


def answer_objection(
    session: Session, actor: Actor, objection_id: UUID, upheld: bool, answer: str, remedy: Remedy, now: datetime
) -> Objection:
    """Answer in writing. Upheld, the line is amended and published again; otherwise the appeal window opens."""
    objection = hold(session, actor, Action.OBJECTION_ANSWER, Objection, objection_id)
    line = session.get_one(Line, (objection.county_id, objection.line_id))
    if not answer.strip():
        raise Invalid("答复须为书面，请写明调查情况和结论。")
    if line.member_id == actor.member_id or objection.raised_by == actor.person_id:
        raise Forbidden("当事人不能答复自己的异议。")
    _answers_first(session, actor, line)
    _is_ready(session, objection)
    if upheld:
        check_remedy(session, line, remedy)
    objection.answer, objection.answered_by, objection.answered_at = answer, actor.person_id, now
    if upheld:
        close_objection(session, actor, objection, ObjectionCommand.UPHOLD, Outcome.UPHELD, remedy, now)
    else:
        step(session, actor, objection, OBJECTION, ObjectionCommand.REJECT, now, note=answer)
        open_appeal_window(session, objection, line, now)
    _tell_objector(session, actor, objection, f"异议 {objection.number} 已答复：{answer}", now)
    return objection


def _answers_first(session: Session, actor: Actor, line: Line) -> None:
    office = procedure_of(session, line).first_answer is Body.OFFICE
    stands_in = actor.overlay.stands_in(actor.roles, "office", Action.OBJECTION_ANSWER)
    if not stands_in if office else "office" in actor.roles:
        raise Forbidden(f"按本单位的细则，异议由{'综合部门' if office else '支委会'}调查答复。")


def _is_ready(session: Session, objection: Objection) -> None:
    """A villager is known, and the case has been looked into, before it is answered; what lies above is not."""
    if objection.raised_as == Objector.VILLAGER and objection.identity_confirmed_by is None:
        raise NotNow("请先核实异议人身份，再作答复。")
    state = ObjectionState(objection.state)
    if state is not ObjectionState.INVESTIGATING:
        raise NotNow(f"这件异议现在是“{OBJECTION.words[state]}”，不能答复。")
    if not has_found(session, objection):
        raise NotNow("调查人还没有写下调查情况，写好后再作答复。")


def check_remedy(session: Session, line: Line, remedy: Remedy) -> None:
    """Refuse a remedy that reaches beyond the line: another member's claims, another round's records."""
    named: Sequence[tuple[type[Claim] | type[Record], tuple[UUID, ...]]] = (
        (Claim, remedy.accept),
        (Record, remedy.strike),
    )
    for kind, ids in named:
        of_line = select(kind.id).filter_by(
            county_id=line.county_id, round_id=line.round_id, member_id=line.member_id
        )
        if set(ids) - set(session.scalars(of_line.where(kind.id.in_(ids)))):
            raise Invalid("只能更正这一行积分里的申请和登记。")


def open_appeal_window(session: Session, objection: Objection, line: Line, now: datetime) -> None:
    """Reckon until when the answer can be appealed, and let the clock close the case if nobody does."""
    rule = procedure_of(session, line).windows[WindowKind.APPEAL]
    objection.appeal_until = close(now, rule, calendar(session), "答复").closes_at
    session.flush()
    arm(session, objection, LAPSE, objection.appeal_until)


def close_objection(
    session: Session,
    actor: Actor,
    objection: Objection,
    command: ObjectionCommand,
    outcome: Outcome,
    remedy: Remedy | None,
    at: datetime,
) -> None:
    """End the case; the clock then releases or amends the line, in the branch where it is."""
    objection.outcome = outcome
    objection.remedy = remedy.as_json() if remedy and outcome is Outcome.UPHELD else None
    step(session, actor, objection, OBJECTION, command, at)
    arm(session, objection, FINISH, at)


def lapse(session: Session, actor: Actor, objection_id: UUID, at: datetime) -> None:
    """Close a case that nobody appealed in time."""
    objection = hold(session, actor, Action.OBJECTION_LAPSE, Objection, objection_id)
    close_objection(session, actor, objection, ObjectionCommand.LAPSE, Outcome.REJECTED, None, at)


def _tell_objector(session: Session, actor: Actor, objection: Objection, said: str, now: datetime) -> None:
    if objection.raised_by is not None:
        people = Audience([objection.raised_by])
        tell(session, actor, objection.unit_id, "answer", objection.id, said, people, now)
