"""Words: what a township's department is asked about single claims of its branches, and its answer."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import RadioField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.errors import NotFound
from shared.usecases.words import give_word, see_words

GIVE = for_action(Action.WORD_GIVE)


class WordForm(Form):
    """Whether the department agrees, and what it has to say."""

    agrees = RadioField(
        "情况属实吗？",
        [filled("请选择是否属实")],
        choices=[("yes", "属实，同意"), ("no", "不属实，不同意")],
    )
    text = TextAreaField("情况说明", [short(300)], render_kw={"maxlength": 300}, description="不同意的要写明情况")


@get("/words", opt=GIVE, sync_to_thread=True)
def words(request: Asked, db: Db, who: Who) -> Response[str]:
    """List what is asked of the department."""
    with who.acting(db) as session:
        return page(request, "words/list.html", words=see_words(session, who.actor))


@get("/words/{word_id:uuid}", opt=GIVE, sync_to_thread=True)
def ask(request: Asked, db: Db, who: Who, word_id: FromPath[UUID]) -> Response[str]:
    """Show one claim and ask for the department's word on it."""
    with who.acting(db) as session:
        form = WordForm.opened(session, who.actor, request.url.path)
    return _asked(request, db, who, word_id, form)


@post("/words/{word_id:uuid}", opt=GIVE, sync_to_thread=True)
def give(request: Asked, db: Db, who: Who, sent: Sent, word_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Give the department's word."""
    form = WordForm(sent)

    def act(session: Session, now: datetime) -> str:
        give_word(session, who.actor, word_id, form.agrees.data == "yes", form.text.data or "", now)
        return "/words"

    return attempt(db, who, form, act) or _asked(request, db, who, word_id, form)


def _asked(request: Asked, db: Db, who: Someone, word_id: UUID, form: Form) -> Response[str]:
    with who.acting(db) as session:
        found = see_words(session, who.actor, word_id)
        if not found:
            raise NotFound("没有这一项反馈，或者已经反馈过了。")
        return page(request, "words/show.html", 422 if form.faults else 200, asked=found[0], form=form)


HANDLERS = [words, ask, give]
