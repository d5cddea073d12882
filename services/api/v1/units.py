"""Units: the tree below a unit as it stood on a day, and one unit with what it has been."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from msgspec import Meta, Struct

from services.api.v1.callers import Caller
from services.api.v1.calls import answer
from services.api.v1.endpoints import reads
from services.api.v1.paging import Paging, paged
from services.api.v1.problems import Unreadable
from services.api.v1.shapes import Day, Id, Page, State, Words
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.domain.units import Standing
from shared.usecases.trees import Place, see_tree, see_unit


class UnitListed(Struct, frozen=True):
    """A unit in the tree of a day."""

    id: Id
    name: Words
    code: Annotated[str, Meta(description="编码，公示栏的网址里用", examples=["b1"])]
    kind: State
    depth: Annotated[int, Meta(description="在树里的第几层，0 是自己的单位")]
    now_named: Annotated[str, Meta(description="现在叫什么，没有改过名的为空")]
    gone: Annotated[bool, Meta(description="现在已经没有了")]


class UnitPeriodShown(Struct, frozen=True):
    """What a unit was called and where it stood, from a day to a day."""

    name: Words
    kind: State
    parent_id: Id | None
    since: Annotated[Day | None, Meta(description="从哪一天起，null 表示一开始就是")]
    until: Annotated[Day | None, Meta(description="到哪一天为止，null 表示现在还是")]


class UnitShown(Struct, frozen=True):
    """A unit with its past, the newest first."""

    id: Id
    name: Words
    code: str
    kind: State
    parent_id: Id | None
    since: Day | None
    until: Day | None
    periods: list[UnitPeriodShown]


@get(
    "/api/v1/units",
    opt=reads(Action.UNIT_SEE, "下级单位", Page[UnitListed], on="看哪一天的组织，如 2026-04-14；不填就是今天"),
    sync_to_thread=True,
)
def units(request: Asked, caller: Caller, paging: Paging) -> Response[bytes]:
    """List the units from one's own down, in the order of the tree."""
    on = request.query_params.get("on")
    try:
        day = date.fromisoformat(on) if on else None
    except ValueError as fault:
        raise Unreadable("on 应是日期，如 2026-04-14。") from fault
    with caller.acting() as session:
        tree = see_tree(session, caller.actor, day)
    return answer(request, paged(paging, tree.places, lambda one: one.unit_id, _listed))


@get(
    "/api/v1/units/{unit_id:uuid}",
    opt=reads(Action.UNIT_SEE, "一个下级单位", UnitShown),
    sync_to_thread=True,
)
def unit(request: Asked, caller: Caller, unit_id: FromPath[UUID]) -> Response[bytes]:
    """Show a unit that lies below today."""
    with caller.acting() as session:
        seen = see_unit(session, caller.actor, unit_id)
    found = seen.unit
    told = UnitShown(
        id=found.id,
        name=found.name,
        code=found.code,
        kind=found.kind,
        parent_id=found.parent_id,
        since=found.since,
        until=found.until,
        periods=[_period(one) for one in seen.periods],
    )
    return answer(request, told)


def _listed(place: Place) -> UnitListed:
    return UnitListed(
        id=place.unit_id,
        name=place.name,
        code=place.code,
        kind=place.kind,
        depth=place.depth,
        now_named=place.now_named,
        gone=place.gone,
    )


def _period(one: Standing) -> UnitPeriodShown:
    return UnitPeriodShown(one.name, one.kind, one.parent_id, one.since, one.until)


HANDLERS = [units, unit]
