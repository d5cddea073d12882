"""Drafts: a page's typing kept while it is typed, and thrown away when its writer does not want it."""

from litestar import post
from litestar.response import Redirect

from services.api.web.acts import to
from services.api.web.forms import Sent, local
from services.api.web.permissions import SIGNED_IN
from services.api.web.sessions import Db, Who, typed
from shared.usecases.drafts import drop_draft, keep_draft


@post("/drafts", opt=SIGNED_IN, status_code=204, sync_to_thread=True)
def keep(db: Db, who: Who, sent: Sent) -> None:
    """Keep what has been typed so far; the page's script sends it whenever a field is left."""
    if sent.page:
        with who.acting(db) as session:
            keep_draft(session, who.actor, sent.page, typed(sent))


@post("/drafts/drop", opt=SIGNED_IN, sync_to_thread=True)
def drop(db: Db, who: Who, sent: Sent) -> Redirect:
    """Throw a draft away and show its page empty."""
    with who.acting(db) as session:
        drop_draft(session, who.actor, sent.page)
    return to(local(sent.page))
