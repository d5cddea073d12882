"""Chapters of a drafted book: name and day, points, grades, windows; and the whole text for whoever wants it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import TextAreaField

from services.api.book_consequences import ClassesForm, ConsequencesForm
from services.api.book_drafts import DRAFT, OVERLAID, SEE, draft_of, draft_page
from services.api.book_forms import BookForm
from services.api.book_grades import GradesForm
from services.api.book_sections import BasicsForm, ListsForm, PointsForm, SectionForm, WindowsForm
from services.api.web.acts import attempt
from services.api.web.checks import filled
from services.api.web.envelope import Asked
from services.api.web.forms import Sent
from services.api.web.sessions import Db, Who
from shared.domain.errors import NotFound
from shared.domain.rule_labels import CHAPTERS
from shared.usecases.book_edits import change_sections, change_text
from shared.usecases.book_shelves import DraftPage

# The chapters that have a form; the others are in the text.
FORMS: Mapping[str, type[SectionForm]] = {
    "basics": BasicsForm,
    "points": PointsForm,
    "classes": ClassesForm,
    "grades": GradesForm,
    "windows": WindowsForm,
    "consequences": ConsequencesForm,
    "lists": ListsForm,
}


class BookTextForm(BookForm):
    """The whole text."""

    text = TextAreaField(
        "细则的文字",
        [filled("细则不能是空的")],
        description="按行写，每项的意思见文档《积分细则的写法》。代号、版次和所依据的细则由系统填写。",
        render_kw={"rows": 30, "spellcheck": "false"},
    )


@get("/books/drafts/{draft_id:uuid}/chapters/{chapter:str}", opt=SEE, sync_to_thread=True)
def chapter(request: Asked, db: Db, who: Who, draft_id: FromPath[UUID], chapter: FromPath[str]) -> Response[str]:
    """Show a chapter, to be changed; one without a form is read here and changed in the text."""
    seen = draft_of(db, who, draft_id)
    form_type = _form(seen, chapter)
    if form_type is None:
        return _shown(request, seen, chapter, BookForm())
    asked = {**form_type.asked(seen.reading), "seen": seen.draft.edition}
    with who.acting(db) as session:
        form = form_type.opened(session, who.actor, request.url.path, **asked)
    form.fit(seen.reading)
    return _shown(request, seen, chapter, form)


@post("/books/drafts/{draft_id:uuid}/chapters/{chapter:str}", opt=DRAFT, sync_to_thread=True)
def change(
    request: Asked, db: Db, who: Who, sent: Sent, draft_id: FromPath[UUID], chapter: FromPath[str]
) -> Response[str] | Redirect:
    """Change a chapter."""
    seen = draft_of(db, who, draft_id)
    form_type = _form(seen, chapter)
    if form_type is None:
        raise NotFound("这一章没有表格，请在文字里改。")
    form = form_type(sent)
    form.fit(seen.reading)

    def act(session: Session, now: datetime) -> str:
        sections = form.sections()
        change_sections(session, who.actor, draft_id, form.edition, sections, now)
        return f"/books/drafts/{draft_id}"

    return attempt(db, who, form, act) or _shown(request, draft_of(db, who, draft_id), chapter, form)


@get("/books/drafts/{draft_id:uuid}/text", opt=SEE, sync_to_thread=True)
def text(request: Asked, db: Db, who: Who, draft_id: FromPath[UUID]) -> Response[str]:
    """Show the whole text."""
    seen = draft_of(db, who, draft_id)
    with who.acting(db) as session:
        given = {"text": seen.reading.text, "seen": seen.draft.edition}
        form = BookTextForm.opened(session, who.actor, request.url.path, **given)
    return draft_page(request, "books/text.html", seen, form)


@post("/books/drafts/{draft_id:uuid}/text", opt=DRAFT, sync_to_thread=True)
def rewrite(request: Asked, db: Db, who: Who, sent: Sent, draft_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Put another text in its place."""
    form = BookTextForm(sent)

    def act(session: Session, now: datetime) -> str:
        written = (form.text.data or "").replace("\r\n", "\n")
        change_text(session, who.actor, draft_id, form.edition, written, now)
        return f"/books/drafts/{draft_id}"

    done = attempt(db, who, form, act)
    return done or draft_page(request, "books/text.html", draft_of(db, who, draft_id), form)


def _form(seen: DraftPage, chapter: str) -> type[SectionForm] | None:
    """Return a chapter's form where it has one that holds all of it; an overlay has but those of its own."""
    if chapter not in CHAPTERS:
        raise NotFound("细则里没有这一章。")
    form_type = FORMS.get(chapter)
    ours = seen.reading.above is None or chapter in OVERLAID
    return form_type if form_type is not None and ours and form_type.holds(seen.reading) else None


def _shown(request: Asked, seen: DraftPage, chapter: str, form: BookForm) -> Response[str]:
    return draft_page(request, "books/chapter.html", seen, form, chapter=chapter)


HANDLERS = [chapter, change, text, rewrite]
