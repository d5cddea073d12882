"""Reflections: what a member who is away reports each quarter (思想汇报), and their contact reading it."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import RadioField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Who
from services.api.web.wording import period
from shared.authz.actions import Action
from shared.domain.periods import period_of
from shared.domain.procedures import Span
from shared.domain.windows import local_day
from shared.usecases.places import instant
from shared.usecases.reflections import (
    open_quarters,
    read_reflection,
    reflections_due,
    reflections_of,
    write_reflection,
)

SEE, WRITE = for_action(Action.REFLECTION_SEE), for_action(Action.REFLECTION_WRITE)
MOST = 3000


class ReflectionForm(Form):
    """How a quarter was: work, thoughts, the life of the organisation."""

    quarter = RadioField("哪个季度？", [filled("请选择哪个季度")])
    text = TextAreaField(
        "这一季度的情况",
        [filled("请写明这一季度的情况"), short(MOST)],
        description="在哪里、做什么工作；参加了哪些学习和组织生活；有什么想法和困难。",
        render_kw={"maxlength": MOST, "rows": 12},
    )


@get("/reflections", opt=SEE, sync_to_thread=True)
def reflections(request: Asked, db: Db, who: Who) -> Response[str]:
    """List one's own reports, and those of the members whose contact one is."""
    with who.acting(db) as session:
        now = instant(session, who.actor)
        this = period_of(local_day(now), Span.QUARTER)
        own = reflections_of(session, who.actor, who.actor.member_id) if who.actor.member_id else []
        due = [
            one
            for quarter in (str(this), str(this.previous))
            for one in reflections_due(session, who.actor, quarter)
            if one.member.id != who.actor.member_id and one.reflection is not None
        ]
    return page(request, "reflections/list.html", own=own, due=due)


@get("/reflections/new", opt=WRITE, sync_to_thread=True)
def begin(request: Asked, db: Db, who: Who) -> Response[str]:
    """Ask how the quarter was."""
    with who.acting(db) as session:
        form = ReflectionForm.opened(session, who.actor, request.url.path)
        quarters = open_quarters(instant(session, who.actor))
    form.quarter.choices = [(one, period(one)) for one in quarters]
    form.quarter.data = form.quarter.data or quarters[-1]
    return page(request, "reflections/new.html", form=form)


@post("/reflections/new", opt=WRITE, sync_to_thread=True)
def write(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Hand the report in."""
    form = ReflectionForm(sent)
    with who.acting(db) as session:
        quarters = open_quarters(instant(session, who.actor))
    form.quarter.choices = [(one, period(one)) for one in quarters]

    def act(session: Session, now: datetime) -> str:
        made = write_reflection(session, who.actor, form.quarter.data, form.text.data or "", now)
        session.flush()
        return f"/reflections/{made.id}"

    return attempt(db, who, form, act, "交了一份思想汇报") or page(request, "reflections/new.html", 422, form=form)


@get("/reflections/{reflection_id:uuid}", opt=SEE, sync_to_thread=True)
def reflection(request: Asked, db: Db, who: Who, reflection_id: FromPath[UUID]) -> Response[str]:
    """Show a report; once its reader has opened it, it stays as it is."""
    with who.acting(db) as session:
        seen = read_reflection(session, who.actor, reflection_id, instant(session, who.actor))
    return page(request, "reflections/show.html", reflection=seen, own=seen.member_id == who.actor.member_id)


HANDLERS = [reflections, begin, write, reflection]
