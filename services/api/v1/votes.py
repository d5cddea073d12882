"""Votes: a meeting called, its roll written down, its votes on rounds and on single lines counted; and its end."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.orm import Session

from services.api.v1.callers import Caller
from services.api.v1.calls import Call
from services.api.v1.endpoints import acts
from services.api.v1.meetings import MeetingShown, shown
from services.api.v1.shapes import Id, Line60
from services.api.web.doors import Secret
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.domain.meetings import Attended, Count, Standing
from shared.usecases.assemblies import see_meeting
from shared.usecases.meetings import call_roll, close_meeting, convene, vote_line, vote_list

MOST = 200
Number = Annotated[int, Meta(ge=0, le=100_000, description="票数，不小于 0")]
How = Literal["present", "remote", "written", "leave", "absent"]


class NewMeeting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is called, about what, under which number its minutes go."""

    kind: Annotated[Literal["members", "committee"], Meta(description="members 党员大会，committee 支委会")]
    subject: Annotated[Line60, Meta(description="议题，1 到 60 字", examples=["一季度积分评定"])]
    minute: Annotated[Line60, Meta(description="会议记录编号，1 到 60 字", examples=["大会〔2026〕2号"])]


class TookPart(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How somebody took part."""

    person_id: Id
    how: Annotated[How, Meta(description="present、remote、written、leave、absent 之一")]


class NewRoll(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How those named took part, and how everybody else with a vote did."""

    took_part: Annotated[list[TookPart], Meta(max_length=MOST, description=f"最多 {MOST} 人，各是怎样参加的")] = []
    everybody_else: Annotated[How | None, Meta(description="没有列出的有表决权的人，null 表示不改")] = None


class Counted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The votes on one motion."""

    in_favour: Annotated[Number, Meta(description="赞成票数")]
    against: Annotated[Number, Meta(description="反对票数")] = 0
    abstained: Annotated[Number, Meta(description="弃权票数")] = 0

    @property
    def count(self) -> Count:
        """The votes."""
        return Count(self.in_favour, self.against, self.abstained)


class ListCounted(Counted, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The votes on whole rounds, and whose lines are taken out to be talked over by themselves."""

    rounds: Annotated[list[UUID], Meta(min_length=1, max_length=12, description="表决的各期的编号")]
    excepted: Annotated[list[UUID], Meta(max_length=MOST, description="要单独复议的各行积分的编号")] = []


@post(
    "/api/v1/meetings",
    opt=acts(Action.MEETING_HOLD, "召集一次会议", MeetingShown, NewMeeting, status=201),
    sync_to_thread=True,
)
def call_(caller: Caller, call: Call) -> Response[bytes]:
    """Call a meeting: everybody who is due is invited."""
    new = call.said(NewMeeting)

    def act(session: Session, now: datetime) -> MeetingShown:
        made = convene(session, caller.actor, new.kind, new.subject, new.minute, now)
        return shown(session, caller.actor, made.id)

    return call.once(act)


@post(
    "/api/v1/meetings/{meeting_id:uuid}/roll",
    opt=acts(Action.MEETING_HOLD, "登记各人怎样参加会议", MeetingShown, NewRoll),
    sync_to_thread=True,
)
def write_roll(call: Call, meeting_id: FromPath[UUID]) -> Response[bytes]:
    """Write down how each took part."""
    said = call.said(NewRoll)

    def take(session: Session, actor: Actor, row_id: UUID, _: datetime) -> None:
        named = {one.person_id: Attended(one.how) for one in said.took_part}
        if said.everybody_else is not None:
            voters = (one for one in see_meeting(session, actor, row_id).voters if one.standing == Standing.VOTER)
            named = {one.person_id: Attended(said.everybody_else) for one in voters} | named
        call_roll(session, actor, row_id, named)

    return call.step(Action.MEETING_HOLD, meeting_id, take, shown)


@post(
    "/api/v1/meetings/{meeting_id:uuid}/votes",
    opt=acts(Action.MEETING_HOLD, "登记会议对各期积分的表决", MeetingShown, ListCounted),
    sync_to_thread=True,
)
def count_list(call: Call, secret: Secret, meeting_id: FromPath[UUID]) -> Response[bytes]:
    """Count the vote on whole rounds but for the lines taken out."""
    said = call.said(ListCounted)

    def take(session: Session, actor: Actor, row_id: UUID, now: datetime) -> None:
        vote_list(session, actor, row_id, said.rounds, said.count, said.excepted, now, secret)

    return call.step(Action.MEETING_HOLD, meeting_id, take, shown)


@post(
    "/api/v1/meetings/{meeting_id:uuid}/lines/{line_id:uuid}",
    opt=acts(Action.MEETING_HOLD, "登记会议对一行积分的单独表决", MeetingShown, Counted),
    sync_to_thread=True,
)
def count_line(call: Call, meeting_id: FromPath[UUID], line_id: FromPath[UUID]) -> Response[bytes]:
    """Count the vote on one line."""
    said = call.said(Counted)

    def take(session: Session, actor: Actor, row_id: UUID, now: datetime) -> None:
        vote_line(session, actor, row_id, line_id, said.count, now)

    return call.step(Action.MEETING_HOLD, meeting_id, take, shown)


@post(
    "/api/v1/meetings/{meeting_id:uuid}/close",
    opt=acts(Action.MEETING_HOLD, "结束一次会议", MeetingShown),
    sync_to_thread=True,
)
def close(call: Call, meeting_id: FromPath[UUID]) -> Response[bytes]:
    """End a meeting."""
    return call.step(Action.MEETING_HOLD, meeting_id, close_meeting, shown)


HANDLERS = [call_, write_roll, count_list, count_line, close]
