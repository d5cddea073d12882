"""Notices: where each stands on its way to the board and off it; reviewed, approved, given back, published."""

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
from services.api.v1.shapes import Id, Instant, Line300, Page, Period, State, Words, at, local
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.domain.errors import Invalid
from shared.usecases.galleys import see_galley, see_notices
from shared.usecases.notices import approve_notice, publish_notice, review_notice, send_back_notice
from shared.usecases.places import instant


class NoticeListed(Struct, frozen=True):
    """A notice in one line."""

    id: Id
    code: str
    kind: State
    period: Period
    title: Words
    state: State
    published_at: Instant | None
    closes_at: Instant | None


class NoticeShown(Struct, frozen=True):
    """A notice with its steps; `fault` says why it cannot be published yet."""

    notice: NoticeListed
    lines: Annotated[int, Meta(description="列了多少行")]
    fault: Annotated[str, Meta(description="为什么还不能张贴，空的表示可以")]
    forbidden: Annotated[bool, Meta(description="里面有不能公示的内容")]
    steps: list[StepShown]


class Reviewed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The reviewer's word that they have read every line, for secrets as well."""

    read: Annotated[bool, Meta(description="true：已逐行看过，内容属实，不涉密，没有个人隐私")]


class SentBack(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a notice is given back."""

    reason: Annotated[Line300, Meta(description="为什么退回，1 到 300 字")]


@get("/api/v1/notices", opt=reads(Action.NOTICE_SEE, "本单位的公示", Page[NoticeListed]), sync_to_thread=True)
def notices(request: Asked, caller: Caller, paging: Paging) -> Response[bytes]:
    """List the unit's notices, those being worked on first."""
    with caller.acting() as session:
        found = see_notices(session, caller.actor)
    return answer(request, paged(paging, found, lambda one: one.id, _listed))


@get(
    "/api/v1/notices/{notice_id:uuid}", opt=reads(Action.NOTICE_SEE, "一份公示", NoticeShown), sync_to_thread=True
)
def notice(request: Asked, caller: Caller, notice_id: FromPath[UUID]) -> Response[bytes]:
    """Show a notice's steps."""
    with caller.acting() as session:
        return answer(request, shown(session, caller.actor, notice_id))


@post(
    "/api/v1/notices/{notice_id:uuid}/review",
    opt=acts(Action.NOTICE_REVIEW, "审核一份公示（含保密审查）", NoticeShown, Reviewed),
    sync_to_thread=True,
)
def review(call: Call, notice_id: FromPath[UUID]) -> Response[bytes]:
    """Review a notice (审核)."""
    if not call.said(Reviewed).read:
        raise Invalid("请逐行看过、作过保密审查以后，再把 read 设为 true。")
    return call.step(Action.NOTICE_REVIEW, notice_id, review_notice, shown)


@post(
    "/api/v1/notices/{notice_id:uuid}/approve",
    opt=acts(Action.NOTICE_APPROVE, "审批一份公示", NoticeShown),
    sync_to_thread=True,
)
def approve(call: Call, notice_id: FromPath[UUID]) -> Response[bytes]:
    """Approve a notice (审批)."""
    return call.step(Action.NOTICE_APPROVE, notice_id, approve_notice, shown)


@post(
    "/api/v1/notices/{notice_id:uuid}/return",
    opt=acts(Action.NOTICE_RETURN, "退回一份公示，请拟稿人修改", NoticeShown, SentBack),
    sync_to_thread=True,
)
def give_back(call: Call, notice_id: FromPath[UUID]) -> Response[bytes]:
    """Give a notice back to be mended."""
    said = call.said(SentBack)

    def take(session: Session, actor: Actor, row_id: UUID, now: datetime) -> None:
        send_back_notice(session, actor, row_id, said.reason, now)

    return call.step(Action.NOTICE_RETURN, notice_id, take, shown)


@post(
    "/api/v1/notices/{notice_id:uuid}/publish",
    opt=acts(Action.NOTICE_PUBLISH, "张贴一份公示", NoticeShown),
    sync_to_thread=True,
)
def publish(call: Call, notice_id: FromPath[UUID]) -> Response[bytes]:
    """Publish a notice (实施)."""
    return call.step(Action.NOTICE_PUBLISH, notice_id, publish_notice, shown)


def shown(session: Session, actor: Actor, notice_id: UUID) -> NoticeShown:
    """Return a notice as it stands."""
    session.flush()
    seen = see_galley(session, actor, notice_id, instant(session, actor))
    return NoticeShown(
        notice=_listed(seen.notice),
        lines=len(seen.posting.lines) if seen.posting else 0,
        fault=seen.fault,
        forbidden=seen.forbidden,
        steps=[StepShown(one.command, at(one.at), one.note) for one in seen.told],
    )


def _listed(found: Any) -> NoticeListed:
    return NoticeListed(
        id=found.id,
        code=found.code,
        kind=found.kind,
        period=found.period,
        title=found.title,
        state=found.state,
        published_at=local(found.published_at),
        closes_at=local(found.closes_at),
    )


HANDLERS = [notices, notice, review, approve, give_back, publish]
