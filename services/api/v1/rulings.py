"""Rulings: a round's claims before the committee; decided one by one or many at once, or sent back."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.orm import Session

from services.api.v1.callers import Caller
from services.api.v1.calls import Call, answer
from services.api.v1.claims import ClaimShown, shown
from services.api.v1.endpoints import acts, reads
from services.api.v1.paging import Paging, paged
from services.api.v1.shapes import AskedPoints, Day, Id, Line60, Line300, Page, Points, State, Words, points
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.domain.claims import ClaimState
from shared.usecases.claims import Ruling, decide_claims, return_claim
from shared.usecases.dockets import Entry, see_docket

MOST = 200
Minute = Annotated[Line60, Meta(description="会议记录编号，1 到 60 字", examples=["支委会〔2026〕3号"])]
Why = Annotated[Line300 | None, Meta(description="不予认定的理由，1 到 300 字")]
Accept = Annotated[bool, Meta(description="true 认定，false 不予认定")]


class ClaimWaiting(Struct, frozen=True):
    """A claim on the docket; `waits` says why it cannot be decided yet."""

    id: Id
    number: str
    member_id: Id
    name: Words
    group: Words | None
    item: str
    title: Words
    happened_on: Day
    points: Points | None
    text: Words
    state: State
    reason: Words | None
    evidence: Annotated[int, Meta(description="附了几个文件")]
    opinion: Annotated[str | None, Meta(description="党小组长的意见，null 表示还没有签")]
    left: Annotated[Points | None, Meta(description="按上限还能得多少，null 表示不限")]
    waits: Annotated[str, Meta(description="为什么还不能审核，空的表示可以")]


class Decision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is decided of one claim; points only where the item leaves room for them."""

    accept: Accept
    minute: Minute
    reason: Why = None
    points: AskedPoints | None = None


class Decisions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is decided of several claims: all of them or none."""

    claims: Annotated[list[UUID], Meta(min_length=1, max_length=MOST, description=f"1 到 {MOST} 件申报的编号")]
    accept: Accept
    minute: Minute
    reason: Why = None


class Decided(Struct, frozen=True):
    """What has become of them."""

    state: State
    claims: Annotated[list[UUID], Meta(description="审核了的申报的编号")]


class SentBack(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is missing."""

    missing: Annotated[Line300, Meta(description="缺什么，1 到 300 字", examples=["写明在哪条路"])]


@get(
    "/api/v1/rounds/{round_id:uuid}/claims",
    opt=reads(
        Action.CLAIM_SEE, "一期里各人的申报：等着审核的", Page[ClaimWaiting], decided="yes 看已经审核和退回的"
    ),
    sync_to_thread=True,
)
def docket(request: Asked, caller: Caller, paging: Paging, round_id: FromPath[UUID]) -> Response[bytes]:
    """List a round's claims by member."""
    decided = request.query_params.get("decided") == "yes"
    with caller.acting() as session:
        seen = see_docket(session, caller.actor, round_id, decided)
        found = list(seen.entries)
        for page in range(2, seen.last + 1):
            found += see_docket(session, caller.actor, round_id, decided, page).entries
    return answer(request, paged(paging, found, lambda one: one.claim.id, _waiting))


@post(
    "/api/v1/rulings",
    opt=acts(Action.CLAIM_DECIDE, "审核若干件申报，全部办成或全不办", Decided, Decisions, status=201),
    sync_to_thread=True,
)
def decide_several(caller: Caller, call: Call) -> Response[bytes]:
    """Decide several claims."""
    said = call.said(Decisions)

    def act(session: Session, now: datetime) -> Decided:
        claims = list(dict.fromkeys(said.claims))
        decide_claims(session, caller.actor, claims, Ruling(said.accept, said.minute, said.reason), now)
        return Decided(ClaimState.ACCEPTED if said.accept else ClaimState.REFUSED, claims)

    return call.once(act)


@post(
    "/api/v1/claims/{claim_id:uuid}/decide",
    opt=acts(Action.CLAIM_DECIDE, "审核一件申报", ClaimShown, Decision),
    sync_to_thread=True,
)
def decide(call: Call, claim_id: FromPath[UUID]) -> Response[bytes]:
    """Decide one claim."""
    said = call.said(Decision)

    def take(session: Session, actor: Actor, row_id: UUID, now: datetime) -> None:
        given = Decimal(said.points) if said.points else None
        decide_claims(session, actor, [row_id], Ruling(said.accept, said.minute, said.reason, given), now)

    return call.step(Action.CLAIM_DECIDE, claim_id, take, shown)


@post(
    "/api/v1/claims/{claim_id:uuid}/return",
    opt=acts(Action.CLAIM_RETURN, "退回一件申报，请申报人补充", ClaimShown, SentBack),
    sync_to_thread=True,
)
def send_back(call: Call, claim_id: FromPath[UUID]) -> Response[bytes]:
    """Give a claim back for what is missing."""
    said = call.said(SentBack)

    def take(session: Session, actor: Actor, row_id: UUID, now: datetime) -> None:
        return_claim(session, actor, row_id, said.missing, now)

    return call.step(Action.CLAIM_RETURN, claim_id, take, shown)


def _waiting(one: Entry) -> ClaimWaiting:
    row = one.claim
    return ClaimWaiting(
        id=row.id,
        number=row.number,
        member_id=row.member_id,
        name=row.name,
        group=row.group_name,
        item=row.item,
        title=one.item.title,
        happened_on=row.happened_on,
        points=points(row.points),
        text=row.text,
        state=row.state,
        reason=row.reason,
        evidence=row.evidence,
        opinion=row.quality,
        left=points(one.left),
        waits=one.waits,
    )


HANDLERS = [docket, decide_several, decide, send_back]
