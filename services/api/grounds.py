"""Grounds: one's own line, or another's on the board, with what it rests on and how to object to it."""

from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from services.api.web.acts import to
from services.api.web.envelope import Asked
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Who
from shared.authz.actions import Action
from shared.domain.boards import countdown
from shared.usecases.grounds import own_line, see_grounds

SEE = for_action(Action.BOARD_SEE)


@get("/lines/mine", opt=SEE, sync_to_thread=True)
def mine(db: Db, who: Who) -> Redirect:
    """Lead to one's own line of the newest notice."""
    with who.acting(db) as session:
        return to(f"/lines/{own_line(session, who.actor)}")


@get("/lines/{line_id:uuid}", opt=SEE, sync_to_thread=True)
def line(request: Asked, db: Db, who: Who, line_id: FromPath[UUID]) -> Response[str]:
    """Show one line."""
    with who.acting(db) as session:
        grounds = see_grounds(session, who.actor, line_id)
    return page(request, "grounds/show.html", grounds=grounds, countdown=countdown)


HANDLERS = [mine, line]
