"""Statements: a member's points, round by round, each figure with the deed that it comes from."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from msgspec import Meta, Struct

from services.api.v1.callers import Caller
from services.api.v1.calls import answer
from services.api.v1.endpoints import reads
from services.api.v1.shapes import Day, Id, Instant, Period, Points, State, Words, at, exactly, points
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.domain.errors import NotFound
from shared.usecases.looks import look_at_statement
from shared.usecases.places import instant
from shared.usecases.statements import Figure, RoundStatement, Statement, see_statement


class FigureShown(Struct, frozen=True):
    """One figure of a line, and what was done for it."""

    item: str | None
    clause: Words
    happened_on: Day | None
    points: Points
    scope: Annotated[str, Meta(description="round 计入本期，year 计入全年", examples=["round"])]
    note: Words
    source_id: Annotated[UUID | None, Meta(description="来自哪项申报或登记")]


class LineShown(Struct, frozen=True):
    """One's line of a round; its figures of scope round sum to its points."""

    id: Id
    round_id: Id
    period: Period
    state: State
    points: Points | None
    reason: Words | None
    figures: list[FigureShown]


class EntryShown(Struct, frozen=True):
    """An entry of the ledger."""

    period: Period
    kind: State
    clause: Words
    points: Points
    scope: str
    recorded_at: Instant
    notice: Annotated[str, Meta(description="登载它的公示短码")]


class StatementShown(Struct, frozen=True):
    """A member's points, down to the deed."""

    member_id: Id
    member_no: str
    name: Words
    unit_name: Words
    balance: Points
    lines: list[LineShown]
    entries: list[EntryShown]


@get("/api/v1/statement", opt=reads(Action.STATEMENT_SEE, "自己的积分明细", StatementShown), sync_to_thread=True)
def statement(request: Asked, caller: Caller) -> Response[bytes]:
    """Show one's own points."""
    if caller.actor.member_id is None:
        raise NotFound("您在这里没有党员身份，没有自己的积分。")
    with caller.acting() as session:
        return answer(request, _shown(see_statement(session, caller.actor, caller.actor.member_id)))


@get(
    "/api/v1/members/{member_id:uuid}/statement",
    opt=reads(Action.STATEMENT_SEE, "一位党员的积分明细；看过的会记下来，本人看得到", StatementShown),
    sync_to_thread=True,
)
def of_member(request: Asked, caller: Caller, member_id: FromPath[UUID]) -> Response[bytes]:
    """Show a member's points to who may see them."""
    with caller.acting() as session:
        seen = look_at_statement(session, caller.actor, member_id, instant(session, caller.actor))
        return answer(request, _shown(seen))


def _shown(seen: Statement) -> StatementShown:
    return StatementShown(
        member_id=seen.member.id,
        member_no=seen.member.member_no,
        name=seen.member.name,
        unit_name=seen.unit.name,
        balance=exactly(seen.balance),
        lines=[_line(one) for one in seen.rounds],
        entries=[_entry(one) for one in seen.entries],
    )


def _line(one: RoundStatement) -> LineShown:
    line = one.line
    return LineShown(
        id=line.id,
        round_id=line.round_id,
        period=line.period,
        state=line.state,
        points=points(line.points),
        reason=line.reason,
        figures=[_figure(figure) for figure in one.figures],
    )


def _figure(figure: Figure) -> FigureShown:
    award = figure.award
    return FigureShown(
        item=award.item,
        clause=award.clause,
        happened_on=award.happened_on,
        points=exactly(award.points),
        scope=award.scope,
        note=award.note,
        source_id=award.source_id,
    )


def _entry(entry: Any) -> EntryShown:
    return EntryShown(
        period=entry.period,
        kind=entry.kind,
        clause=entry.clause,
        points=exactly(entry.points),
        scope=entry.scope,
        recorded_at=at(entry.recorded_at),
        notice=entry.code,
    )


HANDLERS = [statement, of_member]
