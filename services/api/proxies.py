"""Proxies: the relatives whom a member has named to act for them (代办)."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
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
from shared.domain.errors import NotFound
from shared.usecases.places import instant
from shared.usecases.proxies import Relative, name_relative, relatives, withdraw_relative

NAME = for_action(Action.PROXY_NAME)


class RelativeForm(Form):
    """Who may act for somebody, and until when."""

    name = StringField("家人的姓名", [filled("请填写家人的姓名"), short(40)])
    telephone = StringField(
        "家人的电话",
        [filled("请填写家人的电话"), short(20)],
        render_kw={"inputmode": "tel", "autocomplete": "off"},
    )
    until = DayField("代办到哪一天？", [filled("请填写代办到哪一天")], description="最长一年，到期自动停止。")


@get("/proxies", opt=NAME, sync_to_thread=True)
def proxies(request: Asked, db: Db, who: Who) -> Response[str]:
    """List whom the reader has named."""
    with who.acting(db) as session:
        named = relatives(session, who.actor, instant(session, who.actor))
    return page(request, "proxies/list.html", relatives=named)


@get("/proxies/new", opt=NAME, sync_to_thread=True)
def begin(request: Asked, db: Db, who: Who) -> Response[str]:
    """Ask whom the reader wants to name."""
    with who.acting(db) as session:
        form = RelativeForm.opened(session, who.actor, request.url.path)
    return page(request, "proxies/new.html", form=form)


@post("/proxies/new", opt=NAME, sync_to_thread=True)
def name(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Name a relative whom the branch has entered."""
    form = RelativeForm(sent)

    def act(session: Session, now: datetime) -> str:
        until = given(form.until.data)
        name_relative(session, who.actor, given(form.name.data), given(form.telephone.data), until, now)
        return "/proxies"

    return attempt(db, who, form, act) or page(request, "proxies/new.html", 422, form=form)


@get("/proxies/{proxy_id:uuid}/end", opt=NAME, sync_to_thread=True)
def asked_to_end(request: Asked, db: Db, who: Who, proxy_id: FromPath[UUID]) -> Response[str]:
    """Ask whether it is really to end."""
    return _end(request, db, who, proxy_id, Form())


@post("/proxies/{proxy_id:uuid}/end", opt=NAME, sync_to_thread=True)
def end(request: Asked, db: Db, who: Who, sent: Sent, proxy_id: FromPath[UUID]) -> Response[str] | Redirect:
    """End it."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        withdraw_relative(session, who.actor, proxy_id, now)
        return "/proxies"

    return attempt(db, who, form, act) or _end(request, db, who, proxy_id, form)


def _end(request: Asked, db: Db, who: Someone, proxy_id: UUID, form: Form) -> Response[str]:
    with who.acting(db) as session:
        named = relatives(session, who.actor, instant(session, who.actor))
    return page(
        request, "proxies/end.html", 422 if form.faults else 200, relative=_one(named, proxy_id), form=form
    )


def _one(named: list[Relative], proxy_id: UUID) -> Relative:
    found = next((one for one in named if one.id == proxy_id), None)
    if found is None:
        raise NotFound("没有这位代办人，或者已经停止。")
    return found


HANDLERS = [proxies, begin, name, asked_to_end, end]
