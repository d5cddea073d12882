"""Extensions: what a new calendar does to periods that are running. They may grow; none shrinks or reopens."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor, the_clock
from shared.authz.gate import hold
from shared.db.base import Stateful
from shared.db.clock import read_clock
from shared.db.filings import Filing
from shared.db.history import History
from shared.db.notices import Notice
from shared.db.objections import Appeal, Objection
from shared.db.rounds import Line, Round
from shared.domain.errors import NotFound
from shared.domain.filings import FilingState
from shared.domain.notices import NoticeKind, NoticeState
from shared.domain.objections import ObjectionState
from shared.domain.procedures import Procedure, WindowKind
from shared.domain.windows import SHANGHAI, Window, WindowRule, close, extended, local_day
from shared.usecases.answers import LAPSE
from shared.usecases.books import book_of
from shared.usecases.calendars import calendar
from shared.usecases.carry_out import arm, remark
from shared.usecases.messages import Audience, tell
from shared.usecases.notices import CLOSE_WINDOW
from shared.usecases.postings import book_behind
from shared.usecases.reminders import REMIND

EXTEND = "extend"


class Running(NamedTuple):
    """Where a period runs that a calendar may lengthen; it is read only after entering there."""

    county_id: UUID
    unit_id: UUID
    kind: str
    id: UUID


def running(session: Session) -> list[Running]:
    """Return everything that runs anywhere; only the worker's login may ask."""
    return [Running(*row) for row in session.execute(text("SELECT * FROM jifen.running()"))]


def extend(session: Session, one: Running) -> bool:
    """Reckon one period again by the calendar as it now is; whether anything about it has changed."""
    return EXTENDERS[one.kind](session, the_clock(one.county_id, one.unit_id), one.id)


def extend_notice(session: Session, actor: Actor, notice_id: UUID) -> bool:
    """Lengthen an open notice's window, or make a provisional date certain; tell the branch which."""
    notice = hold(session, actor, Action.NOTICE_CLOSE, Notice, notice_id)
    now = read_clock(session, actor.county_id)
    old = _posted(notice)
    if notice.state != NoticeState.PUBLISHED or old is None or now >= old.closes_at:
        return False
    windows = book_behind(session, notice).procedure.windows
    kind = WindowKind.REPUBLICATION if notice.kind == NoticeKind.SECOND else WindowKind.PUBLICATION
    new = extended(
        old, close(old.opens_at, windows.get(kind, windows[WindowKind.PUBLICATION]), calendar(session)), now
    )
    if (new.closes_at, new.provisional) == (old.closes_at, old.provisional):
        return False
    notice.closes_at, notice.last_day = new.closes_at, new.last_day
    notice.provisional, notice.why = new.provisional, new.why
    remark(session, actor, notice, EXTEND, now, note=new.why)
    if new.closes_at > old.closes_at:
        arm(session, notice, CLOSE_WINDOW, new.closes_at)
    said = f"{notice.title}的期限按新公布的放假安排重新确定：{new.why}。"
    to = Audience(roles=["secretary", "recorder"])
    tell(session, actor, notice.unit_id, "window", notice.id, said, to, now)
    return True


def extend_objection(session: Session, actor: Actor, objection_id: UUID) -> bool:
    """Lengthen what runs in a case: the investigation, the time to appeal, the time to decide the appeal."""
    objection = hold(session, actor, Action.OBJECTION_LAPSE, Objection, objection_id)
    windows = _procedure(session, session.get_one(Line, (actor.county_id, objection.line_id)).round_id).windows
    now = read_clock(session, actor.county_id)
    match ObjectionState(objection.state):
        case ObjectionState.RAISED | ObjectionState.INVESTIGATING:
            rule = windows[WindowKind.INVESTIGATION]
            later = _later(session, objection.handed_in_at, objection.due_at, rule, now)
            objection.due_at = later or objection.due_at
            return _note(session, actor, objection, REMIND, later, now)
        case ObjectionState.ANSWERED if objection.appeal_until is not None:
            opened = _answered_at(session, objection)
            later = _later(session, opened, objection.appeal_until, windows[WindowKind.APPEAL], now)
            objection.appeal_until = later or objection.appeal_until
            return _note(session, actor, objection, LAPSE, later, now)
        case ObjectionState.APPEALED:
            own = select(Appeal).filter_by(county_id=actor.county_id, objection_id=objection.id, decided_at=None)
            lodged = session.scalars(own).one()
            rule = windows[WindowKind.INVESTIGATION]
            later = _later(session, lodged.raised_at, lodged.due_at, rule, now)
            lodged.due_at = later or lodged.due_at
            return _note(session, actor, objection, REMIND, later, now)
        case _:
            return False


def extend_filing(session: Session, actor: Actor, filing_id: UUID) -> bool:
    """Lengthen the time to submit a package that has never been submitted."""
    filing = hold(session, actor, Action.FILING_BUILD, Filing, filing_id)
    if filing.state != FilingState.BUILT:
        return False
    of_period = select(Round.id).filter_by(
        county_id=actor.county_id, unit_id=filing.unit_id, filing_period=filing.period
    )
    of_branch = session.scalars(of_period.limit(1)).first()
    if of_branch is None:
        # A sum of others' packages has a term of days, which no holiday lengthens.
        return False
    rule = _procedure(session, of_branch).windows[WindowKind.INVESTIGATION]
    now = read_clock(session, actor.county_id)
    # Its reminder was armed when it was built; the window that it was reckoned by opened at that instant.
    later = _later(session, _built_at(session, filing), filing.due_at, rule, now)
    filing.due_at = later or filing.due_at
    return _note(session, actor, filing, REMIND, later, now)


EXTENDERS: Mapping[str, Callable[[Session, Actor, UUID], bool]] = {
    "notice": extend_notice,
    "objection": extend_objection,
    "filing": extend_filing,
}


def _later(session: Session, opened: datetime, ends: datetime, rule: WindowRule, now: datetime) -> datetime | None:
    """Return the later end of a period that is still running, None where it stays as it is."""
    if now >= ends:
        return None
    new = close(opened, rule, calendar(session)).closes_at
    return new if new > ends else None


def _note(
    session: Session, actor: Actor, row: Stateful, command: str, later: datetime | None, now: datetime
) -> bool:
    """Set the clock for the later end; the earlier deadline is outlived by it, nothing cancels it."""
    if later is None:
        return False
    session.flush()
    why = f"放假安排公布后，期限延至 {local_day(later)} 0 时"
    remark(session, actor, row, EXTEND, now, note=why)
    arm(session, row, command, later)
    tell(session, actor, row.unit_id, "window", row.id, f"{why}。", Audience(roles=["secretary"]), now)
    return True


def _posted(notice: Notice) -> Window | None:
    """Return the window as it hangs on the board."""
    if notice.published_at is None or notice.closes_at is None or notice.last_day is None:
        return None
    why, provisional = notice.why or "", notice.provisional
    return Window(notice.published_at, notice.closes_at, notice.last_day, False, provisional, why)


def _answered_at(session: Session, objection: Objection) -> datetime:
    """The answer that can be appealed now: the first one, or the latest body's that did not uphold it."""
    own = select(History.at).filter_by(county_id=objection.county_id, subject_id=objection.id, command="reject")
    return session.scalars(own.order_by(History.at.desc()).limit(1)).one()


def _built_at(session: Session, filing: Filing) -> datetime:
    """A package is told of in the same instant in which it is built."""
    told = text("SELECT min(made_at) FROM message WHERE county_id = :county AND subject_id = :filing")
    at: datetime = session.scalars(told, {"county": filing.county_id, "filing": filing.id}).one()
    return at.astimezone(SHANGHAI)


def _procedure(session: Session, round_id: UUID) -> Procedure:
    found = session.scalar(select(Round).filter_by(id=round_id))
    if found is None:
        raise NotFound("没有这一期积分。")
    return book_of(session, found.county_id, found.book_id).procedure
