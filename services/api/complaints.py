"""Complaints: what was written about the units below, answered in writing by the unit above them, and closed."""

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
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.complaints import COMPLAINT
from shared.domain.errors import NotFound
from shared.usecases.complaints import WORDS, answer_complaint, close_complaint, complaints_received

ANSWER = for_action(Action.COMPLAINT_ANSWER)


class AnswerForm(Form):
    """The answer, in writing."""

    answer = TextAreaField(
        "答复",
        [filled("请写明核实情况和处理意见"), short(1000)],
        render_kw={"maxlength": 1000},
        description="写明核实情况和处理意见；来信人看得到",
    )


@get("/complaints/received", opt=ANSWER, sync_to_thread=True)
def received(request: Asked, db: Db, who: Who) -> Response[str]:
    """List what was written about the units below, what still waits first."""
    with who.acting(db) as session:
        letters = complaints_received(session, who.actor)
        return page(request, "complaints/list.html", letters=letters, kinds=WORDS, words=COMPLAINT.words)


@get("/complaints/{complaint_id:uuid}", opt=ANSWER, sync_to_thread=True)
def show(request: Asked, db: Db, who: Who, complaint_id: FromPath[UUID]) -> Response[str]:
    """Show one of them, and ask for the answer."""
    with who.acting(db) as session:
        form = AnswerForm.opened(session, who.actor, request.url.path)
    return _shown(request, db, who, complaint_id, form)


@post("/complaints/{complaint_id:uuid}", opt=ANSWER, sync_to_thread=True)
def answer(request: Asked, db: Db, who: Who, sent: Sent, complaint_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Answer it."""
    form = AnswerForm(sent)

    def act(session: Session, now: datetime) -> str:
        answer_complaint(session, who.actor, complaint_id, given(form.answer.data), now)
        return f"/complaints/{complaint_id}"

    return attempt(db, who, form, act) or _shown(request, db, who, complaint_id, form)


@post("/complaints/{complaint_id:uuid}/close", opt=ANSWER, sync_to_thread=True)
def close(request: Asked, db: Db, who: Who, sent: Sent, complaint_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Close what has been answered."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        close_complaint(session, who.actor, complaint_id, now)
        return "/complaints/received"

    return attempt(db, who, form, act) or _shown(request, db, who, complaint_id, form)


def _shown(request: Asked, db: Db, who: Someone, complaint_id: UUID, form: Form) -> Response[str]:
    with who.acting(db) as session:
        letters = complaints_received(session, who.actor)
        letter = next((one for one in letters if one.id == complaint_id), None)
        if letter is None:
            raise NotFound("没有这件投诉建议。")
        status = 422 if form.faults else 200
        asked = form if isinstance(form, AnswerForm) else AnswerForm()
        return page(
            request,
            "complaints/show.html",
            status,
            letter=letter,
            form=form,
            asked=asked,
            closing=Form(),
            kinds=WORDS,
            words=COMPLAINT.words,
        )


HANDLERS = [received, show, answer, close]
