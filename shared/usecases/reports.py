"""Reports: told of others in writing, shown at once to whom they concern, made a record of or set aside."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require, see
from shared.db.claims import Record
from shared.db.members import Member
from shared.db.reports import Report
from shared.db.rules import book_for
from shared.domain.deeds import Deed
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.periods import day_in_words
from shared.domain.reports import REPORT, ReportCommand, ReportState, Seen, faults_of
from shared.domain.windows import local_day
from shared.usecases.books import book_of
from shared.usecases.carry_out import remark, step
from shared.usecases.messages import Audience, tell
from shared.usecases.records import enter_record

TO_SETTLE = Audience(roles=["recorder", "office"], steps=[Action.REPORT_SETTLE])


def report(session: Session, actor: Actor, member_id: UUID, seen: Seen, now: datetime) -> Report:
    """Tell of a member of one's own group, or whose contact one is; whom it concerns reads it at once."""
    member = see(session, actor, Action.RECORD_REPORT, Member, member_id)
    if member.person_id == actor.person_id:
        raise Forbidden("不能反映自己的情况；自己做的事请自己申报。")
    issued = book_for(session, actor.county_id, member.unit_id, seen.happened_on)
    items = book_of(session, actor.county_id, issued.id).items if issued else {}
    faults = faults_of(seen, items, local_day(now))
    if faults:
        raise Invalid(*faults)
    made = Report(
        county_id=actor.county_id,
        unit_id=member.unit_id,
        member_id=member.id,
        reported_by=actor.person_id,
        kind=seen.kind,
        item=seen.item,
        happened_on=seen.happened_on,
        text=seen.text,
        reported_at=now,
        state=ReportState.REPORTED,
        stage=0,
    )
    session.add(made)
    session.flush()
    remark(session, actor, made, "report", now)
    when = day_in_words(seen.happened_on)
    said = f"{actor.name}反映您{when}的情况：{seen.text}。您可以书面说明，支部核实后决定是否登记。"
    _tell(session, actor, made, said, Audience([member.person_id]), now)
    heard = f"{actor.name}反映了{member.name}{when}的情况，请核实后登记或说明不作登记的理由。"
    _tell(session, actor, made, heard, TO_SETTLE, now)
    return made


def reply_to_report(session: Session, actor: Actor, report_id: UUID, reply: str, now: datetime) -> Report:
    """Say in writing what one has to say to a report about oneself, once, before the branch has settled it."""
    held = hold(session, actor, Action.REPORT_REPLY, Report, report_id)
    if not reply.strip():
        raise Invalid("请写明您要说明的情况。")
    if held.state != ReportState.REPORTED or held.replied_at is not None:
        raise NotNow("这件情况反映您已经说明过，或支部已经办结；有不同意见可以在公示期内提出异议。")
    held.reply, held.replied_at = reply, now
    remark(session, actor, held, "reply", now)
    _tell(session, actor, held, "当事人对一件情况反映作了书面说明，请一并核实。", TO_SETTLE, now)
    return held


def enter_report(
    session: Session, actor: Actor, report_id: UUID, round_id: UUID, deed: Deed, now: datetime
) -> Record:
    """Make a record of what was reported, as far as it has been verified; the record counts, the report never."""
    held = _held(session, actor, report_id)
    REPORT.after(ReportState(held.state), ReportCommand.ENTER)
    record = enter_record(session, actor, round_id, held.member_id, deed, now)
    held.record_id = record.id
    step(session, actor, held, REPORT, ReportCommand.ENTER, now)
    _tell_both(session, actor, held, f"{day_in_words(held.happened_on)}的情况反映已核实登记：{deed.text}", now)
    return record


def set_report_aside(session: Session, actor: Actor, report_id: UUID, reason: str, now: datetime) -> Report:
    """Let a report rest, with the reason; both who told it and whom it concerns read the reason."""
    held = _held(session, actor, report_id)
    if not reason.strip():
        raise Invalid("不作登记要写明理由。")
    held.reason = reason
    step(session, actor, held, REPORT, ReportCommand.SET_ASIDE, now, note=reason)
    _tell_both(session, actor, held, f"{day_in_words(held.happened_on)}的情况反映不作登记：{reason}", now)
    return held


def reports_told(session: Session, actor: Actor) -> Sequence[Report]:
    """Return what the actor has reported, newest first."""
    require(actor, Action.RECORD_REPORT)
    return _reports(session, actor, Report.reported_by == actor.person_id)


def reports_concerning(session: Session, actor: Actor) -> Sequence[Report]:
    """Return what has been reported of the actor, newest first."""
    require(actor, Action.REPORT_REPLY)
    return _reports(session, actor, Report.member_id == actor.member_id)


def reports_waiting(session: Session, actor: Actor) -> Sequence[Report]:
    """Return what the branch has still to verify, newest first."""
    require(actor, Action.REPORT_SETTLE)
    return _reports(session, actor, Report.state == ReportState.REPORTED)


def _reports(session: Session, actor: Actor, wanted: ColumnElement[bool]) -> Sequence[Report]:
    of_unit = select(Report).filter_by(county_id=actor.county_id, unit_id=actor.unit_id).where(wanted)
    return session.scalars(of_unit.order_by(Report.reported_at.desc(), Report.id)).all()


def _held(session: Session, actor: Actor, report_id: UUID) -> Report:
    held = hold(session, actor, Action.REPORT_SETTLE, Report, report_id)
    if held.member_id == actor.member_id:
        raise Forbidden("不能核实反映自己的情况，请由其他同志办理。")
    return held


def _tell_both(session: Session, actor: Actor, held: Report, said: str, now: datetime) -> None:
    member = session.get_one(Member, (held.county_id, held.member_id))
    _tell(session, actor, held, said, Audience([member.person_id, held.reported_by]), now)


def _tell(session: Session, actor: Actor, held: Report, said: str, to: Audience, now: datetime) -> None:
    tell(session, actor, held.unit_id, "report", held.id, said, to, now)
