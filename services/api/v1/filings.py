"""Filings: packages on their way up: submitted by the branch; received, returned or filed above."""

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
from services.api.v1.paging import Paging, paged
from services.api.v1.shapes import Id, Instant, Line60, Line500, Page, Period, State, Words, at, local
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import able
from shared.usecases.filings import file_filing, receive_filing, return_filing, submit_filing
from shared.usecases.receipts import own_filings, see_package, see_taken


class FilingListed(Struct, frozen=True):
    """A package in one line."""

    id: Id
    unit_id: Annotated[UUID, Meta(description="哪个单位报的")]
    to_unit_id: Annotated[UUID, Meta(description="报给哪个单位")]
    period: Period
    number: Annotated[int, Meta(description="这一周期的第几份")]
    edition: Annotated[int, Meta(description="第几版")]
    state: State
    due_at: Instant
    receipt: Annotated[str | None, Meta(description="备案回执")]


class FilingShown(Struct, frozen=True):
    """A package with what is in it, and the digest by which it can be checked."""

    filing: FilingListed
    submitted_at: Instant | None
    received_at: Instant | None
    filed_at: Instant | None
    return_reason: Words | None
    digest: Annotated[str, Meta(description="材料的摘要（SHA-256）")]
    agrees: Annotated[bool, Meta(description="现在的内容与摘要是否一致")]
    package: Annotated[dict[str, Any], Meta(description="材料的内容，与摘要所依据的一字不差")]


class Reason(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which place of a package is wrong, and why."""

    place: Annotated[Line60, Meta(description="哪一处，1 到 60 字", examples=["第 12 行"])]
    reason: Annotated[Line500, Meta(description="什么原因，1 到 500 字")]


@get(
    "/api/v1/filings",
    opt=reads(Action.FILING_SEE, "本单位要上报的，或报到本单位的材料", Page[FilingListed]),
    sync_to_thread=True,
)
def filings(request: Asked, caller: Caller, paging: Paging) -> Response[bytes]:
    """List what the unit sends up, or what has come to it."""
    with caller.acting() as session:
        if able(caller.actor, Action.FILING_RECEIVE):
            found = [one for period in see_taken(session, caller.actor) for one, _ in period.came]
        else:
            found = list(own_filings(session, caller.actor))
    return answer(request, paged(paging, found, lambda one: one.id, _listed))


@get(
    "/api/v1/filings/{filing_id:uuid}",
    opt=reads(Action.FILING_SEE, "一份备案材料", FilingShown),
    sync_to_thread=True,
)
def filing(request: Asked, caller: Caller, filing_id: FromPath[UUID]) -> Response[bytes]:
    """Show a package to who sends it and to whom it was sent."""
    with caller.acting() as session:
        return answer(request, shown(session, caller.actor, filing_id))


@post(
    "/api/v1/filings/{filing_id:uuid}/submit",
    opt=acts(Action.FILING_SUBMIT, "上报一份材料", FilingShown),
    sync_to_thread=True,
)
def submit(call: Call, filing_id: FromPath[UUID]) -> Response[bytes]:
    """Send a package up."""
    return call.step(Action.FILING_SUBMIT, filing_id, submit_filing, shown)


@post(
    "/api/v1/filings/{filing_id:uuid}/receive",
    opt=acts(Action.FILING_RECEIVE, "接收一份材料", FilingShown),
    sync_to_thread=True,
)
def receive(call: Call, filing_id: FromPath[UUID]) -> Response[bytes]:
    """Take a package in."""
    return call.step(Action.FILING_RECEIVE, filing_id, receive_filing, shown)


@post(
    "/api/v1/filings/{filing_id:uuid}/return",
    opt=acts(Action.FILING_RETURN, "退回一份材料", FilingShown, Reason),
    sync_to_thread=True,
)
def give_back(call: Call, filing_id: FromPath[UUID]) -> Response[bytes]:
    """Give a package back with the reason."""
    said = call.said(Reason)

    def step(session: Session, actor: Actor, row_id: UUID, now: datetime) -> None:
        return_filing(session, actor, row_id, said.place, said.reason, now)

    return call.step(Action.FILING_RETURN, filing_id, step, shown)


@post(
    "/api/v1/filings/{filing_id:uuid}/file",
    opt=acts(Action.FILING_FILE, "备案，给出回执", FilingShown),
    sync_to_thread=True,
)
def file(call: Call, filing_id: FromPath[UUID]) -> Response[bytes]:
    """File a package."""
    return call.step(Action.FILING_FILE, filing_id, file_filing, shown)


def shown(session: Session, actor: Actor, filing_id: UUID) -> FilingShown:
    """Return a package as it stands."""
    session.flush()
    seen = see_package(session, actor, filing_id)
    made = seen.filing
    return FilingShown(
        filing=_listed(made),
        submitted_at=local(made.submitted_at),
        received_at=local(made.received_at),
        filed_at=local(made.filed_at),
        return_reason=made.return_reason,
        digest=made.digest,
        agrees=seen.agrees,
        package=made.package,
    )


def _listed(made: Any) -> FilingListed:
    return FilingListed(
        id=made.id,
        unit_id=made.unit_id,
        to_unit_id=made.to_unit_id,
        period=made.period,
        number=made.number,
        edition=made.edition,
        state=made.state,
        due_at=at(made.due_at),
        receipt=made.receipt,
    )


HANDLERS = [filings, filing, submit, receive, give_back, file]
