"""Lines: the committee's points put to each line of a round; or compiled and confirmed, as the book has it."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.orm import Session

from services.api.v1.calls import Call
from services.api.v1.endpoints import acts
from services.api.v1.rounds import RoundShown, shown
from services.api.v1.shapes import AskedPoints, Id, Line60, Line300
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.usecases.confirmations import compile_lines, confirm_lines
from shared.usecases.lines import Difference, propose

MOST = 200


class Differing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A figure of the committee's that is not the rule's, with the reason."""

    member_id: Id
    points: AskedPoints
    reason: Annotated[Line300, Meta(description="为什么和细则算出的不同，1 到 300 字")]


class Proposing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the committee differs from the rule; everybody else gets the rule's points."""

    differences: Annotated[list[Differing], Meta(max_length=MOST, description="和细则算出的不同的各人")] = []


class Confirmation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The branch's confirmation."""

    minute: Annotated[Line60, Meta(description="会议记录编号，1 到 60 字")]


@post(
    "/api/v1/rounds/{round_id:uuid}/propose",
    opt=acts(Action.LINE_PROPOSE, "支委会对一期各人的积分提出初步意见", RoundShown, Proposing),
    sync_to_thread=True,
)
def put(call: Call, round_id: FromPath[UUID]) -> Response[bytes]:
    """Put the committee's points to each line that waits for them."""
    said = call.said(Proposing)

    def take(session: Session, actor: Actor, row_id: UUID, now: datetime) -> None:
        differing = {one.member_id: Difference(Decimal(one.points), one.reason) for one in said.differences}
        propose(session, actor, row_id, differing, now)

    return call.step(Action.LINE_PROPOSE, round_id, take, shown)


@post(
    "/api/v1/rounds/{round_id:uuid}/compile",
    opt=acts(Action.LINE_CONFIRM, "按日常登记汇总一期各人的积分，供第一次公示", RoundShown),
    sync_to_thread=True,
)
def compile_(call: Call, round_id: FromPath[UUID]) -> Response[bytes]:
    """Reckon the lines for their first publication."""
    return call.step(Action.LINE_CONFIRM, round_id, compile_lines, shown)


@post(
    "/api/v1/rounds/{round_id:uuid}/confirm",
    opt=acts(Action.LINE_CONFIRM, "第一次公示期满后认定一期各人的积分", RoundShown, Confirmation),
    sync_to_thread=True,
)
def confirm(call: Call, round_id: FromPath[UUID]) -> Response[bytes]:
    """Confirm the lines after everybody has checked them."""
    said = call.said(Confirmation)

    def take(session: Session, actor: Actor, row_id: UUID, now: datetime) -> None:
        confirm_lines(session, actor, row_id, said.minute, now)

    return call.step(Action.LINE_CONFIRM, round_id, take, shown)


HANDLERS = [put, compile_, confirm]
