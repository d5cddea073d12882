"""Opinions: whoever leads a group says of a claim of theirs whether it was done, and how well."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.orm import Session

from services.api.v1.calls import Call
from services.api.v1.claims import ClaimShown, shown
from services.api.v1.endpoints import acts
from services.api.v1.shapes import Line100
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.usecases.opinions import give_opinion


class NewOpinion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether it was done, and how well."""

    done: Annotated[bool, Meta(description="true 已经做到，false 没有做到")]
    quality: Annotated[Line100, Meta(description="做得怎样，1 到 100 字", examples=["好"])]


@post(
    "/api/v1/claims/{claim_id:uuid}/opinion",
    opt=acts(Action.OPINION_GIVE, "为本组党员的一项申报签署意见", ClaimShown, NewOpinion),
    sync_to_thread=True,
)
def sign(call: Call, claim_id: FromPath[UUID]) -> Response[bytes]:
    """Sign an opinion on a claim."""
    said = call.said(NewOpinion)

    def take(session: Session, actor: Actor, row_id: UUID, now: datetime) -> None:
        give_opinion(session, actor, row_id, said.done, said.quality, now)

    return call.step(Action.OPINION_GIVE, claim_id, take, shown)


HANDLERS = [sign]
