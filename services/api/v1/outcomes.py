"""Outcomes: what followed from points, to those who decide and follow it and to its member."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from msgspec import Meta, Struct

from services.api.v1.callers import Caller
from services.api.v1.calls import answer
from services.api.v1.endpoints import reads
from services.api.v1.paging import Paging, paged
from services.api.v1.shapes import Day, Id, Instant, Page, Period, State, Words, local
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.usecases.consequences import see_consequence, see_consequences


class OutcomeListed(Struct, frozen=True):
    """A case in one line."""

    id: Id
    member_id: Id
    name: Words
    unit_name: Words
    period: Period
    measure: Annotated[str, Meta(description="哪一种结果运用")]
    basis: Annotated[str, Meta(description="根据什么提出的")]
    state: State
    owner: Annotated[str | None, Meta(description="由谁负责落实")]
    due_at: Instant | None
    ending: Annotated[str | None, Meta(description="结果怎样")]


class OutcomeStepShown(Struct, frozen=True):
    """Something that was done in a case."""

    command: State
    done_on: Day
    text: Words
    name: Words | None


class OutcomeShown(Struct, frozen=True):
    """A case with its steps."""

    id: Id
    member_id: Id
    name: Words
    period: Period
    measure: str
    basis: Words
    state: State
    heard: Annotated[str | None, Meta(description="本人怎样说")]
    choice: Annotated[str | None, Meta(description="采取哪一种处理")]
    decided_at: Instant | None
    minute: Annotated[str | None, Meta(description="会议记录编号")]
    note: Words | None
    appeal: Annotated[str | None, Meta(description="本人为什么不同意")]
    appeal_until: Instant | None
    ruling: Annotated[str | None, Meta(description="对申诉的答复")]
    ending: Words | None
    steps: list[OutcomeStepShown]


@get(
    "/api/v1/outcomes",
    opt=reads(Action.OUTCOME_SEE, "结果运用：本单位经办的，或涉及自己的", Page[OutcomeListed]),
    sync_to_thread=True,
)
def outcomes(request: Asked, caller: Caller, paging: Paging) -> Response[bytes]:
    """List the cases, those that go on first."""
    with caller.acting() as session:
        found = see_consequences(session, caller.actor)
    return answer(request, paged(paging, found, lambda one: one.id, _listed))


@get(
    "/api/v1/outcomes/{case_id:uuid}",
    opt=reads(Action.OUTCOME_SEE, "一件结果运用", OutcomeShown),
    sync_to_thread=True,
)
def outcome(request: Asked, caller: Caller, case_id: FromPath[UUID]) -> Response[bytes]:
    """Show a case to those who work on it and to its member."""
    with caller.acting() as session:
        seen = see_consequence(session, caller.actor, case_id)
        case = seen.case
        told = OutcomeShown(
            id=case.id,
            member_id=case.member_id,
            name=seen.member.name,
            period=case.period,
            measure=case.measure,
            basis=case.basis,
            state=case.state,
            heard=case.heard,
            choice=case.choice,
            decided_at=local(case.decided_at),
            minute=case.minute,
            note=case.note,
            appeal=case.appeal,
            appeal_until=local(seen.appeal_until),
            ruling=case.ruling,
            ending=case.ending,
            steps=[OutcomeStepShown(one.command, one.done_on, one.text, one.name) for one in seen.steps],
        )
    return answer(request, told)


def _listed(row: Any) -> OutcomeListed:
    return OutcomeListed(
        id=row.id,
        member_id=row.member_id,
        name=row.name,
        unit_name=row.unit_name,
        period=row.period,
        measure=row.measure,
        basis=row.basis,
        state=row.state,
        owner=row.owner,
        due_at=local(row.due_at),
        ending=row.ending,
    )


HANDLERS = [outcomes, outcome]
