"""Books: the rule books of a unit: which it uses and has issued; where drafts begin."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from services.api.web.acts import attempt
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Who
from shared.authz.actions import Action
from shared.domain.differences import WINDOWS
from shared.domain.rule_labels import TITLES
from shared.domain.rule_words import KINDS, SPANS, figures, year_words
from shared.usecases.book_drafts import start_from_example, start_next, start_overlay
from shared.usecases.book_shelves import see_shelf, see_version

SEE, DRAFT = for_action(Action.BOOK_SEE), for_action(Action.BOOK_DRAFT)
WORDS: Mapping[str, Any] = {
    "windows": WINDOWS,
    "kinds": KINDS,
    "spans": SPANS,
    "figures": figures,
    "year_words": year_words,
}


@get("/books", opt=SEE, sync_to_thread=True)
def books(request: Asked, db: Db, who: Who) -> Response[str]:
    """Show the unit's books."""
    with who.acting(db) as session:
        return page(request, "books/list.html", shelf=see_shelf(session, who.actor), form=Form())


@post("/books/drafts", opt=DRAFT, sync_to_thread=True)
def begin(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Begin a draft: the next version of an own book, an overlay of one above, or a book from an example."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        own, above = sent.one("own"), sent.one("above")
        if own:
            draft = start_next(session, who.actor, _id(own), now)
        elif above:
            draft = start_overlay(session, who.actor, _id(above), now)
        else:
            draft = start_from_example(session, who.actor, sent.one("example"), now)
        return f"/books/drafts/{draft.id}"

    done = attempt(db, who, form, act)
    if done is not None:
        return done
    with who.acting(db) as session:
        shelf = see_shelf(session, who.actor)
    return page(request, "books/list.html", 422, shelf=shelf, form=form)


@get("/books/versions/{issued_id:uuid}", opt=SEE, sync_to_thread=True)
def version(request: Asked, db: Db, who: Who, issued_id: FromPath[UUID]) -> Response[str]:
    """Show a version as people read it, and how it differs from the one before."""
    with who.acting(db) as session:
        seen = see_version(session, who.actor, issued_id)
    return page(request, "books/version.html", seen=seen, titles=TITLES, **WORDS)


def _id(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError:
        return UUID(int=0)


HANDLERS = [books, begin, version]
