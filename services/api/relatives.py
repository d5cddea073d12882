"""Relatives whom the branch enters, so that members may name them to act for them; and their way in."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import StringField

from services.api.web.acts import attempt
from services.api.web.checks import filled, short
from services.api.web.doors import Secret
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Who
from shared.authz.actions import Action
from shared.domain.errors import NotFound
from shared.usecases.cards import hand_out_code
from shared.usecases.places import instant
from shared.usecases.proxies import enter_relative, entered_relatives

ENTER = for_action(Action.PROXY_ENTER)


class EnterForm(Form):
    """A relative, as the branch knows them."""

    name = StringField("家人的姓名", [filled("请填写家人的姓名"), short(40)])
    telephone = StringField(
        "家人的电话号码",
        [filled("请填写家人的电话号码"), short(20)],
        description="家人用它登录，例如 13800001234。",
        render_kw={"inputmode": "tel", "autocomplete": "off"},
    )


@get("/relatives", opt=ENTER, sync_to_thread=True)
def relatives(request: Asked, db: Db, who: Who) -> Response[str]:
    """List those who have been entered, and ask for another."""
    return _listed(request, db, who, EnterForm())


@post("/relatives", opt=ENTER, sync_to_thread=True)
def enter(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Enter a relative."""
    form = EnterForm(sent)

    def act(session: Session, now: datetime) -> str:
        enter_relative(session, who.actor, str(form.name.data), str(form.telephone.data), now)
        return "/relatives"

    return attempt(db, who, form, act) or _listed(request, db, who, form, 422)


@post("/relatives/{person_id:uuid}/code", opt=for_action(Action.ACCOUNT_HAND_CODE), sync_to_thread=True)
def hand_code(request: Asked, db: Db, who: Who, secret: Secret, person_id: FromPath[UUID]) -> Response[str]:
    """Show a code to tell the relative in person, once."""
    with who.acting(db) as session:
        known = {person.id: person for person in entered_relatives(session, who.actor)}
        if person_id not in known:
            raise NotFound("支部没有登记这位家人。")
        code = hand_out_code(session, secret, who.actor, person_id, instant(session, who.actor))
        return page(request, "relatives/code.html", person=known[person_id], code=code)


def _listed(request: Asked, db: Db, who: Who, form: EnterForm, status: int = 200) -> Response[str]:
    with who.acting(db) as session:
        known = entered_relatives(session, who.actor)
    return page(request, "relatives/list.html", status, form=form, relatives=known)


HANDLERS = [relatives, enter, hand_code]
