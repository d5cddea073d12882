"""Outcomes: what the clock has proposed from a year's points, decided by people with a minute."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import RadioField, StringField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Who
from shared.authz.actions import Action
from shared.usecases.consequences import see_consequence, see_consequences
from shared.usecases.outcomes import decide_outcome

DECIDE = for_action(Action.OUTCOME_DECIDE)


class DecideForm(Form):
    """For or against, why, and under which number it stands in the minutes."""

    taken = RadioField("怎样决定？", [filled("请选择怎样决定")], choices=[("yes", "采用"), ("no", "不采用")])
    note = TextAreaField(
        "研究意见", [filled("请写明研究意见"), short(300)], render_kw={"maxlength": 300, "rows": 4}
    )
    minute = StringField("会议记录编号", [filled("请填写会议记录编号"), short(40)])


@get("/outcomes", opt=DECIDE, sync_to_thread=True)
def outcomes(request: Asked, db: Db, who: Who) -> Response[str]:
    """List what is to be decided and what has been."""
    with who.acting(db) as session:
        found = see_consequences(session, who.actor)
    return page(request, "outcomes/list.html", cases=found)


@get("/outcomes/{case_id:uuid}", opt=DECIDE, sync_to_thread=True)
def outcome(request: Asked, db: Db, who: Who, case_id: FromPath[UUID]) -> Response[str]:
    """Show a proposal, and ask for the decision."""
    with who.acting(db) as session:
        case = see_consequence(session, who.actor, case_id)
        form = DecideForm.opened(session, who.actor, request.url.path)
    return page(request, "outcomes/show.html", case=case, form=form)


@post("/outcomes/{case_id:uuid}", opt=DECIDE, sync_to_thread=True)
def decide(request: Asked, db: Db, who: Who, sent: Sent, case_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Decide a proposal."""
    form = DecideForm(sent)

    def act(session: Session, now: datetime) -> str:
        taken, minute, note = form.taken.data == "yes", given(form.minute.data), given(form.note.data)
        decide_outcome(session, who.actor, case_id, taken, minute, note, now)
        return "/outcomes"

    done = attempt(db, who, form, act)
    if done:
        return done
    with who.acting(db) as session:
        case = see_consequence(session, who.actor, case_id)
    return page(request, "outcomes/show.html", 422, case=case, form=form)


HANDLERS = [outcomes, outcome, decide]
