"""Adoptions: which units use which version, those without a book first, and the choice of their first one."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import RadioField

from services.api.web.acts import attempt
from services.api.web.checks import chosen, filled, given
from services.api.web.envelope import Asked
from services.api.web.fields import DayField, identity
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Who
from shared.authz.actions import Action
from shared.authz.gate import able
from shared.domain.periods import day_in_words
from shared.usecases.adoptions import ChoicePage, choose_book, see_choice, without_book
from shared.usecases.book_shelves import see_uses

SEE, ADOPT = for_action(Action.BOOK_SEE), for_action(Action.BOOK_ADOPT)


class ChoiceForm(Form):
    """A unit's first book, and from which day."""

    book = RadioField("用哪一份积分细则？", [chosen("请选择积分细则")], coerce=identity)
    since = DayField(
        "从哪一天起？",
        [filled("请填写从哪一天起")],
        description="一期的第一天。写现在这一期的第一天，这一期就开始收申报。",
    )

    def offer(self, seen: ChoicePage) -> None:
        """Put the books into the form."""
        self.book.choices = [
            (one.issued.id, f"{one.book.title}，第 {one.issued.version} 版，最早{day_in_words(one.begins)}起")
            for one in seen.choices
        ]


@get("/books/uses", opt=SEE, sync_to_thread=True)
def used(request: Asked, db: Db, who: Who) -> Response[str]:
    """List which unit uses which version, and which have none."""
    with who.acting(db) as session:
        uses, bare = see_uses(session, who.actor), without_book(session, who.actor)
    return page(request, "books/uses.html", uses=uses, bare=bare, adopts=able(who.actor, Action.BOOK_ADOPT))


@get("/books/uses/{unit_id:uuid}", opt=ADOPT, sync_to_thread=True)
def consider(request: Asked, db: Db, who: Who, unit_id: FromPath[UUID]) -> Response[str]:
    """Ask with which book a unit is to begin."""
    with who.acting(db) as session:
        seen = see_choice(session, who.actor, unit_id)
        first = seen.choices[0] if seen.choices else None
        values = {"book": first.issued.id, "since": first.begins} if first else {}
        form = ChoiceForm.opened(session, who.actor, request.url.path, **values)
    form.offer(seen)
    return page(request, "books/adopt.html", seen=seen, form=form)


@post("/books/uses/{unit_id:uuid}", opt=ADOPT, sync_to_thread=True)
def choose(request: Asked, db: Db, who: Who, sent: Sent, unit_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Let it begin with a book."""
    form = ChoiceForm(sent)
    with who.acting(db) as session:
        seen = see_choice(session, who.actor, unit_id)
    form.offer(seen)

    def act(session: Session, now: datetime) -> str:
        choose_book(session, who.actor, unit_id, given(form.book.data), given(form.since.data), now)
        return "/books/uses"

    return attempt(db, who, form, act) or page(request, "books/adopt.html", 422, seen=seen, form=form)


HANDLERS = [used, consider, choose]
