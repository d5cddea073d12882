"""Erasures: a member asks that their files go before their term, and the branch answers."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.leaves import leaf
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.erasures import ERASURE
from shared.usecases.erasures import (
    ask_erasure,
    erasures_received,
    grant_erasure,
    refuse_erasure,
    see_own_files,
    withdraw_erasure,
)

ASK, ANSWER = (for_action(action) for action in (Action.ERASURE_ASK, Action.ERASURE_ANSWER))


class AskForm(Form):
    """Why somebody wants their files to go."""

    reason = TextAreaField(
        "为什么要提前销毁？", [filled("请写明为什么要提前销毁"), short(300)], render_kw={"maxlength": 300}
    )


class RefusalForm(Form):
    """Why the files stay until their term."""

    answer = TextAreaField(
        "不同意的理由", [filled("请写明不同意的理由"), short(300)], render_kw={"maxlength": 300}
    )


@get("/rights/files", opt=ASK, sync_to_thread=True)
def files(request: Asked, db: Db, who: Who) -> Response[str]:
    """Show how long one's files are kept, and ask whether they shall go now."""
    with who.acting(db) as session:
        form = AskForm.opened(session, who.actor, request.url.path)
    return _files(request, db, who, form)


@post("/rights/files", opt=ASK, sync_to_thread=True)
def ask(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Ask it of the branch."""
    form = AskForm(sent)

    def act(session: Session, now: datetime) -> str:
        ask_erasure(session, who.actor, given(form.reason.data), now)
        return "/rights/files"

    return attempt(db, who, form, act) or _files(request, db, who, form)


@post("/erasures/{erasure_id:uuid}/withdraw", opt=ASK, sync_to_thread=True)
def withdraw(request: Asked, db: Db, who: Who, sent: Sent, erasure_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Take it back."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        withdraw_erasure(session, who.actor, erasure_id, now)
        return "/rights/files"

    return attempt(db, who, form, act) or _files(request, db, who, form)


@get("/erasures", opt=ANSWER, sync_to_thread=True)
def received(request: Asked, db: Db, who: Who) -> Response[str]:
    """List what the branch was asked, what waits first."""
    return _received(request, db, who, RefusalForm())


@post("/erasures/{erasure_id:uuid}/grant", opt=ANSWER, sync_to_thread=True)
def grant(request: Asked, db: Db, who: Who, sent: Sent, erasure_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Let the files go."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        grant_erasure(session, who.actor, erasure_id, now)
        return "/erasures"

    return attempt(db, who, form, act) or _received(request, db, who, form)


@post("/erasures/{erasure_id:uuid}/refuse", opt=ANSWER, sync_to_thread=True)
def refuse(request: Asked, db: Db, who: Who, sent: Sent, erasure_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Keep them, and say why."""
    form = RefusalForm(sent)

    def act(session: Session, now: datetime) -> str:
        refuse_erasure(session, who.actor, erasure_id, given(form.answer.data), now)
        return "/erasures"

    return attempt(db, who, form, act) or _received(request, db, who, form)


def _files(request: Asked, db: Db, who: Someone, form: Form) -> Response[str]:
    with who.acting(db) as session:
        kept = see_own_files(session, who.actor)
    asked = form if isinstance(form, AskForm) else AskForm()
    shown = {"kept": kept, "form": form, "asked": asked, "acting": Form(), "words": ERASURE.words}
    return page(request, "erasures/files.html", 422 if form.faults else 200, **shown)


def _received(request: Asked, db: Db, who: Someone, form: Form) -> Response[str]:
    with who.acting(db) as session:
        requests = erasures_received(session, who.actor)
    refusing = form if isinstance(form, RefusalForm) else RefusalForm()
    status = 422 if form.faults else 200
    return page(
        request,
        "erasures/list.html",
        status,
        requests=leaf(request, requests, "/erasures", 50),
        form=form,
        refusing=refusing,
        granting=Form(),
        words=ERASURE.words,
    )


HANDLERS = [files, ask, withdraw, received, grant, refuse]
