"""Registers: the list of what was entered in a round, and striking an entry with its reason."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
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
from shared.usecases.records import strike_record
from shared.usecases.registers import items_on, see_record, see_register
from shared.usecases.taken_imports import sources_of

SEE, STRIKE = for_action(Action.RECORD_SEE), for_action(Action.RECORD_STRIKE)


class StrikeForm(Form):
    """Why an entry is struck."""

    reason = TextAreaField("为什么撤销？", [filled("请写明理由"), short(300)], render_kw={"maxlength": 300})


@get("/rounds/{round_id:uuid}/records", opt=SEE, sync_to_thread=True)
def records(
    request: Asked,
    db: Db,
    who: Who,
    round_id: FromPath[UUID],
    number: Annotated[int, QueryParameter(name="page")] = 1,
) -> Response[str]:
    """List what was entered in a round, and lead to what can be entered."""
    with who.acting(db) as session:
        register = see_register(session, who.actor, round_id, number)
    good, bad = items_on(register.book, register.round.last_day)
    taken = sources_of(register.book, register.round.last_day)
    return page(request, "records/list.html", register=register, good=good, bad=bad, taken=taken)


@get("/records/{record_id:uuid}/strike", opt=STRIKE, sync_to_thread=True)
def ask_strike(request: Asked, db: Db, who: Who, record_id: FromPath[UUID]) -> Response[str]:
    """Ask why an entry is struck."""
    return _strike(request, db, who, record_id, StrikeForm())


@post("/records/{record_id:uuid}/strike", opt=STRIKE, sync_to_thread=True)
def strike(request: Asked, db: Db, who: Who, sent: Sent, record_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Strike an entry."""
    form = StrikeForm(sent)

    def act(session: Session, now: datetime) -> str:
        strike_record(session, who.actor, record_id, given(form.reason.data), now)
        record, _, _ = see_record(session, who.actor, record_id)
        return f"/rounds/{record.round_id}/records"

    return attempt(db, who, form, act) or _strike(request, db, who, record_id, form)


def _strike(request: Asked, db: Db, who: Someone, record_id: UUID, form: Form) -> Response[str]:
    with who.acting(db) as session:
        record, member, item = see_record(session, who.actor, record_id)
        status = 422 if form.faults else 200
        return page(request, "records/strike.html", status, record=record, member=member, item=item, form=form)


HANDLERS = [records, ask_strike, strike]
