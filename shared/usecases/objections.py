"""Objections: raised online or entered from paper, confirmed, investigated, answered, lapsed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, see
from shared.db.clock import read_clock
from shared.db.members import Member
from shared.db.notices import Notice
from shared.db.objections import Objection
from shared.db.rounds import Line, Round
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.lines import LINE, LineCommand
from shared.domain.notices import NoticeState
from shared.domain.objections import OBJECTION, ObjectionCommand, ObjectionState, Outcome
from shared.domain.procedures import Objector, Procedure, WindowKind
from shared.domain.windows import add_working_days, close, local_day
from shared.usecases.books import book_of
from shared.usecases.calendars import calendar
from shared.usecases.carry_out import arm, remark, step
from shared.usecases.messages import Audience, tell
from shared.usecases.reminders import REMIND

LAPSE, FINISH = "lapse", "finish"

# Whoever entered, opined on or decided anything in this line is involved in it.
_INVOLVED = text("""
SELECT h.actor_id FROM history h WHERE h.county_id = :county AND h.actor_id = :person AND h.subject_id IN (
    SELECT c.id FROM claim c WHERE c.county_id = :county AND c.round_id = :round AND c.member_id = :member
    UNION ALL
    SELECT r.id FROM record r WHERE r.county_id = :county AND r.round_id = :round AND r.member_id = :member)
LIMIT 1
""")


@dataclass(frozen=True, slots=True)
class Statement:
    """What an objector says, and who they are; `group_name` and `telephone` are a villager's."""

    text: str
    name: str
    group_name: str | None = None
    telephone: str | None = None


@dataclass(frozen=True, slots=True)
class OnPaper:
    """A paper objection: when it was handed in, and the two who attest it."""

    handed_in_at: datetime
    attested_by: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Remedy:
    """What an upheld objection changes: claims that count after all, records that do not."""

    accept: tuple[UUID, ...] = ()
    strike: tuple[UUID, ...] = ()
    reason: str = field(default="")

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored with the objection."""
        return {
            "accept": [str(i) for i in self.accept],
            "strike": [str(i) for i in self.strike],
            "reason": self.reason,
        }


def raise_objection(session: Session, actor: Actor, line_id: UUID, statement: Statement) -> Objection:
    """Object to one line. The instant is read after the notice is locked: the closing clock locks it too."""
    line = see(session, actor, Action.OBJECTION_RAISE, Line, line_id)
    notice = _notice(session, actor, line)
    at = read_clock(session, actor.county_id)
    if notice.state != NoticeState.PUBLISHED or not _in_window(notice, at):
        raise NotNow(f"异议期已于 {notice.last_day} 24:00 截止。")
    return _enter(session, actor, line, notice, statement, at, None)


def enter_paper_objection(
    session: Session, actor: Actor, line_id: UUID, statement: Statement, paper: OnPaper, now: datetime
) -> Objection:
    """Enter a paper objection: the time it was handed in decides, attested by two; the line may have settled."""
    line = see(session, actor, Action.OBJECTION_ENTER, Line, line_id)
    notice = _notice(session, actor, line)
    if len({name.strip() for name in paper.attested_by if name.strip()}) < 2:
        raise Invalid("纸质异议的递交时间要有两人证明。")
    if paper.handed_in_at > now or not _in_window(notice, paper.handed_in_at):
        raise NotNow(f"递交时间不在异议期内（至 {notice.last_day} 24:00）。")
    objection = _enter(session, actor, line, notice, statement, paper.handed_in_at, paper)
    procedure = _procedure(session, line)
    latest = add_working_days(local_day(paper.handed_in_at), procedure.paper_days, calendar(session))
    if local_day(now) > latest:
        remark(session, actor, objection, "late_entry", now, note=f"应在 {latest} 前录入")
    return objection


def _enter(
    session: Session,
    actor: Actor,
    line: Line,
    notice: Notice,
    said: Statement,
    at: datetime,
    paper: OnPaper | None,
) -> Objection:
    procedure = _procedure(session, line)
    as_member = actor.member_id is not None and paper is None
    _may_object(procedure, said, as_member or said.telephone is None)
    count = session.scalar(
        select(func.count()).select_from(Objection).filter_by(county_id=line.county_id, unit_id=line.unit_id)
    )
    objection = Objection(
        county_id=line.county_id,
        unit_id=line.unit_id,
        line_id=line.id,
        notice_id=notice.id,
        number=f"异{notice.period}-{(count or 0) + 1:03d}",
        raised_as=Objector.VILLAGER if said.telephone else Objector.MEMBER,
        raised_by=actor.person_id if paper is None else None,
        name=said.name,
        group_name=said.group_name,
        telephone=said.telephone,
        on_paper=paper is not None,
        attested_by="、".join(paper.attested_by) if paper else None,
        handed_in_at=at,
        entered_at=read_clock(session, line.county_id),
        text=said.text,
        due_at=close(at, procedure.windows[WindowKind.INVESTIGATION], calendar(session), "收到").closes_at,
        state=ObjectionState.RAISED,
        stage=0,
    )
    session.add(objection)
    session.flush()
    remark(session, actor, objection, "raise", at)
    held = hold(session, actor, Action.BOARD_SEE, Line, line.id)
    step(session, actor, held, LINE, LineCommand.HOLD, at, objection.number)
    arm(session, objection, REMIND, objection.due_at)
    heard = f"收到异议 {objection.number}，请在 {local_day(objection.due_at)} 0 时前调查并书面答复。"
    tell(
        session, actor, line.unit_id, "objection", objection.id, heard, Audience(roles=["secretary", "office"]), at
    )
    return objection


def _may_object(procedure: Procedure, said: Statement, as_member: bool) -> None:
    if not said.text.strip() or not said.name.strip():
        raise Invalid("提出异议须实名并写明事由。")
    if as_member:
        return
    if Objector.VILLAGER not in procedure.objectors:
        raise Forbidden("按本单位的细则，异议由党员提出。")
    if not said.group_name:
        raise Invalid("村民提出异议要写明所在村民小组和联系电话，以便核实。")


def confirm_identity(session: Session, actor: Actor, objection_id: UUID, now: datetime) -> None:
    """Confirm that a villager is who they say; the clock runs meanwhile."""
    objection = hold(session, actor, Action.OBJECTION_CONFIRM, Objection, objection_id)
    objection.identity_confirmed_by = actor.person_id
    remark(session, actor, objection, "confirm_identity", now)


def assign_investigator(
    session: Session, actor: Actor, objection_id: UUID, person_id: UUID, now: datetime
) -> None:
    """Name who investigates: nobody who objected, whom it concerns, or who had a hand in the line."""
    objection = hold(session, actor, Action.OBJECTION_ASSIGN, Objection, objection_id)
    line = session.get_one(Line, (actor.county_id, objection.line_id))
    member = session.get_one(Member, (actor.county_id, line.member_id))
    whose = {"county": actor.county_id, "person": person_id, "round": line.round_id, "member": line.member_id}
    if person_id in {objection.raised_by, member.person_id} or session.scalar(_INVOLVED, whose):
        raise Forbidden("调查人不能是异议人、当事人或经办过这一行积分的人，请另行指定。")
    objection.investigator_id = person_id
    step(session, actor, objection, OBJECTION, ObjectionCommand.ASSIGN, now)


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
    if objection.raised_as == Objector.VILLAGER and objection.identity_confirmed_by is None:
        raise NotNow("请先核实异议人身份，再作答复。")
    objection.answer, objection.answered_by, objection.answered_at = answer, actor.person_id, now
    if upheld:
        close_objection(session, actor, objection, ObjectionCommand.UPHOLD, Outcome.UPHELD, remedy, now)
    else:
        step(session, actor, objection, OBJECTION, ObjectionCommand.REJECT, now, note=answer)
        open_appeal_window(session, objection, line, now)
    _tell_objector(session, actor, objection, f"异议 {objection.number} 已答复：{answer}", now)
    return objection


def open_appeal_window(session: Session, objection: Objection, line: Line, now: datetime) -> None:
    """Reckon until when the answer can be appealed, and let the clock close the case if nobody does."""
    rule = _procedure(session, line).windows[WindowKind.APPEAL]
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


def _notice(session: Session, actor: Actor, line: Line) -> Notice:
    if line.notice_id is None:
        raise NotNow("这一行积分还没有公示。")
    return hold(session, actor, Action.BOARD_SEE, Notice, line.notice_id)


def _in_window(notice: Notice, at: datetime) -> bool:
    if notice.published_at is None or notice.closes_at is None:
        return False
    return notice.published_at <= at < notice.closes_at


def _procedure(session: Session, line: Line) -> Procedure:
    round_ = session.get(Round, (line.county_id, line.round_id))
    if round_ is None:
        raise NotFound("没有这一期积分。")
    return book_of(session, line.county_id, round_.book_id).procedure
