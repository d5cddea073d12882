"""Meetings: what was called, how many came, and how each vote went; never how anybody voted."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from msgspec import Meta, Struct

from services.api.v1.callers import Caller
from services.api.v1.calls import answer
from services.api.v1.endpoints import reads
from services.api.v1.paging import Paging, paged
from services.api.v1.shapes import Id, Instant, Page, Period, State, Words, at, local
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.usecases.assemblies import see_meeting, see_meetings


class MeetingListed(Struct, frozen=True):
    """A meeting in one line."""

    id: Id
    kind: State
    minute: Annotated[str, Meta(description="会议记录编号")]
    subject: Words
    opened_at: Instant
    closed_at: Instant | None
    valid: Annotated[bool | None, Meta(description="是否有效，没有结束的为 null")]


class VoteShown(Struct, frozen=True):
    """One vote: on a round, or on one member's line alone."""

    period: Period
    name: Annotated[str | None, Meta(description="单独表决的是谁的积分，null 表示整期")]
    in_favour: int
    against: int
    abstained: int
    passed: bool


class MeetingShown(Struct, frozen=True):
    """A meeting; `standing` says in words what it may do."""

    meeting: MeetingListed
    due: Annotated[int, Meta(description="应到")]
    present: Annotated[int, Meta(description="实到")]
    standing: Words
    votes: list[VoteShown]


@get("/api/v1/meetings", opt=reads(Action.MEETING_SEE, "本单位的会议", Page[MeetingListed]), sync_to_thread=True)
def meetings(request: Asked, caller: Caller, paging: Paging) -> Response[bytes]:
    """List the unit's meetings, newest first."""
    with caller.acting() as session:
        found = see_meetings(session, caller.actor)
    return answer(request, paged(paging, found, lambda one: one.id, _listed))


@get(
    "/api/v1/meetings/{meeting_id:uuid}",
    opt=reads(Action.MEETING_SEE, "一次会议", MeetingShown),
    sync_to_thread=True,
)
def meeting(request: Asked, caller: Caller, meeting_id: FromPath[UUID]) -> Response[bytes]:
    """Show a meeting."""
    with caller.acting() as session:
        seen = see_meeting(session, caller.actor, meeting_id)
    told = MeetingShown(
        meeting=_listed(seen.meeting),
        due=seen.roll.due,
        present=seen.roll.present,
        standing=seen.standing,
        votes=[_vote(one) for one in seen.votes],
    )
    return answer(request, told)


def _listed(found: Any) -> MeetingListed:
    return MeetingListed(
        id=found.id,
        kind=found.kind,
        minute=found.minute,
        subject=found.subject,
        opened_at=at(found.opened_at),
        closed_at=local(found.closed_at),
        valid=found.valid,
    )


def _vote(row: Any) -> VoteShown:
    return VoteShown(row.period, row.name, row.in_favour, row.against, row.abstained, row.passed)


HANDLERS = [meetings, meeting]
