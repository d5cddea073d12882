"""Minutes (会议记录): written, looked at as they will be signed, and fixed."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import StringField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action, proven
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.usecases.minutes import fix_minutes, see_minutes, write_minutes

SEE, WRITE, HOLD = (for_action(one) for one in (Action.MEETING_SEE, Action.MINUTES_WRITE, Action.MEETING_HOLD))
MOST = 8000


class MinutesForm(Form):
    """Where the meeting was, and what was said."""

    place = StringField("在哪里开的？", [filled("请填写开会地点"), short(60)])
    said = TextAreaField(
        "会议内容",
        [filled("请记下会议内容"), short(MOST)],
        description="谁说了什么，一人一段。到会情况、表决结果系统已经列好，不用再写。",
        render_kw={"maxlength": MOST, "rows": 14},
    )


@get("/meetings/{meeting_id:uuid}/minutes", opt=SEE, sync_to_thread=True)
def minutes(request: Asked, db: Db, who: Who, meeting_id: FromPath[UUID]) -> Response[str]:
    """Show the minutes as they are signed."""
    return _shown(request, db, who, meeting_id, "minutes/show.html", Form())


@get("/meetings/{meeting_id:uuid}/minutes/write", opt=WRITE, sync_to_thread=True)
def begin(request: Asked, db: Db, who: Who, meeting_id: FromPath[UUID]) -> Response[str]:
    """Ask what was said, with what has been written so far."""
    with who.acting(db) as session:
        before = see_minutes(session, who.actor, meeting_id).minutes
        known = {"place": before.place, "said": before.said} if before else {}
        form = MinutesForm.opened(session, who.actor, request.url.path, **known)
    return _shown(request, db, who, meeting_id, "minutes/write.html", form)


@post("/meetings/{meeting_id:uuid}/minutes/write", opt=WRITE, sync_to_thread=True)
def write(request: Asked, db: Db, who: Who, sent: Sent, meeting_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Take what was said."""
    form = MinutesForm(sent)

    def act(session: Session, now: datetime) -> str:
        write_minutes(session, who.actor, meeting_id, given(form.place.data), given(form.said.data), now)
        return f"/meetings/{meeting_id}/minutes"

    return attempt(db, who, form, act) or _shown(request, db, who, meeting_id, "minutes/write.html", form)


@post("/meetings/{meeting_id:uuid}/minutes/fix", opt=proven(HOLD), sync_to_thread=True)
def fix(request: Asked, db: Db, who: Who, sent: Sent, meeting_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Fix them: what is printed and signed does not change any more."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        fix_minutes(session, who.actor, meeting_id, now)
        return f"/meetings/{meeting_id}/minutes"

    return attempt(db, who, form, act) or _shown(request, db, who, meeting_id, "minutes/show.html", form)


def _shown(request: Asked, db: Db, who: Someone, meeting_id: UUID, template: str, form: Form) -> Response[str]:
    with who.acting(db) as session:
        seen = see_minutes(session, who.actor, meeting_id)
    return page(request, template, 422 if form.faults else 200, seen=seen, form=form)


HANDLERS = [minutes, begin, write, fix]
