"""Verdicts: a member's objection to their own published result, and the committee's answer."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import RadioField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.usecases.evaluations import see_verdict
from shared.usecases.verdicts import answer_verdict, object_to_verdict

WRITE, PROPOSE = for_action(Action.APPRAISAL_WRITE), for_action(Action.APPRAISAL_PROPOSE)


class ObjectForm(Form):
    """What the member says."""

    words = TextAreaField(
        "您的意见和理由", [filled("请写明您的意见和理由"), short(500)], render_kw={"maxlength": 500, "rows": 6}
    )


class AnswerForm(Form):
    """What the committee answers, and the result that stands."""

    result = RadioField("评议结果", [filled("请选定评议结果")], validate_choice=False)
    answer = TextAreaField("答复", [filled("请写明答复"), short(500)], render_kw={"maxlength": 500, "rows": 5})


@get("/verdicts/{verdict_id:uuid}/objection", opt=WRITE, sync_to_thread=True)
def objection(request: Asked, db: Db, who: Who, verdict_id: FromPath[UUID]) -> Response[str]:
    """Ask why."""
    with who.acting(db) as session:
        form = ObjectForm.opened(session, who.actor, request.url.path)
    return _shown(request, db, who, verdict_id, form, "提出异议")


@post("/verdicts/{verdict_id:uuid}/objection", opt=WRITE, sync_to_thread=True)
def object_(request: Asked, db: Db, who: Who, sent: Sent, verdict_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Take the objection."""
    form = ObjectForm(sent)

    def act(session: Session, now: datetime) -> str:
        object_to_verdict(session, who.actor, verdict_id, given(form.words.data), now)
        return f"/appraisals/{see_verdict(session, who.actor, verdict_id)[0].evaluation.id}"

    return attempt(db, who, form, act) or _shown(request, db, who, verdict_id, form, "提出异议")


@get("/verdicts/{verdict_id:uuid}/answer", opt=PROPOSE, sync_to_thread=True)
def answer(request: Asked, db: Db, who: Who, verdict_id: FromPath[UUID]) -> Response[str]:
    """Ask for the answer."""
    with who.acting(db) as session:
        form = AnswerForm.opened(session, who.actor, request.url.path)
    return _shown(request, db, who, verdict_id, form, "答复异议")


@post("/verdicts/{verdict_id:uuid}/answer", opt=PROPOSE, sync_to_thread=True)
def give_answer(
    request: Asked, db: Db, who: Who, sent: Sent, verdict_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Take the answer; the member is told."""
    form = AnswerForm(sent)

    def act(session: Session, now: datetime) -> str:
        answer_verdict(session, who.actor, verdict_id, given(form.answer.data), given(form.result.data), now)
        return f"/appraisals/{see_verdict(session, who.actor, verdict_id)[0].evaluation.id}"

    return attempt(db, who, form, act) or _shown(request, db, who, verdict_id, form, "答复异议")


def _shown(
    request: Asked, db: Db, who: Someone, verdict_id: UUID, form: ObjectForm | AnswerForm, title: str
) -> Response[str]:
    with who.acting(db) as session:
        seen, row = see_verdict(session, who.actor, verdict_id)
    if isinstance(form, AnswerForm):
        form.result.choices = [(one, one) for one in seen.results]
        form.result.data = form.result.data or row.verdict.proposed
    return page(
        request, "verdicts/form.html", 422 if form.faults else 200, seen=seen, row=row, form=form, title=title
    )


HANDLERS = [objection, object_, answer, give_answer]
