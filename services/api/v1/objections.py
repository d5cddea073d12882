"""Objections: raised to a line, followed to their end, taken back."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.orm import Session

from services.api.v1.callers import Caller
from services.api.v1.calls import Call, answer
from services.api.v1.claims import StepShown
from services.api.v1.endpoints import acts, reads
from services.api.v1.paging import Paging, paged
from services.api.v1.shapes import (
    Id,
    Instant,
    Line500,
    Line1000,
    Page,
    Period,
    Points,
    State,
    Words,
    at,
    local,
    points,
)
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.usecases.cases import own_cases, see_case
from shared.usecases.objections import Statement, raise_objection, withdraw_objection


class ObjectionListed(Struct, frozen=True):
    """An objection in one line."""

    id: Id
    number: str
    line_id: Id
    period: Period
    about: Annotated[str, Meta(description="对谁的积分")]
    state: State
    handed_in_at: Instant
    due_at: Instant


class ObjectionShown(Struct, frozen=True):
    """An objection with its answer. Whom it concerns is not told who raised it."""

    id: Id
    number: str
    line_id: Id
    notice_id: Id
    period: Period
    about: Annotated[str, Meta(description="对谁的积分")]
    points: Annotated[Points | None, Meta(description="这一行现在的积分")]
    own: Annotated[bool, Meta(description="是自己提出的")]
    concerned: Annotated[bool, Meta(description="涉及自己")]
    text: Words
    state: State
    outcome: State | None
    handed_in_at: Instant
    due_at: Annotated[Instant, Meta(description="应在什么时候前书面答复")]
    answer: Words | None
    answered_at: Instant | None
    appeal_until: Annotated[datetime | None, Meta(description="可以申诉到什么时候")]
    appeals_to: Annotated[str, Meta(description="现在可以向谁申诉，空的表示不能")]
    holder: Annotated[str, Meta(description="现在由谁办理，空的表示已办结")]
    steps: list[StepShown]


class NewObjection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is wrong with a line, and what would be right."""

    line_id: Id
    text: Annotated[Line1000, Meta(description="哪里不对、为什么，1 到 1000 字")]
    right: Annotated[Line500, Meta(description="认为应当怎样，1 到 500 字")]
    differs: Annotated[bool, Meta(description="公示的和支部认定的不一致（再次公示只受理这一种）")] = False


@get(
    "/api/v1/objections",
    opt=reads(Action.OBJECTION_RAISE, "自己提出的和涉及自己的异议", Page[ObjectionListed]),
    sync_to_thread=True,
)
def objections(request: Asked, caller: Caller, paging: Paging) -> Response[bytes]:
    """List what one has raised, and what has been raised about one."""
    with caller.acting() as session:
        mine = own_cases(session, caller.actor)
    return answer(request, paged(paging, mine, lambda one: one[0].id, _listed))


@get(
    "/api/v1/objections/{objection_id:uuid}",
    opt=reads(Action.OBJECTION_RAISE, "一件异议", ObjectionShown),
    sync_to_thread=True,
)
def objection(request: Asked, caller: Caller, objection_id: FromPath[UUID]) -> Response[bytes]:
    """Show an objection."""
    with caller.acting() as session:
        return answer(request, shown(session, caller.actor, objection_id))


@post(
    "/api/v1/objections",
    opt=acts(Action.OBJECTION_RAISE, "对公示中的一行积分提出异议", ObjectionShown, NewObjection, status=201),
    sync_to_thread=True,
)
def object_(caller: Caller, call: Call) -> Response[bytes]:
    """Object to a line in its window."""
    new = call.said(NewObjection)

    def act(session: Session, _: datetime) -> ObjectionShown:
        said = Statement(f"{new.text}\n认为应当：{new.right}", caller.actor.name, differs=new.differs)
        raised = raise_objection(session, caller.actor, new.line_id, said)
        return shown(session, caller.actor, raised.id)

    return call.once(act)


@post(
    "/api/v1/objections/{objection_id:uuid}/withdraw",
    opt=acts(Action.OBJECTION_RAISE, "撤回自己提出的异议", ObjectionShown),
    sync_to_thread=True,
)
def withdraw(call: Call, objection_id: FromPath[UUID]) -> Response[bytes]:
    """Take one's own objection back."""

    return call.step(Action.OBJECTION_RAISE, objection_id, withdraw_objection, shown)


def shown(session: Session, actor: Actor, objection_id: UUID) -> ObjectionShown:
    """Return an objection as it stands."""
    session.flush()
    case = see_case(session, actor, objection_id)
    made = case.objection
    return ObjectionShown(
        id=made.id,
        number=made.number,
        line_id=made.line_id,
        notice_id=made.notice_id,
        period=case.round.period,
        about=case.member.name,
        points=points(case.line.points),
        own=case.own,
        concerned=case.concerned,
        text=made.text,
        state=made.state,
        outcome=made.outcome,
        handed_in_at=at(made.handed_in_at),
        due_at=at(made.due_at),
        answer=made.answer,
        answered_at=local(made.answered_at),
        appeal_until=local(made.appeal_until),
        appeals_to=case.appeals_to,
        holder=case.holder,
        steps=[StepShown(one.command, at(one.at), one.note) for one in case.told],
    )


def _listed(one: Any) -> ObjectionListed:
    made, round_, member = one
    return ObjectionListed(
        id=made.id,
        number=made.number,
        line_id=made.line_id,
        period=round_.period,
        about=member.name,
        state=made.state,
        handed_in_at=at(made.handed_in_at),
        due_at=at(made.due_at),
    )


HANDLERS = [objections, objection, object_, withdraw]
