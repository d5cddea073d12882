"""Records: what officers have entered in a round; entering more, and striking what was wrong."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
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
    Points,
    Words,
    at,
    points,
)
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.domain.deeds import Deed
from shared.usecases.records import enter_records, strike_record
from shared.usecases.registers import see_record, see_register

MOST = 120


class RecordListed(Struct, frozen=True):
    """An entry; a struck one stays to be seen and does not count."""

    id: Id
    member_id: Id
    name: Words
    item: str
    happened_on: Day
    points: Points | None
    text: Words
    decision: Words | None
    entered_at: Instant
    entered_by: Words | None
    struck: Annotated[str | None, Meta(description="撤销的理由，null 表示没有撤销")]


class RecordShown(Struct, frozen=True):
    """An entry by itself."""

    id: Id
    member_id: Id
    name: Words
    item: str
    title: Words
    happened_on: Day
    points: Points | None
    text: Words
    decision: Words | None
    entered_at: Instant
    struck: Annotated[str | None, Meta(description="撤销的理由，null 表示没有撤销")]


class Struck(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an entry is struck."""

    reason: Line300


class NewRecord(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one member did."""

    member_id: Id
    item: Line60
    happened_on: Day
    text: Line500
    points: AskedPoints | None = None
    decision: Annotated[Line60 | None, Meta(description="会议记录编号")] = None


class NewRecords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What several did: all of it is entered, or nothing."""

    records: Annotated[list[NewRecord], Meta(min_length=1, max_length=MOST, description=f"1 到 {MOST} 条登记")]


class Entered(Struct, frozen=True):
    """What was entered, in the order in which it was sent."""

    ids: Annotated[list[UUID], Meta(description="登记的编号，顺序与提交的一致")]


@get(
    "/api/v1/rounds/{round_id:uuid}/records",
    opt=reads(Action.RECORD_SEE, "一期里的登记", Page[RecordListed]),
    sync_to_thread=True,
)
def records(request: Asked, caller: Caller, paging: Paging, round_id: FromPath[UUID]) -> Response[bytes]:
    """List what was entered in a round, newest first."""
    with caller.acting() as session:
        register = see_register(session, caller.actor, round_id)
        found = list(register.records)
        for page in range(2, register.last + 1):
            found += see_register(session, caller.actor, round_id, page).records
    return answer(request, paged(paging, found, lambda one: one.id, _listed))


@post(
    "/api/v1/rounds/{round_id:uuid}/records",
    opt=acts(Action.RECORD_ENTER, "登记若干人做的事，全部登记或全不登记", Entered, NewRecords, status=201),
    sync_to_thread=True,
)
def enter(caller: Caller, call: Call, round_id: FromPath[UUID]) -> Response[bytes]:
    """Enter what several did."""
    new = call.said(NewRecords)

    def act(session: Session, now: datetime) -> Entered:
        deeds = [(one.member_id, _deed(one)) for one in new.records]
        return Entered([one.id for one in enter_records(session, caller.actor, round_id, deeds, now)])

    return call.once(act)


@get(
    "/api/v1/records/{record_id:uuid}",
    opt=reads(Action.RECORD_SEE, "一条登记", RecordShown),
    sync_to_thread=True,
)
def record(request: Asked, caller: Caller, record_id: FromPath[UUID]) -> Response[bytes]:
    """Show an entry."""
    with caller.acting() as session:
        return answer(request, _shown(session, caller.actor, record_id))


@post(
    "/api/v1/records/{record_id:uuid}/strike",
    opt=acts(Action.RECORD_STRIKE, "撤销一条登记，写明理由", RecordShown, Struck),
    sync_to_thread=True,
)
def strike(call: Call, record_id: FromPath[UUID]) -> Response[bytes]:
    """Strike an entry; it stays to be seen."""
    said = call.said(Struck)

    def take(session: Session, actor: Actor, row_id: UUID, now: datetime) -> None:
        strike_record(session, actor, row_id, said.reason, now)

    return call.step(Action.RECORD_STRIKE, record_id, take, _shown)


def _shown(session: Session, actor: Actor, record_id: UUID) -> RecordShown:
    row, member, item = see_record(session, actor, record_id)
    return RecordShown(
        id=row.id,
        member_id=row.member_id,
        name=member.name,
        item=row.item,
        title=item.title,
        happened_on=row.happened_on,
        points=points(row.points),
        text=row.text,
        decision=row.decision,
        entered_at=at(row.entered_at),
        struck=row.struck_reason,
    )


def _deed(one: NewRecord) -> Deed:
    asked = Decimal(one.points) if one.points else None
    return Deed(one.item, one.happened_on, one.text, asked, decision=one.decision)


def _listed(row: Any) -> RecordListed:
    return RecordListed(
        id=row.id,
        member_id=row.member_id,
        name=row.name,
        item=row.item,
        happened_on=row.happened_on,
        points=points(row.points),
        text=row.text,
        decision=row.decision,
        entered_at=at(row.entered_at),
        entered_by=row.entered_by,
        struck=row.struck_reason,
    )


HANDLERS = [records, enter, record, strike]
