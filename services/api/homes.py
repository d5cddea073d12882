"""Homes: where a signed-in member begins."""

from litestar import Response, get

from services.api.web.envelope import Asked
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Who
from shared.authz.actions import Action
from shared.usecases.homes import see_home


@get("/home", opt=for_action(Action.STATEMENT_SEE), sync_to_thread=True)
def home(request: Asked, db: Db, who: Who) -> Response[str]:
    """Show where a member stands, and the one thing to do next."""
    with who.acting(db) as session:
        seen = see_home(session, who.actor)
    return page(request, "homes/home.html", home=seen, around=who.around)


HANDLERS = [home]
