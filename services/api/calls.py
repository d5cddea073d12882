"""Calls: whom nothing has reached and somebody has to telephone, each call written down with one tap."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import HiddenField, StringField

from services.api.web.acts import attempt
from services.api.web.checks import short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.leaves import leaf
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.errors import Invalid
from shared.usecases.notifications import call_list, record_call
from shared.usecases.places import instant

CALL = for_action(Action.CALL_RECORD)
REACHED = {"yes": True, "no": False}


class CallForm(Form):
    """Whether somebody was reached, and what they said."""

    reached = HiddenField()
    note = StringField("备注", [short(200)])


@get("/calls", opt=CALL, sync_to_thread=True)
def calls(request: Asked, db: Db, who: Who) -> Response[str]:
    """List whom to call, who has waited longest first."""
    return _list(request, db, who, CallForm())


@post("/calls/{member_id:uuid}", opt=CALL, sync_to_thread=True)
def called(request: Asked, db: Db, who: Who, sent: Sent, member_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Write a call down."""
    form = CallForm(sent)

    def act(session: Session, now: datetime) -> str:
        if form.reached.data not in REACHED:
            raise Invalid("请点“打通了”“告诉了”，或者“没打通”“没找到人”。")
        record_call(session, who.actor, member_id, REACHED[form.reached.data], form.note.data or "", now)
        return "/calls"

    return attempt(db, who, form, act) or _list(request, db, who, form)


def _list(request: Asked, db: Db, who: Someone, form: Form) -> Response[str]:
    with who.acting(db) as session:
        now = instant(session, who.actor)
        waiting = leaf(request, call_list(session, who.actor, now), "/calls", 50)
    forms = {one.member_id: CallForm() for one in waiting.rows}
    return page(request, "calls/list.html", 422 if form.faults else 200, calls=waiting, forms=forms, form=form)


HANDLERS = [calls, called]
