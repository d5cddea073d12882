"""Lookups: the answer to a complaint or an objection, for who has no account, by what stands on a receipt."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from wtforms import StringField

from services.api.web.checks import filled, short
from services.api.web.doors import Door
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import OPEN, for_action
from services.api.web.sessions import Who
from shared.authz.actions import Action
from shared.domain.complaints import COMPLAINT
from shared.domain.errors import NotNow
from shared.domain.objections import OBJECTION
from shared.usecases.lookups import Answered, look_up, receipt_of
from shared.usecases.throttles import Attempt, let_try, was_right

MACHINES: Mapping[str, Mapping[StrEnum, str]] = {"complaint": COMPLAINT.words, "objection": OBJECTION.words}
WRONG = "没有查到：请核对编号和查询码，两样都印在回执上。"


class LookupForm(Form):
    """What stands on a receipt."""

    number = StringField(
        "编号",
        [filled("请填写回执上的编号"), short(40)],
        description="例如 诉20260412-3f9a2c，或者 异2026-Q1-001。",
        render_kw={"maxlength": 40, "autocomplete": "off"},
    )
    code = StringField(
        "查询码",
        [filled("请填写回执上的 8 位查询码"), short(20)],
        render_kw={"maxlength": 20, "inputmode": "numeric", "autocomplete": "off"},
    )


@get("/answers", opt=OPEN, sync_to_thread=True)
def ask(request: Asked) -> Response[str]:
    """Ask for the number and the code."""
    return page(request, "lookups/ask.html", form=LookupForm())


@post("/answers", opt=OPEN, sync_to_thread=True)
def show(request: Asked, door: Door, sent: Sent) -> Response[str]:
    """Show what became of it, as often as somebody may guess."""
    form = LookupForm(sent)
    found = _found(door, form) if form.validate() else None
    if found is None:
        return page(request, "lookups/ask.html", 422, form=form)
    return page(request, "lookups/show.html", found=found, stands=_words(found))


@get("/inquiries/{objection_id:uuid}/receipt", opt=for_action(Action.OBJECTION_ENTER), sync_to_thread=True)
def receipt(request: Asked, door: Door, who: Who, objection_id: FromPath[UUID]) -> Response[str]:
    """Show the receipt of a paper objection, to be handed to who brought it."""
    with who.acting(door.db) as session:
        number, code = receipt_of(session, who.actor, door.secret, objection_id)
    return page(request, "lookups/receipt.html", number=number, code=code, objection_id=objection_id)


def _found(door: Door, form: LookupForm) -> Answered | None:
    number, client = str(form.number.data).strip(), door.request.client
    attempt = Attempt(f"receipt {number}", client.host if client else "", door.word)
    try:
        let_try(door.cache, attempt)
    except NotNow as refusal:
        form.refuse(refusal)
        return None
    with door.db.begin() as session:
        found = look_up(session, door.secret, number, str(form.code.data))
    if found is None:
        form.refuse(NotNow(WRONG))
        return None
    was_right(door.cache, attempt)
    return found


def _words(found: Answered) -> str:
    return next(said for state, said in MACHINES[found.kind].items() if state == found.state)


HANDLERS = [ask, show, receipt]
