"""Items: what of the rule book is open to a member now, and how much of each is still to be had."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get
from msgspec import Meta, Struct

from services.api.v1.callers import Caller, Calling
from services.api.v1.calls import answer
from services.api.v1.endpoints import reads
from services.api.v1.paging import Paging, paged
from services.api.v1.shapes import Id, Page, Points, Words, points
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.domain.errors import NotFound
from shared.usecases.offers import Offer, see_offers
from shared.usecases.places import instant


class ItemShown(Struct, frozen=True):
    """A clause that may be claimed; either its points are fixed, or the claimant says how many within bounds."""

    id: Annotated[str, Meta(description="条款编号", examples=["A-01"])]
    title: Words
    aspect: Words | None
    points: Annotated[Points | None, Meta(description="固定的分数")]
    least: Annotated[Points | None, Meta(description="可填分数的下限")]
    most: Annotated[Points | None, Meta(description="可填分数的上限，null 表示不限")]
    left: Annotated[Points | None, Meta(description="按上限还能得多少，null 表示不限")]
    evidence: Annotated[str | None, Meta(description="要附什么证明")]
    decision: Annotated[bool, Meta(description="分数由会议决定，申报时不填")]
    replaces: Annotated[str | None, Meta(description="取代哪一条款的申报")]
    round_id: Id


@get(
    "/api/v1/items",
    opt=reads(Action.CLAIM_DRAFT, "现在可以申报的项目，各还能得多少分", Page[ItemShown]),
    sync_to_thread=True,
)
def items(request: Asked, caller: Caller, paging: Paging) -> Response[bytes]:
    """List what its person may claim."""
    with caller.acting() as session:
        offers = see_offers(session, caller.actor, claimant_of(caller), instant(session, caller.actor))
    return answer(request, paged(paging, offers.offers, _id, lambda one: _shown(one, offers.round.id)))


def claimant_of(caller: Calling, named: UUID | None = None) -> UUID:
    """Return the member for whom is claimed: whom the call names, or who calls."""
    member = named or caller.actor.member_id
    if member is None:
        raise NotFound("您在这里没有党员身份；替党员申报请写明 member_id。")
    return member


def _id(offer: Offer) -> str:
    return offer.item.id


def _shown(offer: Offer, round_id: UUID) -> ItemShown:
    item = offer.item
    return ItemShown(
        id=item.id,
        title=item.title,
        aspect=item.aspect,
        points=points(item.points),
        least=points(item.range.low) if item.range else None,
        most=points(item.range.high) if item.range else None,
        left=points(offer.left),
        evidence=item.evidence,
        decision=item.decision,
        replaces=item.replaces,
        round_id=round_id,
    )


HANDLERS = [items]
