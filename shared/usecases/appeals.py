"""Appeals: to the bodies that the book names, one after the other; never decided by who answered first."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.clock import read_clock
from shared.db.objections import Appeal, Objection
from shared.db.rounds import Line, Round
from shared.db.units import level_above
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.objections import OBJECTION, ObjectionCommand, Outcome
from shared.domain.procedures import Body, WindowKind
from shared.domain.windows import close
from shared.usecases.answers import Remedy, check_remedy, close_objection, open_appeal_window
from shared.usecases.books import book_of
from shared.usecases.calendars import calendar
from shared.usecases.carry_out import arm, step
from shared.usecases.messages import Audience, officers_of, tell
from shared.usecases.openings import case_of, open_to
from shared.usecases.reminders import REMIND
from shared.usecases.voices import voice

ROLE_OF = {Body.DISCIPLINE: "discipline", Body.COMMITTEE: "secretary", Body.OFFICE: "office"}


def appeal(session: Session, actor: Actor, objection_id: UUID, grounds: str, now: datetime) -> Appeal:
    """Take an answer to the next body. For one above, this case's rows are opened to it, and no others."""
    objection = hold(session, actor, Action.APPEAL_RAISE, Objection, objection_id)
    at = read_clock(session, actor.county_id)
    if objection.appeal_until is not None and at >= objection.appeal_until:
        raise NotNow("申诉期已过。")
    line = session.get_one(Line, (actor.county_id, objection.line_id))
    _may_appeal(session, actor, objection, line)
    round_ = session.get_one(Round, (actor.county_id, line.round_id))
    procedure = book_of(session, actor.county_id, round_.book_id).procedure
    level = (_levels(session, objection) or 0) + 1
    if level > len(procedure.appeals):
        raise NotNow("已经作出最终认定，不能再申诉。")
    body = procedure.appeals[level - 1]
    lodged = Appeal(
        county_id=actor.county_id,
        unit_id=objection.unit_id,
        objection_id=objection.id,
        level=level,
        body=body,
        at_unit_id=_seat(session, objection, body),
        grounds=grounds,
        raised_at=at,
        due_at=close(at, procedure.windows[WindowKind.INVESTIGATION], calendar(session), "收到").closes_at,
    )
    session.add(lodged)
    step(session, actor, objection, OBJECTION, ObjectionCommand.APPEAL, at, note=grounds)
    arm(session, objection, REMIND, lodged.due_at)
    _bring_before(session, actor, objection, line, lodged, now)
    return lodged


def decide_appeal(
    session: Session,
    actor: Actor,
    objection_id: UUID,
    upheld: bool,
    decision: str,
    minute: str,
    remedy: Remedy,
    now: datetime,
) -> None:
    """Decide the appeal that lies here. The last body's word is final; before it the window opens once more."""
    objection = hold(session, actor, Action.APPEAL_DECIDE, Objection, objection_id)
    lodged = _lodged(session, objection)
    _may_decide(session, actor, objection, lodged)
    line = session.get_one(Line, (actor.county_id, objection.line_id))
    if line.member_id == actor.member_id:
        raise Forbidden("当事人不能参加对自己的认定。")
    if not decision.strip() or not minute.strip():
        raise Invalid("申诉认定要写明认定意见和会议记录编号。")
    if upheld:
        check_remedy(session, line, remedy)
    outcome = Outcome.UPHELD if upheld else Outcome.REJECTED
    lodged.decided_by, lodged.decided_at, lodged.decision = actor.person_id, now, decision
    lodged.minute, lodged.outcome = minute, outcome
    if upheld:
        close_objection(session, actor, objection, ObjectionCommand.UPHOLD, outcome, remedy, now)
    elif lodged.level < _bodies(session, line):
        step(session, actor, objection, OBJECTION, ObjectionCommand.REJECT, now, note=decision)
        open_appeal_window(session, objection, line, now)
    else:
        close_objection(session, actor, objection, ObjectionCommand.DISMISS, outcome, None, now)
    _tell_objector(session, actor, objection, decision, now)


def _tell_objector(session: Session, actor: Actor, objection: Objection, decision: str, now: datetime) -> None:
    if objection.raised_by is not None:
        said = f"申诉 {objection.number} 已作出认定：{decision}"
        tell(session, actor, objection.unit_id, "answer", objection.id, said, Audience([objection.raised_by]), now)


def _may_appeal(session: Session, actor: Actor, objection: Objection, line: Line) -> None:
    """The objector and the member concerned; who objected on paper appeals on paper, through the secretary."""
    on_paper = objection.raised_by is None and "secretary" in actor.roles
    own = objection.raised_by is not None and objection.raised_by == voice(session, actor)
    concerned = actor.member_id is not None and actor.member_id == line.member_id
    if not (own or concerned or on_paper):
        raise Forbidden("只有异议人或当事人可以申诉。")


def _may_decide(session: Session, actor: Actor, objection: Objection, lodged: Appeal) -> None:
    if lodged.at_unit_id != actor.unit_id:
        raise Forbidden("这件申诉不由您所在单位认定。")
    role = ROLE_OF.get(Body(lodged.body))
    if role is not None and not actor.overlay.stands_in(actor.roles, role, Action.APPEAL_DECIDE):
        raise Forbidden("这件申诉由细则指定的机构认定。")
    if actor.person_id == objection.answered_by:
        raise Forbidden("作出首次答复的人不能参加申诉的认定。")
    before = select(Appeal.decided_by).filter_by(county_id=objection.county_id, objection_id=objection.id)
    if actor.person_id in set(session.scalars(before.where(Appeal.decided_at.is_not(None)))):
        raise Forbidden("已经认定过这件申诉的人不能参加再次认定。")


def _seat(session: Session, objection: Objection, body: Body) -> UUID:
    above = level_above(session, objection.county_id, objection.unit_id) if body is Body.PARENT else None
    return above.id if above else objection.unit_id


def _bring_before(
    session: Session, actor: Actor, objection: Objection, line: Line, lodged: Appeal, now: datetime
) -> None:
    """Show the case to the body, and tell it that something waits."""
    role = ROLE_OF.get(Body(lodged.body), "secretary")
    if lodged.at_unit_id != objection.unit_id:
        case = [objection.id, *case_of(session, line)]
        open_to(
            session, actor.county_id, objection.unit_id, lodged.at_unit_id, case, f"申诉 {objection.number}", now
        )
        above = level_above(session, actor.county_id, objection.unit_id)
        role = officers_of(above) if above else role
    said = f"收到申诉 {objection.number}，请按期认定。"
    to = Audience(roles=[role], steps=[Action.APPEAL_DECIDE])
    tell(session, actor, lodged.at_unit_id, "appeal", objection.id, said, to, now)


def _levels(session: Session, objection: Objection) -> int | None:
    own = select(func.max(Appeal.level)).filter_by(county_id=objection.county_id, objection_id=objection.id)
    return session.scalar(own)


def _lodged(session: Session, objection: Objection) -> Appeal:
    own = select(Appeal).filter_by(county_id=objection.county_id, objection_id=objection.id)
    found = session.scalar(own.where(Appeal.decided_at.is_(None)))
    if found is None:
        raise NotNow("现在没有待认定的申诉。")
    return found


def _bodies(session: Session, line: Line) -> int:
    """Return how many instances the book gives; a level above reads it from the county's issued book."""
    round_ = session.get(Round, (line.county_id, line.round_id))
    if round_ is None:
        # Rounds are the branch's own; the only body outside it is the last.
        return 0
    return len(book_of(session, line.county_id, round_.book_id).procedure.appeals)
