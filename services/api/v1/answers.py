"""Answers: an objection answered in writing with what is mended, taken further, and decided where it then lies."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.orm import Session

from services.api.v1.calls import Call
from services.api.v1.endpoints import acts
from services.api.v1.matters import InquiryShown, shown
from services.api.v1.objections import ObjectionShown
from services.api.v1.objections import shown as shown_to_objector
from services.api.v1.shapes import Id, Line60, Line500, Line1000, Line2000
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.domain.errors import Invalid
from shared.usecases.answers import Remedy, answer_objection
from shared.usecases.appeals import appeal, decide_appeal

MOST = 100


class Mended(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether an objection is upheld, the answer in writing, and then what changes in the line."""

    upheld: Annotated[bool, Meta(description="true 成立，false 不成立")]
    text: Annotated[Line2000, Meta(description="书面答复，1 到 2000 字")]
    accept: Annotated[list[UUID], Meta(max_length=MOST, description="没有认定、改为认定的申报的编号")] = []
    strike: Annotated[list[UUID], Meta(max_length=MOST, description="撤销的登记的编号")] = []
    by_rule: Annotated[bool, Meta(description="true 分数改回按细则计算的结果")] = False
    reason: Annotated[Line500 | None, Meta(description="更正的依据，成立时填写")] = None

    @property
    def remedy(self) -> Remedy:
        """What changes; Invalid where something is to change and nothing is upheld."""
        if not self.upheld and (self.accept or self.strike or self.by_rule):
            raise Invalid("异议不成立的，不能同时更正；请把 upheld 设为 true，或者去掉 accept、strike、by_rule。")
        return Remedy(tuple(self.accept), tuple(self.strike), self.reason or "", self.by_rule)


class Ruled(Mended, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a body of appeal decides, with the minute of its meeting."""

    minute: Annotated[Line60, Meta(description="会议记录编号，1 到 60 字")]


class Grounds(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an answer is taken further."""

    grounds: Annotated[Line1000, Meta(description="为什么不同意答复，1 到 1000 字")]


class DecidedShown(Struct, frozen=True):
    """What an appeal came to; the case itself may be shown here no more."""

    id: Id
    upheld: bool


@post(
    "/api/v1/inquiries/{objection_id:uuid}/answer",
    opt=acts(Action.OBJECTION_ANSWER, "书面答复一件异议", InquiryShown, Mended),
    sync_to_thread=True,
)
def answer(call: Call, objection_id: FromPath[UUID]) -> Response[bytes]:
    """Answer an objection."""
    said = call.said(Mended)

    def take(session: Session, actor: Actor, row_id: UUID, now: datetime) -> None:
        answer_objection(session, actor, row_id, said.upheld, said.text, said.remedy, now)

    return call.step(Action.OBJECTION_ANSWER, objection_id, take, shown)


@post(
    "/api/v1/objections/{objection_id:uuid}/appeal",
    opt=acts(Action.APPEAL_RAISE, "对一件异议的答复提出申诉", ObjectionShown, Grounds),
    sync_to_thread=True,
)
def take_further(call: Call, objection_id: FromPath[UUID]) -> Response[bytes]:
    """Take an answer to the next body."""
    said = call.said(Grounds)

    def take(session: Session, actor: Actor, row_id: UUID, now: datetime) -> None:
        appeal(session, actor, row_id, said.grounds, now)

    return call.step(Action.APPEAL_RAISE, objection_id, take, shown_to_objector)


@post(
    "/api/v1/inquiries/{objection_id:uuid}/decision",
    opt=acts(Action.APPEAL_DECIDE, "裁决一件申诉", DecidedShown, Ruled),
    sync_to_thread=True,
)
def decide(call: Call, objection_id: FromPath[UUID]) -> Response[bytes]:
    """Decide an appeal; what has changed since it was read is asked of the case itself."""
    said, actor = call.said(Ruled), call.caller.actor

    def act(session: Session, now: datetime) -> DecidedShown:
        call.if_unchanged(session, Action.APPEAL_DECIDE, objection_id, lambda: shown(session, actor, objection_id))
        decide_appeal(session, actor, objection_id, said.upheld, said.text, said.minute, said.remedy, now)
        return DecidedShown(objection_id, said.upheld)

    return call.once(act)


HANDLERS = [answer, take_further, decide]
