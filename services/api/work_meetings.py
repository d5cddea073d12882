"""Work meetings: the month's meeting of a level above: its agenda, which units reported, its minutes."""

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
from services.api.web.fields import DayField
from services.api.web.forms import Form, Posted, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.windows import local_day
from shared.usecases.places import instant
from shared.usecases.work_meetings import (
    Heard,
    call_work_meeting,
    close_work_meeting,
    hear_reports,
    proposed_agenda,
    see_work_meeting,
    work_meetings_of,
)

SEE, HOLD = for_action(Action.WORK_MEETING_SEE), for_action(Action.WORK_MEETING_HOLD)
# Fields of the page for each unit that reports, by its id.
HEARD, SUMMARY = "heard-", "summary-"


class CallForm(Form):
    """When the meeting is, and what it is about."""

    held_on = DayField("哪一天开？", [filled("请填写哪一天开")])
    agenda = TextAreaField(
        "议程",
        [filled("请写明议程"), short(2000)],
        description="已按现在的工作情况拟好，可以修改。",
        render_kw={"maxlength": 2000, "rows": 10},
    )


class MinutesForm(Form):
    """What was decided."""

    minutes = TextAreaField(
        "会议记录",
        [filled("请写明会议记录"), short(4000)],
        description="议定了什么、谁来办、什么时候办完。写好以后不能再改。",
        render_kw={"maxlength": 4000, "rows": 10},
    )


@get("/work-meetings", opt=SEE, sync_to_thread=True)
def work_meetings(request: Asked, db: Db, who: Who) -> Response[str]:
    """List the unit's meetings."""
    with who.acting(db) as session:
        found = work_meetings_of(session, who.actor)
    return page(request, "work_meetings/list.html", meetings=found)


@get("/work-meetings/new", opt=HOLD, sync_to_thread=True)
def calling(request: Asked, db: Db, who: Who) -> Response[str]:
    """Ask when it is, with an agenda made of what stands."""
    with who.acting(db) as session:
        now = instant(session, who.actor)
        agenda = proposed_agenda(session, who.actor, now)
        form = CallForm.opened(session, who.actor, request.url.path, held_on=local_day(now), agenda=agenda)
    return page(request, "work_meetings/new.html", form=form)


@post("/work-meetings/new", opt=HOLD, sync_to_thread=True)
def call(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Call the meeting."""
    form = CallForm(sent)

    def act(session: Session, now: datetime) -> str:
        called = call_work_meeting(session, who.actor, given(form.held_on.data), given(form.agenda.data), now)
        return f"/work-meetings/{called.id}"

    return attempt(db, who, form, act) or page(request, "work_meetings/new.html", 422, form=form)


@get("/work-meetings/{meeting_id:uuid}", opt=SEE, sync_to_thread=True)
def work_meeting(request: Asked, db: Db, who: Who, meeting_id: FromPath[UUID]) -> Response[str]:
    """Show a meeting, and take the reports and the minutes while it is open."""
    return _shown(request, db, who, meeting_id, Form(), MinutesForm())


@post("/work-meetings/{meeting_id:uuid}/reports", opt=HOLD, sync_to_thread=True)
def hear(request: Asked, db: Db, who: Who, sent: Sent, meeting_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Write down which units reported."""
    form, reports = Form(sent), _reports(sent)

    def act(session: Session, now: datetime) -> str:
        hear_reports(session, who.actor, meeting_id, reports, now)
        return f"/work-meetings/{meeting_id}"

    return attempt(db, who, form, act) or _shown(request, db, who, meeting_id, form, MinutesForm())


@post("/work-meetings/{meeting_id:uuid}/minutes", opt=HOLD, sync_to_thread=True)
def close(request: Asked, db: Db, who: Who, sent: Sent, meeting_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Write the minutes and end the meeting."""
    form = MinutesForm(sent)

    def act(session: Session, now: datetime) -> str:
        close_work_meeting(session, who.actor, meeting_id, given(form.minutes.data), now)
        return f"/work-meetings/{meeting_id}"

    return attempt(db, who, form, act) or _shown(request, db, who, meeting_id, Form(), form)


def _reports(sent: Posted) -> dict[UUID, Heard]:
    """Return what was written of each unit that stands on the page; what names no unit is nobody's."""
    found = {}
    for name in sent:
        if name.startswith(SUMMARY):
            try:
                unit_id = UUID(name.removeprefix(SUMMARY))
            except ValueError:
                continue
            found[unit_id] = Heard(bool(sent.one(f"{HEARD}{unit_id}")), sent.one(name)[:300])
    return found


def _shown(
    request: Asked, db: Db, who: Someone, meeting_id: UUID, hearing: Form, form: MinutesForm
) -> Response[str]:
    with who.acting(db) as session:
        seen = see_work_meeting(session, who.actor, meeting_id)
    status = 422 if hearing.faults or form.faults else 200
    return page(request, "work_meetings/show.html", status, seen=seen, hearing=hearing, form=form)


HANDLERS = [work_meetings, calling, call, work_meeting, hear, close]
