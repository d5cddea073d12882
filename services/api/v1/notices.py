"""Notices: where each of a unit's notices stands on its way to the board and off it."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from msgspec import Meta, Struct

from services.api.v1.callers import Caller
from services.api.v1.calls import answer
from services.api.v1.claims import StepShown
from services.api.v1.endpoints import reads
from services.api.v1.paging import Paging, paged
from services.api.v1.shapes import Id, Instant, Page, Period, State, Words, at, local
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.usecases.galleys import see_galley, see_notices
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
        seen = see_galley(session, caller.actor, notice_id, instant(session, caller.actor))
    told = NoticeShown(
        notice=_listed(seen.notice),
        lines=len(seen.posting.lines) if seen.posting else 0,
        fault=seen.fault,
        forbidden=seen.forbidden,
        steps=[StepShown(one.command, at(one.at), one.note) for one in seen.told],
    )
    return answer(request, told)


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


HANDLERS = [notices, notice]
