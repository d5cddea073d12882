"""Overviews: how the work stands in a unit and below, in numbers."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get
from msgspec import Meta, Struct

from services.api.v1.callers import Caller
from services.api.v1.calls import answer
from services.api.v1.endpoints import reads
from services.api.v1.problems import Unreadable
from services.api.v1.shapes import Id, Instant, Period, Words, at
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.usecases.overviews import BranchWork, Funnel, Overview, see_overview


class FunnelShown(Struct, frozen=True):
    """A period from claims to file."""

    period: Period
    claimed: int
    confirmed: int
    published: int
    settled: int
    rounds: int
    filed: int


class BranchShown(Struct, frozen=True):
    """A branch: where its newest round stands, and what is open or late there."""

    unit_id: Id
    unit_name: Words
    period: Annotated[str, Meta(description="最近一期，没有开过为空")]
    state: Annotated[str, Meta(description="最近一期的状态，没有开过为空")]
    notices: int
    objections: Annotated[int, Meta(description="没有办结的异议")]
    filings: int
    filed: int
    late: Annotated[int, Meta(description="逾期的事项")]


class OverviewShown(Struct, frozen=True):
    """Counts of work, never of members' points."""

    unit_id: Id
    unit_name: Words
    now: Instant
    periods: Annotated[list[str], Meta(description="有哪些周期，从近到远")]
    funnels: list[FunnelShown]
    stages: Annotated[dict[str, int], Meta(description="各状态的支部数", examples=[{"published": 12}])]
    states: Annotated[dict[str, dict[str, int]], Meta(description="申报、异议、备案各状态的数量")]
    branches: list[BranchShown]


@get(
    "/api/v1/overview",
    opt=reads(
        Action.OVERVIEW_SEE,
        "工作总览：只有数字",
        OverviewShown,
        period="只看哪个周期，如 2026-Q1，不填是最近一年和还没有办完的",
        unit="看哪个下级单位的编号，不填就是自己的单位",
    ),
    sync_to_thread=True,
)
def overview(request: Asked, caller: Caller) -> Response[bytes]:
    """Show how the work stands."""
    of = request.query_params.get("unit")
    try:
        unit_id = UUID(of) if of else None
    except ValueError as fault:
        raise Unreadable("unit 应是单位的编号（UUID）。") from fault
    with caller.acting() as session:
        seen = see_overview(session, caller.actor, request.query_params.get("period") or None, unit_id)
    return answer(request, _shown(seen))


def _shown(seen: Overview) -> OverviewShown:
    return OverviewShown(
        unit_id=seen.unit.id,
        unit_name=seen.unit.name,
        now=at(seen.now),
        periods=list(seen.periods),
        funnels=[_funnel(one) for one in seen.funnels],
        stages=dict(seen.stages),
        states={noun: dict(counted) for noun, counted in seen.states.items()},
        branches=[_branch(one) for one in seen.branches],
    )


def _funnel(one: Funnel) -> FunnelShown:
    return FunnelShown(one.period, one.claimed, one.confirmed, one.published, one.settled, one.rounds, one.filed)


def _branch(one: BranchWork) -> BranchShown:
    return BranchShown(
        unit_id=one.unit.id,
        unit_name=one.unit.name,
        period=one.period,
        state=one.state,
        notices=one.notices,
        objections=one.objections,
        filings=one.filings,
        filed=one.filed,
        late=one.late,
    )


HANDLERS = [overview]
