"""Me: whose token this is, and what it may do."""

from typing import Annotated

from litestar import Response, get
from msgspec import Meta, Struct

from services.api.v1.callers import Caller
from services.api.v1.calls import answer
from services.api.v1.endpoints import reads
from services.api.v1.shapes import Id, Words
from services.api.web.envelope import Asked


class Me(Struct, frozen=True):
    """Who a token acts as."""

    unit_id: Id
    unit_name: Words
    person_id: Id | None
    member_id: Id | None
    name: Words
    roles: Annotated[list[str], Meta(description="在这个单位的角色", examples=[["member"]])]
    scopes: Annotated[list[str], Meta(description="这个令牌允许做的事", examples=[["claim:see"]])]


@get("/api/v1/me", opt=reads(None, "这个令牌是谁的，能做什么", Me), sync_to_thread=False)
def me(request: Asked, caller: Caller) -> Response[bytes]:
    """Tell whose token it is."""
    actor = caller.actor
    told = Me(
        unit_id=actor.unit_id,
        unit_name=caller.unit_name,
        person_id=actor.person_id,
        member_id=actor.member_id,
        name=actor.name,
        roles=sorted(actor.roles),
        scopes=sorted(actor.only or ()),
    )
    return answer(request, told)


HANDLERS = [me]
