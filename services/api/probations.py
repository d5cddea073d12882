"""Probations: a probationary member is made a full one, or kept on trial longer, by the members' meeting."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import RadioField, StringField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, short
from services.api.web.envelope import Asked
from services.api.web.fields import DayField
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action, proven
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.usecases.probations import extend_probation, make_full
from shared.usecases.rosters import see_member

DECIDE = for_action(Action.PROBATION_DECIDE)


class ProbationForm(Form):
    """What the meeting has decided."""

    outcome = RadioField(
        "党员大会怎样决定？",
        [filled("请选择怎样决定")],
        choices=[("full", "按期转正"), ("longer", "延长预备期")],
        description="取消预备党员资格的，请在“登记离开”里办理。",
    )
    day = DayField(
        "转正的日期，或延长到哪一天？",
        [filled("请填写日期")],
        description="延长不少于半年、不超过一年，只能延长一次。",
    )
    minute = StringField("会议记录编号", [filled("请填写会议记录编号"), short(40)])


@get("/members/{member_id:uuid}/probation", opt=DECIDE, sync_to_thread=True)
def probation(request: Asked, db: Db, who: Who, member_id: FromPath[UUID]) -> Response[str]:
    """Ask what the meeting has decided."""
    with who.acting(db) as session:
        form = ProbationForm.opened(session, who.actor, request.url.path)
    return _shown(request, db, who, member_id, form)


@post("/members/{member_id:uuid}/probation", opt=proven(DECIDE), sync_to_thread=True)
def decide(request: Asked, db: Db, who: Who, sent: Sent, member_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Write down what the meeting has decided."""
    form = ProbationForm(sent)

    def act(session: Session, now: datetime) -> str:
        end = make_full if form.outcome.data == "full" else extend_probation
        end(session, who.actor, member_id, given(form.day.data), given(form.minute.data), now)
        return f"/members/{member_id}"

    return attempt(db, who, form, act) or _shown(request, db, who, member_id, form)


def _shown(request: Asked, db: Db, who: Someone, member_id: UUID, form: ProbationForm) -> Response[str]:
    with who.acting(db) as session:
        one = see_member(session, who.actor, member_id)
    return page(request, "departures/probation.html", 422 if form.faults else 200, one=one, form=form)


HANDLERS = [probation, decide]
