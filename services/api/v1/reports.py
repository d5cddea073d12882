"""Reports: what somebody has seen another member do, told in writing; entered as a record, or set aside."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.orm import Session

from services.api.v1.callers import Caller
from services.api.v1.calls import Call, answer
from services.api.v1.endpoints import acts, reads
from services.api.v1.paging import Paging, paged
from services.api.v1.shapes import (
    AskedPoints,
    Day,
    Id,
    Instant,
    Line60,
    Line300,
    Line500,
    Page,
    State,
    Words,
    at,
    local,
)
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.domain.deeds import Deed
from shared.domain.errors import NotNow
from shared.domain.reports import ReportKind, Seen
from shared.usecases.reports import (
    enter_report,
    reply_to_report,
    report,
    reports_concerning,
    reports_told,
    reports_waiting,
    set_report_aside,
)
from shared.usecases.sightings import see_sighting


class ReportShown(Struct, frozen=True):
    """A report, and what has become of it."""

    id: Id
    member_id: Id
    kind: State
    item: str | None
    happened_on: Day
    text: Words
    state: State
    reported_at: Instant
    reply: Annotated[str | None, Meta(description="当事人的说明")]
    replied_at: Instant | None
    record_id: Annotated[UUID | None, Meta(description="登记的编号")]
    reason: Annotated[str | None, Meta(description="不作登记的理由")]


class NewReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom it concerns, what was seen, and when; the member reads it at once."""

    member_id: Id
    kind: Annotated[Literal["contribution", "breach"], Meta(description="contribution 做得好，breach 做得不对")]
    happened_on: Day
    text: Line500
    item: Annotated[Line60 | None, Meta(description="知道属于哪一条款的可以填")] = None


class Verified(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is entered of a report, as far as it has been verified."""

    item: Line60
    text: Annotated[Line300, Meta(description="核实的情况，1 到 300 字")]
    points: AskedPoints | None = None
    decision: Annotated[Line60 | None, Meta(description="会议记录编号，要有集体决定的才填")] = None


class Aside(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a report is not entered."""

    reason: Line300


class Reply(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What whom it concerns says to it."""

    text: Line500


@get(
    "/api/v1/reports/told",
    opt=reads(Action.RECORD_REPORT, "自己反映的情况", Page[ReportShown]),
    sync_to_thread=True,
)
def told(request: Asked, caller: Caller, paging: Paging) -> Response[bytes]:
    """List what one has told."""
    with caller.acting() as session:
        return answer(request, paged(paging, reports_told(session, caller.actor), _id, _listed))


@get(
    "/api/v1/reports/waiting",
    opt=reads(Action.REPORT_SETTLE, "等着核实的情况反映", Page[ReportShown]),
    sync_to_thread=True,
)
def waiting(request: Asked, caller: Caller, paging: Paging) -> Response[bytes]:
    """List what waits to be verified."""
    with caller.acting() as session:
        return answer(request, paged(paging, reports_waiting(session, caller.actor), _id, _listed))


@get(
    "/api/v1/reports/about-me",
    opt=reads(Action.REPORT_REPLY, "反映自己的情况", Page[ReportShown]),
    sync_to_thread=True,
)
def about_me(request: Asked, caller: Caller, paging: Paging) -> Response[bytes]:
    """List what has been told of oneself."""
    with caller.acting() as session:
        return answer(request, paged(paging, reports_concerning(session, caller.actor), _id, _listed))


@post(
    "/api/v1/reports",
    opt=acts(Action.RECORD_REPORT, "反映一位党员的情况", ReportShown, NewReport, status=201),
    sync_to_thread=True,
)
def tell(caller: Caller, call: Call) -> Response[bytes]:
    """Hand a report in."""
    new = call.said(NewReport)

    def act(session: Session, now: datetime) -> ReportShown:
        seen = Seen(ReportKind(new.kind), new.happened_on, new.text, new.item)
        made = report(session, caller.actor, new.member_id, seen, now)
        session.flush()
        return _listed(made)

    return call.once(act)


@post(
    "/api/v1/reports/{report_id:uuid}/reply",
    opt=acts(Action.REPORT_REPLY, "说明反映自己的一件情况", ReportShown, Reply),
    sync_to_thread=True,
)
def reply(call: Call, report_id: FromPath[UUID]) -> Response[bytes]:
    """Say what one has to say to it."""
    said = call.said(Reply)

    def take(session: Session, actor: Actor, row_id: UUID, now: datetime) -> None:
        reply_to_report(session, actor, row_id, said.text, now)

    return call.step(Action.REPORT_REPLY, report_id, take, _concerning)


@post(
    "/api/v1/reports/{report_id:uuid}/enter",
    opt=acts(Action.REPORT_SETTLE, "核实一件情况反映，并作登记", ReportShown, Verified),
    sync_to_thread=True,
)
def enter(call: Call, report_id: FromPath[UUID]) -> Response[bytes]:
    """Make a record of a report."""
    said = call.said(Verified)

    def take(session: Session, actor: Actor, row_id: UUID, now: datetime) -> None:
        seen = see_sighting(session, actor, row_id)
        if seen.round is None:
            raise NotNow("这一天所在的那一期登记已经结束；请作更正，或写明理由不作登记。")
        given = Decimal(said.points) if said.points else None
        deed = Deed(said.item, seen.report.happened_on, said.text, given, decision=said.decision)
        enter_report(session, actor, row_id, seen.round.id, deed, now)

    return call.step(Action.REPORT_SETTLE, report_id, take, _shown)


@post(
    "/api/v1/reports/{report_id:uuid}/aside",
    opt=acts(Action.REPORT_SETTLE, "一件情况反映不作登记，写明理由", ReportShown, Aside),
    sync_to_thread=True,
)
def set_aside(call: Call, report_id: FromPath[UUID]) -> Response[bytes]:
    """Set a report aside."""
    said = call.said(Aside)

    def take(session: Session, actor: Actor, row_id: UUID, now: datetime) -> None:
        set_report_aside(session, actor, row_id, said.reason, now)

    return call.step(Action.REPORT_SETTLE, report_id, take, _shown)


def _shown(session: Session, actor: Actor, report_id: UUID) -> ReportShown:
    return _listed(see_sighting(session, actor, report_id).report)


def _concerning(session: Session, actor: Actor, report_id: UUID) -> ReportShown:
    return next(_listed(one) for one in reports_concerning(session, actor) if one.id == report_id)


def _id(row: Any) -> UUID:
    found: UUID = row.id
    return found


def _listed(row: Any) -> ReportShown:
    return ReportShown(
        id=row.id,
        member_id=row.member_id,
        kind=row.kind,
        item=row.item,
        happened_on=row.happened_on,
        text=row.text,
        state=row.state,
        reported_at=at(row.reported_at),
        reply=row.reply,
        replied_at=local(row.replied_at),
        record_id=row.record_id,
        reason=row.reason,
    )


HANDLERS = [told, waiting, about_me, tell, reply, enter, set_aside]
