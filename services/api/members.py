"""Members: the branch's roster, a member's page for its officers, and a way in for who has none of their own."""

from typing import Annotated
from uuid import UUID

import segno
from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from services.api.web.doors import Secret
from services.api.web.envelope import Asked
from services.api.web.forms import Form
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Who
from shared.authz.actions import Action
from shared.usecases.cards import hand_out_code, issue_card
from shared.usecases.places import instant
from shared.usecases.rosters import see_member, see_roster

SEE = for_action(Action.MEMBER_SEE)


@get("/members", opt=SEE, sync_to_thread=True)
def members(
    request: Asked,
    db: Db,
    who: Who,
    wanted: Annotated[str, QueryParameter(name="q", max_length=40)] = "",
    number: Annotated[int, QueryParameter(name="page")] = 1,
) -> Response[str]:
    """List the branch's members, or those whom somebody looks for."""
    with who.acting(db) as session:
        return page(request, "members/list.html", roster=see_roster(session, who.actor, wanted, number))


@get("/members/{member_id:uuid}", opt=SEE, sync_to_thread=True)
def member(request: Asked, db: Db, who: Who, member_id: FromPath[UUID]) -> Response[str]:
    """Show a member to an officer."""
    with who.acting(db) as session:
        return page(request, "members/show.html", one=see_member(session, who.actor, member_id), form=Form())


@post("/members/{member_id:uuid}/code", opt=for_action(Action.ACCOUNT_HAND_CODE), sync_to_thread=True)
def hand_code(request: Asked, db: Db, who: Who, secret: Secret, member_id: FromPath[UUID]) -> Response[str]:
    """Show a code to tell the member in person; it is shown once, and a new one ends the one before."""
    with who.acting(db) as session:
        one = see_member(session, who.actor, member_id)
        now = instant(session, who.actor)
        code = hand_out_code(session, secret, who.actor, one.member.person_id, now)
        return page(request, "members/code.html", one=one, code=code)


@post("/members/{member_id:uuid}/card", opt=for_action(Action.CARD_ISSUE), sync_to_thread=True)
def card(request: Asked, db: Db, who: Who, member_id: FromPath[UUID]) -> Response[str]:
    """Show a new card to print; the one before opens nothing any more."""
    with who.acting(db) as session:
        one = see_member(session, who.actor, member_id)
        token = issue_card(session, who.actor, member_id, instant(session, who.actor))
        address = f"{str(request.base_url).rstrip('/')}/card/{token}"
        picture = segno.make(address, error="m").svg_data_uri(scale=6, border=4)
        return page(request, "members/card.html", one=one, picture=picture)


HANDLERS = [members, member, hand_code, card]
