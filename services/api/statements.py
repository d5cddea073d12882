"""Statements: a member's points with how each figure came about, and their year."""

from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from services.api.web.acts import to
from services.api.web.envelope import Asked
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.reads import Reads
from services.api.web.sessions import Db, Guest, Who
from shared.authz.actions import Action
from shared.domain.errors import NotFound
from shared.usecases.looks import look_at_statement
from shared.usecases.outcomes import outcomes_of
from shared.usecases.places import enter_as, instant, member_place, read_only, visit_demonstration
from shared.usecases.statements import see_statement

SEE = for_action(Action.STATEMENT_SEE)


@get("/points", opt=SEE, sync_to_thread=True)
def points(request: Asked, db: Db, who: Who) -> Response[str]:
    """Show one's own points, every figure of which opens."""
    with who.acting(db) as session:
        seen = see_statement(session, who.actor, own_member(who.actor.member_id))
    return page(request, "statements/own.html", statement=seen)


@get("/year", opt=SEE, sync_to_thread=True)
def year(request: Asked, db: Db, who: Who) -> Response[str]:
    """Show what one's years came to, and what followed from them."""
    with who.acting(db) as session:
        member_id = own_member(who.actor.member_id)
        seen = see_statement(session, who.actor, member_id)
        outcomes = outcomes_of(session, who.actor, member_id)
    return page(request, "statements/year.html", statement=seen, outcomes=outcomes)


@get("/members/{member_id:uuid}/statement", opt=SEE, sync_to_thread=True)
def statement(
    request: Asked, db: Db, reads: Reads, guest: Guest, member_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Show a member's statement to who may see it, which is written down; a demonstration's to anybody."""
    actor = guest.signed_in.actor if guest else None
    with (reads if actor is None else db).begin() as session:
        place = member_place(session, member_id)
        if actor is not None and actor.member_id == member_id:
            return to("/points")
        if actor is not None and (actor.county_id, actor.unit_id) == (place.county_id, place.unit_id):
            enter_as(session, actor)
            seen = look_at_statement(session, actor, member_id, instant(session, actor))
        else:
            read_only(session)
            seen = see_statement(session, visit_demonstration(session, place), member_id)
    return page(request, "statements/show.html", statement=seen, demonstration=place.demonstration)


def own_member(member_id: UUID | None) -> UUID:
    """Return whose own pages these are; NotFound for an officer who is no member here."""
    if member_id is None:
        raise NotFound("您在这里没有党员身份，没有自己的积分。")
    return member_id


HANDLERS = [points, year, statement]
