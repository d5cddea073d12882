"""Galleys: notices proposed for what the unit's rounds are ready for, and their titles mended."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.orm import Session

from services.api.v1.callers import Caller
from services.api.v1.calls import Call, answer
from services.api.v1.endpoints import acts, reads
from services.api.v1.notices import NoticeShown, shown
from services.api.v1.shapes import Line100, Period, State
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.domain.errors import NotNow
from shared.domain.notices import NoticeKind
from shared.usecases.galleys import Due, draftable
from shared.usecases.notices import draft_notice, redraft_notice

Kind = Literal["first", "second", "correction", "year"]
Title = Annotated[Line100, Meta(description="标题，1 到 100 字", examples=["2026年第一季度积分公示"])]


class DueShown(Struct, frozen=True):
    """A notice that the unit's rounds are ready for and nobody is working on."""

    kind: State
    period: Period


class DuesShown(Struct, frozen=True):
    """All of them."""

    items: list[DueShown]


class NewNotice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which notice, and its title."""

    kind: Annotated[Kind, Meta(description="first、second、correction、year 之一，见 /api/v1/drafts")]
    period: Annotated[Period, Meta(min_length=4, max_length=7)]
    title: Title


class Retitled(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another title."""

    title: Title


@get("/api/v1/drafts", opt=reads(Action.NOTICE_SEE, "现在可以拟稿的公示", DuesShown), sync_to_thread=True)
def drafts(request: Asked, caller: Caller) -> Response[bytes]:
    """List what can be drafted now."""
    with caller.acting() as session:
        found = draftable(session, caller.actor)
    return answer(request, DuesShown([DueShown(one.kind, one.period) for one in found]))


@post(
    "/api/v1/notices",
    opt=acts(Action.NOTICE_DRAFT, "拟一份公示", NoticeShown, NewNotice, status=201),
    sync_to_thread=True,
)
def draft(caller: Caller, call: Call) -> Response[bytes]:
    """Propose a notice (提出)."""
    new = call.said(NewNotice)

    def act(session: Session, now: datetime) -> NoticeShown:
        kind = NoticeKind(new.kind)
        if Due(kind, new.period) not in draftable(session, caller.actor):
            raise NotNow("现在没有这样的公示可以拟：可以拟的见 /api/v1/drafts。")
        made = draft_notice(session, caller.actor, kind, new.period, new.title, now)
        return shown(session, caller.actor, made.id)

    return call.once(act)


@post(
    "/api/v1/notices/{notice_id:uuid}/title",
    opt=acts(Action.NOTICE_DRAFT, "修改一份还在拟稿的公示的标题", NoticeShown, Retitled),
    sync_to_thread=True,
)
def retitle(call: Call, notice_id: FromPath[UUID]) -> Response[bytes]:
    """Mend the title."""
    said = call.said(Retitled)

    def take(session: Session, actor: Actor, row_id: UUID, now: datetime) -> None:
        redraft_notice(session, actor, row_id, said.title, now)

    return call.step(Action.NOTICE_DRAFT, notice_id, take, shown)


HANDLERS = [drafts, draft, retitle]
