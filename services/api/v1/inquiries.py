"""Inquiries: objections as officers work on them: who investigates, what was found; and those written on paper."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.orm import Session

from services.api.v1.callers import Caller
from services.api.v1.calls import Call, answer
from services.api.v1.endpoints import acts, reads
from services.api.v1.matters import InquiryShown, shown
from services.api.v1.paging import Paging, paged
from services.api.v1.shapes import Day, Id, Instant, Line60, Line300, Line1000, Line2000, Page, State, Words, at
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.usecases.findings import Inquiry, investigate
from shared.usecases.inquiries import see_matters
from shared.usecases.involvements import Candidate, candidates_for
from shared.usecases.objections import (
    OnPaper,
    Statement,
    assign_investigator,
    confirm_identity,
    enter_paper_objection,
)


class InquiryListed(Struct, frozen=True):
    """An objection to work on, in one line."""

    id: Id
    number: str
    unit_name: Words
    about: Annotated[str, Meta(description="对谁的积分")]
    state: State
    outcome: State | None
    on_paper: bool
    handed_in_at: Instant
    due_at: Instant
    investigator: Words | None


class PersonOffered(Struct, frozen=True):
    """Somebody who may be asked to investigate, or why not."""

    person_id: Id
    name: Words
    where: Annotated[str, Meta(description="职务和党小组")]
    why_not: Annotated[str, Meta(description="为什么不能调查，空的表示可以")]


class Investigator(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who investigates."""

    person_id: Id


class NewFinding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an investigation heard and found."""

    heard: Annotated[Line300, Meta(description="听取了哪些人的情况，1 到 300 字")]
    held_on: Day
    text: Annotated[Line2000, Meta(description="查明了什么，1 到 2000 字")]


class PaperObjection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands on a paper objection, when it was handed in, and who attests that."""

    line_id: Id
    name: Annotated[Line60, Meta(description="异议人姓名，1 到 60 字")]
    text: Annotated[Line1000, Meta(description="照纸上写的录入，1 到 1000 字")]
    handed_in_at: Instant
    attested_by: Annotated[list[Line60], Meta(min_length=2, max_length=2, description="两位证明人的姓名")]
    group_name: Annotated[Line60 | None, Meta(description="村民小组，异议人是群众的才填")] = None
    telephone: Annotated[Line60 | None, Meta(description="联系电话，异议人是群众的才填")] = None
    differs: Annotated[bool, Meta(description="写的是公示和支部认定的不一致")] = False


@get(
    "/api/v1/inquiries",
    opt=reads(Action.OBJECTION_SEE, "要办的异议，时限近的在前", Page[InquiryListed]),
    sync_to_thread=True,
)
def inquiries(request: Asked, caller: Caller, paging: Paging) -> Response[bytes]:
    """List the objections to work on with their clocks."""
    with caller.acting() as session:
        found = see_matters(session, caller.actor)
    return answer(request, paged(paging, found, lambda one: one.id, _listed))


@get(
    "/api/v1/inquiries/{objection_id:uuid}",
    opt=reads(Action.OBJECTION_SEE, "要办的一件异议", InquiryShown),
    sync_to_thread=True,
)
def inquiry(request: Asked, caller: Caller, objection_id: FromPath[UUID]) -> Response[bytes]:
    """Show a case to its officers."""
    with caller.acting() as session:
        return answer(request, shown(session, caller.actor, objection_id))


@post(
    "/api/v1/inquiries",
    opt=acts(Action.OBJECTION_ENTER, "录入一件纸质异议，按递交的时刻算", InquiryShown, PaperObjection, status=201),
    sync_to_thread=True,
)
def enter(caller: Caller, call: Call) -> Response[bytes]:
    """Enter a paper objection by the time at which it was handed in."""
    new = call.said(PaperObjection)

    def act(session: Session, now: datetime) -> InquiryShown:
        said = Statement(new.text, new.name, new.group_name, new.telephone, new.differs)
        paper = OnPaper(new.handed_in_at, (new.attested_by[0], new.attested_by[1]))
        entered = enter_paper_objection(session, caller.actor, new.line_id, said, paper, now)
        return shown(session, caller.actor, entered.id)

    return call.once(act)


@post(
    "/api/v1/inquiries/{objection_id:uuid}/identity",
    opt=acts(Action.OBJECTION_CONFIRM, "核实异议人是本人", InquiryShown),
    sync_to_thread=True,
)
def confirm(call: Call, objection_id: FromPath[UUID]) -> Response[bytes]:
    """Confirm that a villager is who they say."""
    return call.step(Action.OBJECTION_CONFIRM, objection_id, confirm_identity, shown)


@get(
    "/api/v1/inquiries/{objection_id:uuid}/investigator",
    opt=reads(Action.OBJECTION_ASSIGN, "可以请谁调查一件异议", Page[PersonOffered]),
    sync_to_thread=True,
)
def candidates(request: Asked, caller: Caller, paging: Paging, objection_id: FromPath[UUID]) -> Response[bytes]:
    """List who may investigate, and why the others do not."""
    with caller.acting() as session:
        found = candidates_for(session, caller.actor, objection_id)
    return answer(request, paged(paging, found, lambda one: one.person_id, _offered))


@post(
    "/api/v1/inquiries/{objection_id:uuid}/investigator",
    opt=acts(Action.OBJECTION_ASSIGN, "请一位同志调查一件异议", InquiryShown, Investigator),
    sync_to_thread=True,
)
def assign(call: Call, objection_id: FromPath[UUID]) -> Response[bytes]:
    """Name who investigates."""
    named = call.said(Investigator)

    def take(session: Session, actor: Actor, row_id: UUID, now: datetime) -> None:
        assign_investigator(session, actor, row_id, named.person_id, now)

    return call.step(Action.OBJECTION_ASSIGN, objection_id, take, shown)


@get(
    "/api/v1/inquiries/{objection_id:uuid}/findings",
    opt=reads(Action.OBJECTION_INVESTIGATE, "请自己调查的一件异议", InquiryShown),
    sync_to_thread=True,
)
def matter(request: Asked, caller: Caller, objection_id: FromPath[UUID]) -> Response[bytes]:
    """Show a case to who was named to investigate it."""
    with caller.acting() as session:
        return answer(request, shown(session, caller.actor, objection_id))


@post(
    "/api/v1/inquiries/{objection_id:uuid}/findings",
    opt=acts(Action.OBJECTION_INVESTIGATE, "写下一件异议的调查情况", InquiryShown, NewFinding),
    sync_to_thread=True,
)
def write_findings(call: Call, objection_id: FromPath[UUID]) -> Response[bytes]:
    """Write down what the investigator heard and found."""
    said = call.said(NewFinding)

    def take(session: Session, actor: Actor, row_id: UUID, now: datetime) -> None:
        investigate(session, actor, row_id, Inquiry(said.text, said.heard, said.held_on), now)

    return call.step(Action.OBJECTION_INVESTIGATE, objection_id, take, shown)


def _listed(row: Any) -> InquiryListed:
    return InquiryListed(
        id=row.id,
        number=row.number,
        unit_name=row.unit_name,
        about=row.member_name,
        state=row.state,
        outcome=row.outcome,
        on_paper=row.on_paper,
        handed_in_at=at(row.handed_in_at),
        due_at=at(row.due_at),
        investigator=row.investigator,
    )


def _offered(one: Candidate) -> PersonOffered:
    return PersonOffered(one.person_id, one.name, one.where, one.why_not)


HANDLERS = [inquiries, inquiry, enter, confirm, candidates, assign, matter, write_findings]
