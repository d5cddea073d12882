"""Drafts of rule books: the draft as a whole, with its faults and differences, and its steps into force."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import TextAreaField

from services.api.book_forms import BookForm
from services.api.web.acts import attempt
from services.api.web.checks import filled, given, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action, proven
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.rule_labels import CHAPTERS, TITLES, Finding
from shared.usecases.book_approvals import approve_draft, return_draft, submit_draft, withdraw_draft
from shared.usecases.book_shelves import DraftPage, see_draft
from shared.usecases.places import instant
from shared.usecases.trials import see_trials

SEE, DRAFT = for_action(Action.BOOK_SEE), for_action(Action.BOOK_DRAFT)
APPROVE = for_action(Action.BOOK_APPROVE)
# What an overlay may say of its own; the rest is the book's above.
OVERLAID = ("basics", "items", "lists")
# The words of a fault that name a field of an item's form, the more special first.
FIELDS = (
    ("上限可调", "cap_least"),
    ("可调范围", "bounds_least"),
    ("上限", "cap_month"),
    ("范围", "least"),
    ("分值", "points"),
    ("种类", "kind"),
    ("清零", "kind"),
    ("名称", "title"),
    ("方面", "aspect"),
    ("部门", "word_of"),
    ("取代", "replaces"),
    ("停用日", "ends"),
    ("施行期", "starts"),
    ("全年", "counts"),
)


class BookReturnForm(Form):
    """What is to be changed before somebody approves."""

    reason = TextAreaField(
        "要改哪里、为什么？",
        [filled("请写明要改哪里、为什么"), short(300)],
        description="例如：第12项志愿服务，每季上限偏低，请与去年持平。",
        render_kw={"maxlength": 300, "rows": 4},
    )


def chapters_of(seen: DraftPage) -> list[str]:
    """Return the chapters that this draft may say something in."""
    return [name for name in CHAPTERS if seen.reading.above is None or name in OVERLAID]


def address_of(draft_id: UUID, finding: Finding) -> str:
    """Return where a fault is mended: the form's own field, as near as can be, or the text's line."""
    at = f"/books/drafts/{draft_id}"
    spot = finding.spot
    if spot is None:
        return ""
    if spot.chapter == "items":
        field = next((name for word, name in FIELDS if word in finding.what), "title")
        return f"{at}/items/{spot.entry}#{field}" if spot.entry else f"{at}/items"
    return f"{at}/chapters/{spot.chapter}"


def draft_of(db: Db, who: Someone, draft_id: UUID) -> DraftPage:
    """Return a draft as its pages show it."""
    with who.acting(db) as session:
        return see_draft(session, who.actor, draft_id, instant(session, who.actor))


def draft_page(
    request: Asked, template: str, seen: DraftPage, form: Form, status: int = 200, **more: Any
) -> Response[str]:
    """Render a page about a draft, with the linter beside it."""
    status = 422 if form.faults else status
    if isinstance(form, BookForm):
        form.renew(seen.draft.edition)
    return page(request, template, status, seen=seen, form=form, titles=TITLES, address_of=address_of, **more)


@get("/books/drafts/{draft_id:uuid}", opt=SEE, sync_to_thread=True)
def draft(request: Asked, db: Db, who: Who, draft_id: FromPath[UUID]) -> Response[str]:
    """Show a draft: its chapters, what is wrong, what differs, who changed what, what comes next."""
    return _shown(request, db, who, draft_id, Form())


@post("/books/drafts/{draft_id:uuid}/submit", opt=DRAFT, sync_to_thread=True)
def submit(request: Asked, db: Db, who: Who, sent: Sent, draft_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Hand it in for approval."""
    return _step(request, db, who, draft_id, Form(sent), submit_draft)


@post("/books/drafts/{draft_id:uuid}/withdraw", opt=DRAFT, sync_to_thread=True)
def withdraw(request: Asked, db: Db, who: Who, sent: Sent, draft_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Take it off the table."""
    return _step(request, db, who, draft_id, Form(sent), withdraw_draft)


@post("/books/drafts/{draft_id:uuid}/approve", opt=proven(APPROVE), sync_to_thread=True)
def approve(request: Asked, db: Db, who: Who, sent: Sent, draft_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Put it in force from its day on."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        issued = approve_draft(session, who.actor, draft_id, now)
        return f"/books/versions/{issued.id}"

    return attempt(db, who, form, act) or _shown(request, db, who, draft_id, form)


@get("/books/drafts/{draft_id:uuid}/return", opt=APPROVE, sync_to_thread=True)
def returning(request: Asked, db: Db, who: Who, draft_id: FromPath[UUID]) -> Response[str]:
    """Ask what is to be changed."""
    with who.acting(db) as session:
        form = BookReturnForm.opened(session, who.actor, request.url.path)
    return draft_page(request, "books/return.html", draft_of(db, who, draft_id), form)


@post("/books/drafts/{draft_id:uuid}/return", opt=APPROVE, sync_to_thread=True)
def give_back(request: Asked, db: Db, who: Who, sent: Sent, draft_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Give it back to be changed."""
    form = BookReturnForm(sent)

    def act(session: Session, now: datetime) -> str:
        return_draft(session, who.actor, draft_id, given(form.reason.data), now)
        return f"/books/drafts/{draft_id}"

    done = attempt(db, who, form, act)
    return done or draft_page(request, "books/return.html", draft_of(db, who, draft_id), form)


def _step(
    request: Asked, db: Db, who: Someone, draft_id: UUID, form: Form, step: Callable[..., object]
) -> Response[str] | Redirect:
    def act(session: Session, now: datetime) -> str:
        step(session, who.actor, draft_id, now)
        return f"/books/drafts/{draft_id}"

    return attempt(db, who, form, act) or _shown(request, db, who, draft_id, form)


def _shown(request: Asked, db: Db, who: Someone, draft_id: UUID, form: Form) -> Response[str]:
    seen = draft_of(db, who, draft_id)
    with who.acting(db) as session:
        tried = see_trials(session, who.actor, draft_id)
    return draft_page(request, "books/draft.html", seen, form, chapters=chapters_of(seen), trials=tried)


HANDLERS = [draft, submit, withdraw, approve, returning, give_back]
