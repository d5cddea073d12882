"""Hints: what asks for a look in the branches below, each with the question to ask first."""

from litestar import Response, get

from services.api.web.envelope import Asked
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Who
from shared.authz.actions import Action
from shared.usecases.hints import see_hints


@get("/hints", opt=for_action(Action.HINT_SEE), sync_to_thread=True)
def hints(request: Asked, db: Db, who: Who) -> Response[str]:
    """List the branches that give a sign today."""
    with who.acting(db) as session:
        found = see_hints(session, who.actor)
    return page(request, "hints/list.html", hinted=found)


HANDLERS = [hints]
