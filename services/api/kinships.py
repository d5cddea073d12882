"""Kinships (回避): officers declare their relatives among the members, and step aside in what concerns them."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import RadioField, SelectField

from services.api.web.acts import attempt
from services.api.web.checks import chosen, filled, given
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.kinships import WORDS, Kin
from shared.usecases.kinships import declare_kin, end_kin, own_kin, to_declare
from shared.usecases.places import instant

DECLARE = for_action(Action.KIN_DECLARE)


class KinForm(Form):
    """Which member, and what they are to the officer."""

    member = SelectField("哪位党员？", [filled("请选择一位党员"), chosen("请选择一位党员")])
    kin = RadioField("他或她是您的什么人？", [filled("请选择是您的什么人")], choices=list(WORDS.items()))


@get("/kin", opt=DECLARE, sync_to_thread=True)
def kin(request: Asked, db: Db, who: Who) -> Response[str]:
    """List whom somebody has declared, and ask for another."""
    with who.acting(db) as session:
        form = KinForm.opened(session, who.actor, request.url.path)
    return _kin(request, db, who, form)


@post("/kin", opt=DECLARE, sync_to_thread=True)
def declare(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Take a declaration."""
    form = KinForm(sent)
    with who.acting(db) as session:
        _offer(session, who, form)

    def act(session: Session, now: datetime) -> str:
        declare_kin(session, who.actor, UUID(given(form.member.data)), Kin(form.kin.data), now)
        return "/kin"

    return attempt(db, who, form, act) or _kin(request, db, who, form)


@post("/kin/{kinship_id:uuid}/end", opt=DECLARE, sync_to_thread=True)
def end(request: Asked, db: Db, who: Who, sent: Sent, kinship_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Take a declaration back."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        end_kin(session, who.actor, kinship_id, now)
        return "/kin"

    done = attempt(db, who, form, act)
    if done:
        return done
    asked = KinForm()
    asked.refused = form.refused
    return _kin(request, db, who, asked)


def _kin(request: Asked, db: Db, who: Someone, form: KinForm) -> Response[str]:
    with who.acting(db) as session:
        declared = own_kin(session, who.actor)
        _offer(session, who, form)
    status = 422 if form.faults else 200
    return page(request, "kinships/list.html", status, declared=declared, form=form, words=WORDS)


def _offer(session: Session, who: Someone, form: KinForm) -> None:
    members = to_declare(session, who.actor, instant(session, who.actor))
    offered = [(str(one.id), f"{one.name}（{one.member_no}）") for one in members]
    form.member.choices = [("", "（选一位）"), *offered]


HANDLERS = [kin, declare, end]
