"""Terms: a unit's elections, each from a day to a day."""

from datetime import datetime

from litestar import Response, get, post
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import StringField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, short
from services.api.web.envelope import Asked
from services.api.web.fields import DayField
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.usecases.terms import elect, terms_of

RECORD = for_action(Action.TERM_RECORD)


class TermForm(Form):
    """The newest election."""

    since = DayField("任期从哪一天起？", [filled("请填写从哪一天起")], description="选举结果批准的日期。")
    until = DayField("哪一天届满？", [filled("请填写哪一天届满")], description="一届三年或五年。")
    minute = StringField("批复文号或会议记录编号", [filled("请填写文号或会议记录编号"), short(40)])


@get("/terms", opt=RECORD, sync_to_thread=True)
def terms(request: Asked, db: Db, who: Who) -> Response[str]:
    """Show the unit's terms, and ask for the newest."""
    with who.acting(db) as session:
        form = TermForm.opened(session, who.actor, request.url.path)
    return _shown(request, db, who, form)


@post("/terms", opt=RECORD, sync_to_thread=True)
def enter(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Enter an election."""
    form = TermForm(sent)

    def act(session: Session, now: datetime) -> str:
        elect(session, who.actor, given(form.since.data), given(form.until.data), given(form.minute.data), now)
        return "/terms"

    return attempt(db, who, form, act) or _shown(request, db, who, form)


def _shown(request: Asked, db: Db, who: Someone, form: TermForm) -> Response[str]:
    with who.acting(db) as session:
        held = terms_of(session, who.actor)
    return page(request, "terms/list.html", 422 if form.faults else 200, terms=held, form=form)


HANDLERS = [terms, enter]
