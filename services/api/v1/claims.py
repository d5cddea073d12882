"""Claims: listed, handed in, added to, taken back."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import UNSET, Meta, Struct, UnsetType
from sqlalchemy.orm import Session

from services.api.v1.callers import Caller
from services.api.v1.calls import Call, answer
from services.api.v1.endpoints import acts, reads
from services.api.v1.items import claimant_of
from services.api.v1.paging import Paging, paged
from services.api.v1.shapes import (
    AskedPoints,
    Day,
    Id,
    Instant,
    Line60,
    Line500,
    Page,
    Period,
    Points,
    State,
    Words,
    at,
    local,
    points,
)
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.domain.deeds import Deed
from shared.usecases.claims import amend_claim, draft_claim, submit_claim, withdraw_claim
from shared.usecases.dossiers import own_claims, see_progress
from shared.usecases.offers import open_for


class ClaimListed(Struct, frozen=True):
    """A claim in one line."""

    id: Id
    number: str
    period: Period
    item: str
    title: Words
    happened_on: Day
    points: Points | None
    text: Words
    state: State
    filed_at: Instant | None


class StepShown(Struct, frozen=True):
    """A step that was taken with something."""

    command: State
    at: Instant
    note: Words | None


class OpinionShown(Struct, frozen=True):
    """What a group leader said of a claim."""

    name: Words
    done: bool
    quality: Words
    given_at: Instant


class ClaimShown(Struct, frozen=True):
    """A claim with what has become of it; `holder` says who has it now."""

    id: Id
    number: str
    member_id: Id
    round_id: Id
    period: Period
    item: str
    title: Words
    happened_on: Day
    points: Points | None
    text: Words
    state: State
    filed_at: Instant | None
    decision: Annotated[str | None, Meta(description="会议记录编号")]
    reason: Annotated[str | None, Meta(description="没有认定的理由")]
    missing: Annotated[str, Meta(description="退回补充时缺什么")]
    holder: Annotated[str, Meta(description="现在由谁办理，空的表示已办结")]
    until: Annotated[datetime | None, Meta(description="应在什么时候前办理")]
    evidence: Annotated[int, Meta(description="附了几个文件")]
    opinions: list[OpinionShown]
    steps: list[StepShown]


class NewClaim(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was done and when; points only where the item leaves room for them."""

    item: Line60
    happened_on: Day
    text: Line500
    points: AskedPoints | None = None
    replaces: Annotated[UUID | None, Meta(description="取代哪一件申报的编号")] = None
    member_id: Annotated[UUID | None, Meta(description="代哪位党员申报，不填就是自己")] = None
    submit: Annotated[bool, Meta(description="true 直接提交，false 只存草稿")] = True


class Supplement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a claim that was sent back says from now on; what is left out stays as it was."""

    happened_on: Day | UnsetType = UNSET
    text: Line500 | UnsetType = UNSET
    points: AskedPoints | UnsetType = UNSET


@get("/api/v1/claims", opt=reads(Action.CLAIM_SEE, "自己的申报", Page[ClaimListed]), sync_to_thread=True)
def claims(request: Asked, caller: Caller, paging: Paging) -> Response[bytes]:
    """List one's own claims, what is still one's to do first."""
    with caller.acting() as session:
        mine = own_claims(session, caller.actor, claimant_of(caller))
    return answer(request, paged(paging, mine, lambda one: one[0].id, _listed))


@get("/api/v1/claims/{claim_id:uuid}", opt=reads(Action.CLAIM_SEE, "一项申报", ClaimShown), sync_to_thread=True)
def claim(request: Asked, caller: Caller, claim_id: FromPath[UUID]) -> Response[bytes]:
    """Show a claim."""
    with caller.acting() as session:
        return answer(request, shown(session, caller.actor, claim_id))


@post(
    "/api/v1/claims",
    opt=acts(Action.CLAIM_SUBMIT, "填写并提交一项申报", ClaimShown, NewClaim, status=201),
    sync_to_thread=True,
)
def hand_in(caller: Caller, call: Call) -> Response[bytes]:
    """Write a claim down and hand it in."""
    new = call.said(NewClaim)

    def act(session: Session, now: datetime) -> ClaimShown:
        round_ = open_for(session, caller.actor, now, new.happened_on)
        asked = Decimal(new.points) if new.points else None
        deed = Deed(new.item, new.happened_on, new.text, asked, new.replaces)
        made = draft_claim(session, caller.actor, round_.id, claimant_of(caller, new.member_id), deed, now)
        if new.submit:
            submit_claim(session, caller.actor, made.id, now)
        return shown(session, caller.actor, made.id)

    return call.once(act)


@post(
    "/api/v1/claims/{claim_id:uuid}/submit",
    opt=acts(Action.CLAIM_SUBMIT, "提交一项草稿，或退回后已补充的申报", ClaimShown),
    sync_to_thread=True,
)
def submit(call: Call, claim_id: FromPath[UUID]) -> Response[bytes]:
    """Hand a draft in."""
    return call.step(Action.CLAIM_SUBMIT, claim_id, submit_claim, shown)


@post(
    "/api/v1/claims/{claim_id:uuid}/supplement",
    opt=acts(Action.CLAIM_SUBMIT, "补充草稿或退回的申报，并提交", ClaimShown, Supplement),
    sync_to_thread=True,
)
def supplement(call: Call, claim_id: FromPath[UUID]) -> Response[bytes]:
    """Say what was missing, and hand it in again."""
    more = call.said(Supplement)

    def take(session: Session, actor: Actor, row_id: UUID, now: datetime) -> None:
        before = see_progress(session, actor, row_id).claim
        deed = Deed(
            before.item,
            before.happened_on if more.happened_on is UNSET else more.happened_on,
            before.text if more.text is UNSET else more.text,
            before.points if more.points is UNSET else Decimal(more.points),
            before.replaces_id,
        )
        amend_claim(session, actor, row_id, deed, now)
        submit_claim(session, actor, row_id, now)

    return call.step(Action.CLAIM_SUBMIT, claim_id, take, shown)


@post(
    "/api/v1/claims/{claim_id:uuid}/withdraw",
    opt=acts(Action.CLAIM_WITHDRAW, "撤回一项申报", ClaimShown),
    sync_to_thread=True,
)
def withdraw(call: Call, claim_id: FromPath[UUID]) -> Response[bytes]:
    """Take a claim back."""
    return call.step(Action.CLAIM_WITHDRAW, claim_id, withdraw_claim, shown)


def shown(session: Session, actor: Actor, claim_id: UUID) -> ClaimShown:
    """Return a claim as it stands."""
    session.flush()
    seen = see_progress(session, actor, claim_id)
    made = seen.claim
    return ClaimShown(
        id=made.id,
        number=made.number,
        member_id=made.member_id,
        round_id=made.round_id,
        period=seen.round.period,
        item=made.item,
        title=seen.item.title,
        happened_on=made.happened_on,
        points=points(made.points),
        text=made.text,
        state=made.state,
        filed_at=local(made.filed_at),
        decision=made.decision,
        reason=made.reason,
        missing=seen.missing,
        holder=seen.holder,
        until=local(seen.until),
        evidence=len(seen.evidence),
        opinions=[OpinionShown(one.name, one.done, one.quality, at(one.given_at)) for one in seen.opinions],
        steps=[StepShown(one.command, at(one.at), one.note) for one in seen.steps],
    )


def _listed(one: Any) -> ClaimListed:
    row, item = one
    return ClaimListed(
        id=row.id,
        number=row.number,
        period=row.period,
        item=row.item,
        title=item.title,
        happened_on=row.happened_on,
        points=points(row.points),
        text=row.text,
        state=row.state,
        filed_at=local(row.filed_at),
    )


HANDLERS = [claims, claim, hand_in, submit, supplement, withdraw]
