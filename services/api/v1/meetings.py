"""Meetings: what was called, how many came, and how each vote went; never how anybody voted."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.orm import Session

from services.api.v1.callers import Caller
from services.api.v1.calls import answer
from services.api.v1.endpoints import reads
from services.api.v1.paging import Paging, paged
from services.api.v1.shapes import Id, Instant, Page, Period, State, Words, at, local
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.usecases.assemblies import Motion, see_meeting, see_meetings


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


class RoundPut(Struct, frozen=True):
    """A round that can be voted on, with its lines."""

    round_id: Id
    period: Period
    proposed: Annotated[list[UUID], Meta(description="等着表决的各行积分")]
    excepted: Annotated[list[UUID], Meta(description="要先由支委会重新提出的各行积分")]


class SeatShown(Struct, frozen=True):
    """Somebody on the roll."""

    person_id: Id
    name: Words
    group: Words
    standing: Annotated[str, Meta(description="voter 有表决权，probationary 预备党员，observer 列席")]
    took_part: Annotated[str, Meta(description="present、remote、written、leave、absent", examples=["present"])]


class MeetingShown(Struct, frozen=True):
    """A meeting; `standing` says in words what it may do."""

    meeting: MeetingListed
    due: Annotated[int, Meta(description="应到")]
    present: Annotated[int, Meta(description="实到")]
    standing: Words
    votes: list[VoteShown]
    rounds: Annotated[list[RoundPut], Meta(description="可以提交这次会议表决的各期，会议结束后没有")]


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
        return answer(request, shown(session, caller.actor, meeting_id))


@get(
    "/api/v1/meetings/{meeting_id:uuid}/roll",
    opt=reads(Action.MEETING_HOLD, "一次会议的签到表", Page[SeatShown]),
    sync_to_thread=True,
)
def roll(request: Asked, caller: Caller, paging: Paging, meeting_id: FromPath[UUID]) -> Response[bytes]:
    """List who is due, and who is invited without a vote."""
    with caller.acting() as session:
        seen = see_meeting(session, caller.actor, meeting_id)
    seats = [*seen.voters, *seen.guests]
    return answer(request, paged(paging, seats, lambda one: one.person_id, _seat))


def shown(session: Session, actor: Actor, meeting_id: UUID) -> MeetingShown:
    """Return a meeting as it stands."""
    seen = see_meeting(session, actor, meeting_id)
    return MeetingShown(
        meeting=_listed(seen.meeting),
        due=seen.roll.due,
        present=seen.roll.present,
        standing=seen.standing,
        votes=[_vote(one) for one in seen.votes],
        rounds=[_put(one) for one in seen.motions],
    )


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


def _put(motion: Motion) -> RoundPut:
    return RoundPut(
        round_id=motion.round.id,
        period=motion.round.period,
        proposed=[line.line_id for line in motion.proposed],
        excepted=[line.line_id for line in motion.excepted],
    )


def _seat(row: Any) -> SeatShown:
    return SeatShown(row.person_id, row.name, row.group_name, row.standing, row.took_part)


def _vote(row: Any) -> VoteShown:
    return VoteShown(row.period, row.name, row.in_favour, row.against, row.abstained, row.passed)


HANDLERS = [meetings, meeting, roll]
