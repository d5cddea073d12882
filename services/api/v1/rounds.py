"""Rounds: where each stands and what is left to be done, its lines, and its claims."""

from datetime import datetime
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
from services.api.v1.shapes import Day, Id, Instant, Page, Period, Points, State, Words, at, exactly, local, points
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.usecases.agendas import Step, see_agenda, see_rounds
from shared.usecases.preliminaries import Proposal, see_proposals


class RoundListed(Struct, frozen=True):
    """A round in one line."""

    id: Id
    period: Period
    state: State
    first_day: Day
    last_day: Day
    claims_close_at: Instant


class AgendaStep(Struct, frozen=True):
    """A step of a round: done, now or later; how many are left."""

    kind: State
    when: Annotated[str, Meta(description="done 已完成，now 正在办，later 还没到", examples=["now"])]
    left: Annotated[int, Meta(description="还有多少没有办")]
    number: Annotated[int, Meta(description="一共多少")]
    due_at: Annotated[datetime | None, Meta(description="应在什么时候前办完")]
    subject_id: Annotated[UUID | None, Meta(description="要办的公示或备案材料")]


class RoundShown(Struct, frozen=True):
    """A round with its steps, by the stages of its own book."""

    id: Id
    period: Period
    state: State
    book: Words
    first_day: Day
    last_day: Day
    claims_close_at: Instant
    steps: list[AgendaStep]


class LineOfRound(Struct, frozen=True):
    """A member's line; `by_rule` is what the book gives, `points` what is proposed, null before."""

    id: Id
    member_id: Id
    member_no: str
    name: Words
    group: Words | None
    state: State
    by_rule: Points
    points: Points | None
    reason: Words | None


@get("/api/v1/rounds", opt=reads(Action.ROUND_SEE, "本单位的各期", Page[RoundListed]), sync_to_thread=True)
def rounds(request: Asked, caller: Caller, paging: Paging) -> Response[bytes]:
    """List the unit's rounds, newest first."""
    with caller.acting() as session:
        found = see_rounds(session, caller.actor)
    return answer(request, paged(paging, found, lambda one: one.id, _listed))


@get("/api/v1/rounds/{round_id:uuid}", opt=reads(Action.ROUND_SEE, "一期的进度", RoundShown), sync_to_thread=True)
def round_(request: Asked, caller: Caller, round_id: FromPath[UUID]) -> Response[bytes]:
    """Show a round's steps."""
    with caller.acting() as session:
        return answer(request, shown(session, caller.actor, round_id))


@get(
    "/api/v1/rounds/{round_id:uuid}/lines",
    opt=reads(Action.LINE_SEE, "一期里各人的积分", Page[LineOfRound]),
    sync_to_thread=True,
)
def lines(request: Asked, caller: Caller, paging: Paging, round_id: FromPath[UUID]) -> Response[bytes]:
    """List a round's lines in the order in which they hang."""
    with caller.acting() as session:
        table = see_proposals(session, caller.actor, round_id)
    return answer(request, paged(paging, table.proposals, lambda one: one.line.id, _line))


def shown(session: Session, actor: Actor, round_id: UUID) -> RoundShown:
    """Return a round as it stands."""
    seen = see_agenda(session, actor, round_id)
    found = seen.round
    return RoundShown(
        id=found.id,
        period=found.period,
        state=found.state,
        book=seen.book.title,
        first_day=found.first_day,
        last_day=found.last_day,
        claims_close_at=at(found.claims_close_at),
        steps=[_step(step) for step in seen.steps],
    )


def _listed(found: Any) -> RoundListed:
    return RoundListed(
        id=found.id,
        period=found.period,
        state=found.state,
        first_day=found.first_day,
        last_day=found.last_day,
        claims_close_at=at(found.claims_close_at),
    )


def _step(step: Step) -> AgendaStep:
    return AgendaStep(step.kind, step.when, step.left, step.number, local(step.due_at), step.subject_id)


def _line(one: Proposal) -> LineOfRound:
    line = one.line
    return LineOfRound(
        id=line.id,
        member_id=line.member_id,
        member_no=line.member_no,
        name=line.name,
        group=line.group_name,
        state=line.state,
        by_rule=exactly(one.by_rule),
        points=points(line.points),
        reason=line.reason,
    )


HANDLERS = [rounds, round_, lines]
