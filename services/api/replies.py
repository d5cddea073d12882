"""Replies: what others have reported of somebody, and what they have to say to it."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.errors import NotFound
from shared.usecases.reports import reply_to_report, reports_concerning

REPLY = for_action(Action.REPORT_REPLY)


class ReplyForm(Form):
    """What somebody has to say."""

    reply = TextAreaField(
        "您要说明的情况", [filled("请写明您要说明的情况"), short(1000)], render_kw={"maxlength": 1000}
    )


@get("/reports/about-me", opt=REPLY, sync_to_thread=True)
def concerning(request: Asked, db: Db, who: Who) -> Response[str]:
    """List what others have reported of the reader."""
    with who.acting(db) as session:
        reports = reports_concerning(session, who.actor)
    return page(request, "replies/list.html", reports=reports)


@get("/reports/about-me/{report_id:uuid}", opt=REPLY, sync_to_thread=True)
def asked(request: Asked, db: Db, who: Who, report_id: FromPath[UUID]) -> Response[str]:
    """Show one report and ask what the reader has to say."""
    with who.acting(db) as session:
        form = ReplyForm.opened(session, who.actor, request.url.path)
    return _asked(request, db, who, report_id, form)


@post("/reports/about-me/{report_id:uuid}", opt=REPLY, sync_to_thread=True)
def reply(request: Asked, db: Db, who: Who, sent: Sent, report_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Keep what they say, for whoever verifies the report."""
    form = ReplyForm(sent)

    def act(session: Session, now: datetime) -> str:
        reply_to_report(session, who.actor, report_id, form.reply.data or "", now)
        return f"/reports/about-me/{report_id}"

    return attempt(db, who, form, act, "对一件情况反映作了说明") or _asked(request, db, who, report_id, form)


def _asked(request: Asked, db: Db, who: Someone, report_id: UUID, form: ReplyForm) -> Response[str]:
    with who.acting(db) as session:
        report = next((one for one in reports_concerning(session, who.actor) if one.id == report_id), None)
    if report is None:
        raise NotFound("没有这件反映您情况的材料。")
    return page(request, "replies/show.html", 422 if form.faults else 200, report=report, form=form)


HANDLERS = [concerning, asked, reply]
