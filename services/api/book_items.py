"""Items of a drafted book: the list, each on a page of its own, put in, changed, dropped and taken up again."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from services.api.book_drafts import DRAFT, SEE, draft_of, draft_page
from services.api.book_forms import BookForm, BookItemForm, asked_of
from services.api.web.acts import attempt
from services.api.web.envelope import Asked
from services.api.web.forms import Sent
from services.api.web.sessions import Db, Someone, Who
from shared.domain.errors import NotFound
from shared.domain.rule_words import KINDS
from shared.domain.rules import Item
from shared.usecases.book_edits import change_item, drop_item, restore_item
from shared.usecases.book_shelves import DraftPage


@get("/books/drafts/{draft_id:uuid}/items", opt=SEE, sync_to_thread=True)
def items(request: Asked, db: Db, who: Who, draft_id: FromPath[UUID]) -> Response[str]:
    """List the items, by aspect, with what is locked and what is dropped."""
    return _listed(request, draft_of(db, who, draft_id), BookForm())


@get("/books/drafts/{draft_id:uuid}/items/new", opt=DRAFT, sync_to_thread=True)
def asking(request: Asked, db: Db, who: Who, draft_id: FromPath[UUID]) -> Response[str]:
    """Ask what a new item says."""
    seen = draft_of(db, who, draft_id)
    with who.acting(db) as session:
        form = BookItemForm.opened(session, who.actor, request.url.path, seen=seen.draft.edition)
    form.fit(seen, "")
    return _asked(request, seen, "", form)


@post("/books/drafts/{draft_id:uuid}/items/new", opt=DRAFT, sync_to_thread=True)
def add(request: Asked, db: Db, who: Who, sent: Sent, draft_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Put a new item in."""
    seen = draft_of(db, who, draft_id)
    form = BookItemForm(sent)
    form.fit(seen, "")

    def act(session: Session, now: datetime) -> str:
        name = (form.number.data or "").strip()
        entry = form.entry(name, {}, seen.reading.book.round_span)
        change_item(session, who.actor, draft_id, form.edition, entry, now)
        return f"/books/drafts/{draft_id}/items#{name}"

    return attempt(db, who, form, act) or _asked(request, draft_of(db, who, draft_id), "", form)


@get("/books/drafts/{draft_id:uuid}/items/{name:str}", opt=SEE, sync_to_thread=True)
def item(request: Asked, db: Db, who: Who, draft_id: FromPath[UUID], name: FromPath[str]) -> Response[str]:
    """Show an item, to be changed where it may be."""
    seen = draft_of(db, who, draft_id)
    known = _known(seen, name)
    with who.acting(db) as session:
        form = BookItemForm.opened(session, who.actor, request.url.path, **asked_of(known, seen.draft.edition))
    form.fit(seen, name)
    return _asked(request, seen, name, form)


@post("/books/drafts/{draft_id:uuid}/items/{name:str}", opt=DRAFT, sync_to_thread=True)
def change(
    request: Asked, db: Db, who: Who, sent: Sent, draft_id: FromPath[UUID], name: FromPath[str]
) -> Response[str] | Redirect:
    """Change an item."""
    seen = draft_of(db, who, draft_id)
    _known(seen, name)
    form = BookItemForm(sent)
    form.fit(seen, name)

    def act(session: Session, now: datetime) -> str:
        entry = form.entry(name, seen.reading.item(name) or {}, seen.reading.book.round_span)
        change_item(session, who.actor, draft_id, form.edition, entry, now)
        return f"/books/drafts/{draft_id}/items#{name}"

    return attempt(db, who, form, act) or _asked(request, draft_of(db, who, draft_id), name, form)


@post("/books/drafts/{draft_id:uuid}/items/{name:str}/drop", opt=DRAFT, sync_to_thread=True)
def drop(
    request: Asked, db: Db, who: Who, sent: Sent, draft_id: FromPath[UUID], name: FromPath[str]
) -> Response[str] | Redirect:
    """Drop an item."""
    return _changed(request, db, who, BookForm(sent), draft_id, name, drop_item)


@post("/books/drafts/{draft_id:uuid}/items/{name:str}/restore", opt=DRAFT, sync_to_thread=True)
def restore(
    request: Asked, db: Db, who: Who, sent: Sent, draft_id: FromPath[UUID], name: FromPath[str]
) -> Response[str] | Redirect:
    """Take an inherited item up again."""
    return _changed(request, db, who, BookForm(sent), draft_id, name, restore_item)


def _changed(
    request: Asked,
    db: Db,
    who: Someone,
    form: BookForm,
    draft_id: UUID,
    name: str,
    step: Callable[..., object],
) -> Response[str] | Redirect:
    def act(session: Session, now: datetime) -> str:
        step(session, who.actor, draft_id, form.edition, name, now)
        return f"/books/drafts/{draft_id}/items"

    return attempt(db, who, form, act) or _listed(request, draft_of(db, who, draft_id), form)


def _known(seen: DraftPage, name: str) -> Item:
    found = seen.reading.book.items.get(name)
    if found is None:
        raise NotFound("草稿里没有这一条，可能已经被取消。请回到条款一览。")
    return found


def _listed(request: Asked, seen: DraftPage, form: BookForm) -> Response[str]:
    return draft_page(request, "books/items.html", seen, form, kinds=KINDS)


def _asked(request: Asked, seen: DraftPage, name: str, form: BookItemForm) -> Response[str]:
    return draft_page(request, "books/item.html", seen, form, name=name, item=seen.reading.book.items.get(name))


HANDLERS = [items, asking, add, item, change, drop, restore]
