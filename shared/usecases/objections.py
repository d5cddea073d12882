"""Objections: raised online or entered from paper, confirmed, given to somebody to investigate, withdrawn."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, see
from shared.db.clock import read_clock
from shared.db.deadlines import Deadline
from shared.db.members import Member, Person
from shared.db.notices import Notice
from shared.db.objections import Objection
from shared.db.rounds import Line, Round
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.lines import LINE, LineCommand
from shared.domain.notices import NoticeKind, NoticeState
from shared.domain.objections import OBJECTION, ObjectionCommand, ObjectionState, Outcome
from shared.domain.periods import day_in_words
from shared.domain.procedures import Objector, Procedure, WindowKind
from shared.domain.windows import add_working_days, close, local_day
from shared.usecases.books import book_of
from shared.usecases.calendars import calendar
from shared.usecases.carry_out import arm, remark, step
from shared.usecases.involvements import barred_from
from shared.usecases.messages import Audience, tell
from shared.usecases.reminders import REMIND
from shared.usecases.voices import voice

FINISH = "finish"


@dataclass(frozen=True, slots=True)
class Statement:
    """What an objector says, and who they are; `group_name` and `telephone` are a villager's.

    `differs`: what is shown differs from what was decided, the one ground that a second notice takes.
    """

    text: str
    name: str
    group_name: str | None = None
    telephone: str | None = None
    differs: bool = False


@dataclass(frozen=True, slots=True)
class OnPaper:
    """A paper objection: when it was handed in, and the two who attest it."""

    handed_in_at: datetime
    attested_by: tuple[str, str]


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
    procedure = procedure_of(session, line)
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
    procedure = procedure_of(session, line)
    objector = _objector(session, actor, said, paper)
    _may_object(procedure, said, objector)
    if notice.kind == NoticeKind.SECOND and not said.differs:
        raise NotNow("再次公示只受理“公示与支部认定不一致”的异议，请写明哪里不一致。")
    count = session.scalar(
        select(func.count()).select_from(Objection).filter_by(county_id=line.county_id, unit_id=line.unit_id)
    )
    term = close(at, procedure.windows[WindowKind.INVESTIGATION], calendar(session), "收到")
    objection = Objection(
        county_id=line.county_id,
        unit_id=line.unit_id,
        line_id=line.id,
        notice_id=notice.id,
        number=f"异{notice.period}-{(count or 0) + 1:03d}",
        raised_as=Objector.MEMBER if objector else Objector.VILLAGER,
        raised_by=objector or (actor.person_id if paper is None else None),
        name=said.name,
        group_name=said.group_name,
        telephone=said.telephone,
        on_paper=paper is not None,
        attested_by="、".join(paper.attested_by) if paper else None,
        handed_in_at=at,
        entered_at=read_clock(session, line.county_id),
        text=said.text,
        due_at=term.closes_at,
        state=ObjectionState.RAISED,
        stage=0,
    )
    session.add(objection)
    session.flush()
    remark(session, actor, objection, "raise", at)
    held = hold(session, actor, Action.BOARD_SEE, Line, line.id)
    step(session, actor, held, LINE, LineCommand.HOLD, at, objection.number)
    arm(session, objection, REMIND, objection.due_at)
    heard = f"收到异议 {objection.number}，请在{day_in_words(term.last_day)} 24:00 前调查并书面答复。"
    to = Audience(roles=["secretary", "office"], steps=[Action.OBJECTION_ASSIGN, Action.OBJECTION_ANSWER])
    tell(session, actor, line.unit_id, "objection", objection.id, heard, to, at)
    return objection


def _objector(session: Session, actor: Actor, said: Statement, paper: OnPaper | None) -> UUID | None:
    """Return the member who objects: who is signed in, or who signed the paper; None for a villager."""
    if paper is None:
        return voice(session, actor) if actor.member_id is not None else None
    if said.group_name or said.telephone:
        return None
    signed = select(Member.person_id).filter_by(
        county_id=actor.county_id, unit_id=actor.unit_id, name=said.name.strip()
    )
    return session.scalar(signed.limit(1))


def _may_object(procedure: Procedure, said: Statement, objector: UUID | None) -> None:
    if not said.text.strip() or not said.name.strip():
        raise Invalid("提出异议须实名并写明事由。")
    if objector is not None:
        return
    if Objector.VILLAGER not in procedure.objectors:
        raise Forbidden("按本单位的细则，异议由党员提出。")
    if not (said.group_name or "").strip() or not (said.telephone or "").strip():
        raise Invalid("村民提出异议要写明所在村民小组和联系电话，以便核实。")


def confirm_identity(session: Session, actor: Actor, objection_id: UUID, now: datetime) -> None:
    """Confirm that a villager is who they say; the clock runs meanwhile."""
    objection = hold(session, actor, Action.OBJECTION_CONFIRM, Objection, objection_id)
    if objection.raised_as != Objector.VILLAGER or objection.identity_confirmed_by is not None:
        raise NotNow("这件异议的异议人不需要再核实身份。")
    objection.identity_confirmed_by = actor.person_id
    remark(session, actor, objection, "confirm_identity", now)


def assign_investigator(
    session: Session, actor: Actor, objection_id: UUID, person_id: UUID, now: datetime
) -> None:
    """Name who investigates: nobody who objected, whom it concerns, their kin, or who had a hand in the line."""
    objection = hold(session, actor, Action.OBJECTION_ASSIGN, Objection, objection_id)
    if session.get(Person, (actor.county_id, person_id)) is None:
        raise NotFound("没有这个人。")
    if person_id in barred_from(session, objection):
        raise Forbidden("调查人不能是异议人、当事人、他们的亲属或经办过这一行积分的人，请另行指定。")
    objection.investigator_id = person_id
    step(session, actor, objection, OBJECTION, ObjectionCommand.ASSIGN, now)
    _remind_on(session, objection)


def _remind_on(session: Session, objection: Objection) -> None:
    """Being assigned stops no clock: the reminder goes on from the rung that it has reached."""
    waiting = select(Deadline).filter_by(
        county_id=objection.county_id, subject_id=objection.id, command=REMIND, fired_at=None
    )
    for rung, due_at in sorted({(one.rung, one.due_at) for one in session.scalars(waiting)}):
        if due_at >= objection.due_at:
            arm(session, objection, REMIND, due_at, rung)
            return


def withdraw_objection(session: Session, actor: Actor, objection_id: UUID, now: datetime) -> None:
    """Take one's own objection back before it is answered; the line goes on."""
    objection = hold(session, actor, Action.OBJECTION_RAISE, Objection, objection_id)
    if objection.raised_by is None or objection.raised_by != voice(session, actor):
        raise Forbidden("只有异议人可以撤回异议。")
    objection.outcome = Outcome.WITHDRAWN
    step(session, actor, objection, OBJECTION, ObjectionCommand.WITHDRAW, now)
    arm(session, objection, FINISH, now)


def _notice(session: Session, actor: Actor, line: Line) -> Notice:
    if line.notice_id is None:
        raise NotNow("这一行积分还没有公示。")
    return hold(session, actor, Action.BOARD_SEE, Notice, line.notice_id)


def _in_window(notice: Notice, at: datetime) -> bool:
    if notice.published_at is None or notice.closes_at is None:
        return False
    return notice.published_at <= at < notice.closes_at


def procedure_of(session: Session, line: Line) -> Procedure:
    """Return the procedure of the book under which a line's round runs."""
    round_ = session.get(Round, (line.county_id, line.round_id))
    if round_ is None:
        raise NotFound("没有这一期积分。")
    return book_of(session, line.county_id, round_.book_id).procedure
