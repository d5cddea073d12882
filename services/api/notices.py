"""Notices: reviewed, approved, published, with who took each step."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import BooleanField, TextAreaField
from wtforms.validators import InputRequired

from services.api.galleys import KINDS, galley_of
from services.api.web.acts import attempt
from services.api.web.checks import filled, given, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action, proven
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.boards import countdown
from shared.usecases.galleys import draftable, see_notices
from shared.usecases.notices import (
    approve_notice,
    publish_notice,
    review_notice,
    send_back_notice,
)

SEE, DRAFT = for_action(Action.NOTICE_SEE), for_action(Action.NOTICE_DRAFT)
REWORD = for_action(Action.LINE_PROPOSE)
APPROVE, RETURN, PUBLISH = (
    for_action(a) for a in (Action.NOTICE_APPROVE, Action.NOTICE_RETURN, Action.NOTICE_PUBLISH)
)


class ReviewForm(Form):
    """The reviewer's word that they have read every line, for secrets as well."""

    read = BooleanField(
        "已逐行看过：内容属实，不涉密，没有个人隐私",
        [InputRequired("请逐行看过、作过保密审查以后，再勾选这一项。")],
    )


class ReasonForm(Form):
    """Why a notice is given back."""

    reason = TextAreaField(
        "为什么退回？", [filled("请写明为什么退回"), short(200)], render_kw={"maxlength": 200, "rows": 3}
    )


@get("/notices", opt=SEE, sync_to_thread=True)
def notices(request: Asked, db: Db, who: Who) -> Response[str]:
    """List the unit's notices: those being worked on first."""
    with who.acting(db) as session:
        found, due = see_notices(session, who.actor), draftable(session, who.actor)
    return page(request, "notices/list.html", notices=found, due=due, kinds=KINDS)


@get("/notices/{notice_id:uuid}", opt=SEE, sync_to_thread=True)
def notice(request: Asked, db: Db, who: Who, notice_id: FromPath[UUID]) -> Response[str]:
    """Show a notice with its steps, what it will show, and what must not stand in it."""
    return _shown(request, db, who, notice_id, ReviewForm())


@post("/notices/{notice_id:uuid}/review", opt=for_action(Action.NOTICE_REVIEW), sync_to_thread=True)
def review(request: Asked, db: Db, who: Who, sent: Sent, notice_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Review a notice (审核)."""
    return _taken(request, db, who, notice_id, ReviewForm(sent), review_notice)


@post("/notices/{notice_id:uuid}/approve", opt=APPROVE, sync_to_thread=True)
def approve(request: Asked, db: Db, who: Who, sent: Sent, notice_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Approve a notice (审批)."""
    return _taken(request, db, who, notice_id, Form(sent), approve_notice)


@post("/notices/{notice_id:uuid}/publish", opt=proven(PUBLISH), sync_to_thread=True)
def publish(request: Asked, db: Db, who: Who, sent: Sent, notice_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Publish a notice (实施)."""
    return _taken(request, db, who, notice_id, Form(sent), publish_notice)


@get("/notices/{notice_id:uuid}/return", opt=RETURN, sync_to_thread=True)
def giving_back(request: Asked, db: Db, who: Who, notice_id: FromPath[UUID]) -> Response[str]:
    """Ask why a notice is given back."""
    with who.acting(db) as session:
        form = ReasonForm.opened(session, who.actor, request.url.path)
    return page(request, "notices/return.html", galley=galley_of(db, who, notice_id)[0], form=form)


@post("/notices/{notice_id:uuid}/return", opt=RETURN, sync_to_thread=True)
def give_back(request: Asked, db: Db, who: Who, sent: Sent, notice_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Give a notice back to be mended."""
    form = ReasonForm(sent)

    def act(session: Session, now: datetime) -> str:
        send_back_notice(session, who.actor, notice_id, given(form.reason.data), now)
        return f"/notices/{notice_id}"

    done = attempt(db, who, form, act)
    return done or page(request, "notices/return.html", 422, galley=galley_of(db, who, notice_id)[0], form=form)


def _taken(
    request: Asked, db: Db, who: Someone, notice_id: UUID, form: Form, step: Callable[..., object]
) -> Response[str] | Redirect:
    def act(session: Session, now: datetime) -> str:
        step(session, who.actor, notice_id, now)
        return f"/notices/{notice_id}"

    return attempt(db, who, form, act) or _shown(request, db, who, notice_id, form)


def _shown(request: Asked, db: Db, who: Someone, notice_id: UUID, form: Form) -> Response[str]:
    galley, now = galley_of(db, who, notice_id)
    review = form if isinstance(form, ReviewForm) else ReviewForm()
    seen = {"galley": galley, "now": now, "countdown": countdown, "form": form, "review": review}
    return page(request, "notices/show.html", 422 if form.faults else 200, **seen)


HANDLERS = [notices, notice, review, approve, publish, giving_back, give_back]
