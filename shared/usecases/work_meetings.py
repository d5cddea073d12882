"""Work meetings (一月一例会): called with an agenda of what stands, reports heard, minutes written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require, see
from shared.db.units import Unit, children
from shared.db.work_meetings import HeardReport, WorkMeeting
from shared.domain.errors import Invalid, NotNow
from shared.domain.periods import period_of
from shared.domain.procedures import Span
from shared.domain.supervisions import Standing
from shared.usecases.carry_out import remark
from shared.usecases.hints import see_hints
from shared.usecases.messages import Audience, officers_of, tell
from shared.usecases.supervisions import see_supervisions
from shared.usecases.tallies import waiting


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard of a unit's report."""

    heard: bool
    summary: str


@dataclass(frozen=True, slots=True)
class WorkMeetingPage:
    """A meeting with every unit that is to report there."""

    meeting: WorkMeeting
    reports: Sequence[tuple[Unit, Heard]]


def proposed_agenda(session: Session, actor: Actor, now: datetime) -> str:
    """Return an agenda of what stands today: what is late, who was in order last month, what asks for a look."""
    require(actor, Action.WORK_MEETING_HOLD)
    month = period_of(now.date(), Span.MONTH).previous
    late = sum(one.number for one in waiting(session) if one.late)
    supervised = see_supervisions(session, actor, month)
    praised = [one.branch.name for one in supervised if one.conduct.standing is Standing.COMMENDED]
    urged = [one.branch.name for one in supervised if one.conduct.standing is Standing.URGED]
    hinted = [one.unit.name for one in see_hints(session, actor)]
    items = [
        f"{month.in_words}积分工作汇报，各支部逐一汇报。",
        f"逾期未办的工作 {late} 件，逐件明确办结时间。",
        f"拟表扬：{_listed(praised)}。",
        f"拟督促：{_listed(urged)}。",
        f"请核对的情况：{_listed(hinted)}。",
    ]
    return "\n".join(f"{place}. {item}" for place, item in enumerate(items, 1))


def call_work_meeting(session: Session, actor: Actor, held_on: date, agenda: str, now: datetime) -> WorkMeeting:
    """Call the month's meeting and tell every unit directly below; one a month."""
    require(actor, Action.WORK_MEETING_HOLD)
    month = str(period_of(held_on, Span.MONTH))
    own = select(WorkMeeting.id).filter_by(county_id=actor.county_id, unit_id=actor.unit_id, month=month)
    if session.scalar(own) is not None:
        raise NotNow(f"{period_of(held_on, Span.MONTH).in_words}的工作例会已经召集过了。")
    if not agenda.strip():
        raise Invalid("请写明议程。")
    meeting = WorkMeeting(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        month=month,
        held_on=held_on,
        agenda=agenda.strip(),
        called_by=actor.person_id,
        called_at=now,
    )
    session.add(meeting)
    remark(session, actor, meeting, "convene", now)
    unit = session.get_one(Unit, (actor.county_id, actor.unit_id))
    for below in children(session, actor.county_id, actor.unit_id):
        said = f"{unit.name}定于 {held_on:%Y-%m-%d} 开积分工作例会，请准备汇报。"
        tell(session, actor, below.id, "work_meeting", meeting.id, said, Audience(roles=[officers_of(below)]), now)
    return meeting


def work_meetings_of(session: Session, actor: Actor) -> Sequence[WorkMeeting]:
    """Return the unit's meetings, the newest first."""
    require(actor, Action.WORK_MEETING_SEE)
    own = select(WorkMeeting).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    return session.scalars(own.order_by(WorkMeeting.month.desc())).all()


def see_work_meeting(session: Session, actor: Actor, meeting_id: UUID) -> WorkMeetingPage:
    """Return a meeting with what was heard of each unit directly below."""
    meeting = see(session, actor, Action.WORK_MEETING_SEE, WorkMeeting, meeting_id)
    written = {one.reporting_id: Heard(one.heard, one.summary) for one in _reports(session, meeting)}
    below = children(session, actor.county_id, meeting.unit_id)
    return WorkMeetingPage(meeting, [(unit, written.get(unit.id, Heard(False, ""))) for unit in below])


def hear_reports(
    session: Session, actor: Actor, meeting_id: UUID, reports: Mapping[UUID, Heard], now: datetime
) -> None:
    """Write down which units reported, and what they said in short; until the minutes are written."""
    meeting = hold(session, actor, Action.WORK_MEETING_HOLD, WorkMeeting, meeting_id)
    _refuse_closed(meeting)
    below = {unit.id for unit in children(session, actor.county_id, meeting.unit_id)}
    written = {one.reporting_id: one for one in _reports(session, meeting)}
    for unit_id, report in reports.items():
        if unit_id not in below:
            raise Invalid("汇报的单位不是直接下级。")
        if unit_id in written:
            written[unit_id].heard, written[unit_id].summary = report.heard, report.summary.strip()
        else:
            session.add(_row(meeting, unit_id, report))
    remark(session, actor, meeting, "hear", now, note=f"听取汇报 {sum(one.heard for one in reports.values())} 个")


def close_work_meeting(session: Session, actor: Actor, meeting_id: UUID, minutes: str, now: datetime) -> None:
    """Write the minutes; nothing about the meeting changes afterwards."""
    meeting = hold(session, actor, Action.WORK_MEETING_HOLD, WorkMeeting, meeting_id)
    _refuse_closed(meeting)
    if not minutes.strip():
        raise Invalid("请写明会议记录：议定了什么、谁来办、什么时候办完。")
    meeting.minutes, meeting.closed_at = minutes.strip(), now
    remark(session, actor, meeting, "close", now)


def _refuse_closed(meeting: WorkMeeting) -> None:
    if meeting.closed_at is not None:
        raise NotNow("这次例会的记录已经写好，不能再改。")


def _reports(session: Session, meeting: WorkMeeting) -> Sequence[HeardReport]:
    of_meeting = select(HeardReport).filter_by(county_id=meeting.county_id, work_meeting_id=meeting.id)
    return session.scalars(of_meeting).all()


def _row(meeting: WorkMeeting, unit_id: UUID, report: Heard) -> HeardReport:
    return HeardReport(
        county_id=meeting.county_id,
        unit_id=meeting.unit_id,
        work_meeting_id=meeting.id,
        reporting_id=unit_id,
        heard=report.heard,
        summary=report.summary.strip(),
    )


def _listed(names: Sequence[str]) -> str:
    shown = "、".join(names[:10])
    return f"{shown}等 {len(names)} 个" if len(names) > 10 else shown or "没有"
