"""Appraisals: the years' results, to the committee whole, to a member their own until all of them hang."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from msgspec import Meta, Struct

from services.api.v1.callers import Caller
from services.api.v1.calls import answer
from services.api.v1.endpoints import reads
from services.api.v1.paging import Paging, paged
from services.api.v1.shapes import Id, Instant, Page, Points, State, Words, at, points
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.usecases.evaluations import Row, see_evaluation, see_evaluations


class AppraisalListed(Struct, frozen=True):
    """A year's appraisal in one line."""

    id: Id
    year: int
    state: State
    opened_at: Instant
    notice_id: Annotated[Id | None, Meta(description="结果在哪一份公示里，公示的期限就是提异议的期限")]


class VerdictShown(Struct, frozen=True):
    """One member's result, and the figures beside it."""

    id: Id
    member_id: Id
    name: Words
    exempt: Annotated[bool, Meta(description="不参加评议")]
    points: Annotated[Points | None, Meta(description="全年积分")]
    band: Annotated[str | None, Meta(description="按积分的等次")]
    result: Annotated[str | None, Meta(description="评议结果，没有提出的为 null")]
    reason: Annotated[str | None, Meta(description="为什么和积分等次不同")]
    reported: Annotated[bool, Meta(description="交了个人总结")]


class AppraisalShown(Struct, frozen=True):
    """A year's appraisal; to a member only their own row before it is published."""

    appraisal: AppraisalListed
    results: Annotated[list[str], Meta(description="可以评定的结果，好的在前")]
    rows: list[VerdictShown]


@get(
    "/api/v1/appraisals",
    opt=reads(Action.APPRAISAL_SEE, "本单位各年的民主评议", Page[AppraisalListed]),
    sync_to_thread=True,
)
def appraisals(request: Asked, caller: Caller, paging: Paging) -> Response[bytes]:
    """List the unit's appraisals, newest first."""
    with caller.acting() as session:
        found = see_evaluations(session, caller.actor)
        return answer(request, paged(paging, found, lambda one: one.id, _listed))


@get(
    "/api/v1/appraisals/{evaluation_id:uuid}",
    opt=reads(Action.APPRAISAL_SEE, "一年的民主评议和结果", AppraisalShown),
    sync_to_thread=True,
)
def appraisal(request: Asked, caller: Caller, evaluation_id: FromPath[UUID]) -> Response[bytes]:
    """Show an appraisal as this person may read it."""
    with caller.acting() as session:
        seen = see_evaluation(session, caller.actor, evaluation_id)
        told = AppraisalShown(_listed(seen.evaluation), list(seen.results), [_verdict(row) for row in seen.rows])
    return answer(request, told)


def _listed(found: Any) -> AppraisalListed:
    return AppraisalListed(
        id=found.id,
        year=found.year,
        state=found.state,
        opened_at=at(found.opened_at),
        notice_id=found.notice_id,
    )


def _verdict(row: Row) -> VerdictShown:
    verdict = row.verdict
    return VerdictShown(
        id=verdict.id,
        member_id=row.member.id,
        name=row.member.name,
        exempt=verdict.exempt,
        points=points(verdict.points),
        band=verdict.band,
        result=verdict.proposed,
        reason=verdict.reason,
        reported=row.reported,
    )


HANDLERS = [appraisals, appraisal]
