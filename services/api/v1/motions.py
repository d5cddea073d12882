"""Motions: what else is put to a meeting, counted by raised hands."""

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
from services.api.v1.shapes import Id, Instant, Line100, State, Words, local
from services.api.v1.votes import Counted
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.domain.errors import NotFound
from shared.domain.motions import MotionKind
from shared.usecases.motions import count_hands, put_motion, see_business


class MotionShown(Struct, frozen=True):
    """A motion; without counts until it has been counted."""

    id: Id
    kind: State
    title: Words
    secret: Annotated[bool, Meta(description="无记名投票")]
    in_favour: int | None
    against: int | None
    abstained: int | None
    passed: bool | None
    counted_at: Instant | None


class MatterShown(Struct, frozen=True):
    """Something open that can be put to the meeting."""

    subject_id: Id
    kind: State
    title: Words


class BusinessShown(Struct, frozen=True):
    """What has been put to a meeting, and what can be."""

    meeting_id: Id
    motions: list[MotionShown]
    matters: Annotated[list[MatterShown], Meta(description="可以提交表决的事项")]


class NewMotion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of what is open, or something else in words."""

    subject_id: Annotated[UUID | None, Meta(description="提交哪一件事项，null 表示其他事项")] = None
    title: Annotated[Line100 | None, Meta(description="其他事项是什么，1 到 100 字")] = None


@get(
    "/api/v1/meetings/{meeting_id:uuid}/motions",
    opt=reads(Action.MEETING_SEE, "一次会议表决的和可以表决的事项", BusinessShown),
    sync_to_thread=True,
)
def motions(request: Asked, caller: Caller, meeting_id: FromPath[UUID]) -> Response[bytes]:
    """Show what has been put and what can be."""
    with caller.acting() as session:
        return answer(request, _shown(session, caller.actor, meeting_id))


@post(
    "/api/v1/meetings/{meeting_id:uuid}/motions",
    opt=acts(Action.MEETING_HOLD, "把一件事项提交会议表决", BusinessShown, NewMotion, status=201),
    sync_to_thread=True,
)
def put(caller: Caller, call: Call, meeting_id: FromPath[UUID]) -> Response[bytes]:
    """Put a motion."""
    new = call.said(NewMotion)

    def act(session: Session, now: datetime) -> BusinessShown:
        kind, title = MotionKind.OTHER, new.title or ""
        if new.subject_id is not None:
            kind, title = _open(session, caller.actor, meeting_id, new.subject_id)
        put_motion(session, caller.actor, meeting_id, kind, title, new.subject_id, now)
        return _shown(session, caller.actor, meeting_id)

    return call.once(act)


@post(
    "/api/v1/meetings/{meeting_id:uuid}/motions/{motion_id:uuid}",
    opt=acts(Action.MEETING_HOLD, "登记一件事项举手表决的票数", BusinessShown, Counted),
    sync_to_thread=True,
)
def count(call: Call, meeting_id: FromPath[UUID], motion_id: FromPath[UUID]) -> Response[bytes]:
    """Count the raised hands."""
    said = call.said(Counted)

    def take(session: Session, actor: Actor, row_id: UUID, now: datetime) -> None:
        if motion_id not in {one.id for one in see_business(session, actor, row_id).motions}:
            raise NotFound("这次会议没有这一项表决。")
        count_hands(session, actor, motion_id, said.count, now)

    return call.step(Action.MEETING_HOLD, meeting_id, take, _shown)


def _open(session: Session, actor: Actor, meeting_id: UUID, subject_id: UUID) -> tuple[MotionKind, str]:
    for one in see_business(session, actor, meeting_id).matters:
        if one.subject_id == subject_id:
            return one.kind, one.title
    raise NotFound("没有这样一件可以提交表决的事项。")


def _shown(session: Session, actor: Actor, meeting_id: UUID) -> BusinessShown:
    session.flush()
    seen = see_business(session, actor, meeting_id)
    return BusinessShown(
        meeting_id=seen.meeting.id,
        motions=[_motion(one) for one in seen.motions],
        matters=[MatterShown(one.subject_id, one.kind, one.title) for one in seen.matters],
    )


def _motion(row: Any) -> MotionShown:
    return MotionShown(
        id=row.id,
        kind=row.kind,
        title=row.title,
        secret=row.ballot_id is not None,
        in_favour=row.in_favour,
        against=row.against,
        abstained=row.abstained,
        passed=row.passed,
        counted_at=local(row.counted_at),
    )


HANDLERS = [motions, put, count]
