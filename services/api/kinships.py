"""Kinships (回避): officers declare their relatives among the members, and step aside in what concerns them."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import RadioField, SelectField, StringField

from services.api.web.acts import attempt
from services.api.web.checks import chosen, filled, given, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.kinships import WORDS, Kin
from shared.usecases.kinships import (
    Elsewhere,
    declare_kin,
    declare_kin_elsewhere,
    end_kin,
    own_kin,
    to_declare,
)
from shared.usecases.places import instant

DECLARE = for_action(Action.KIN_DECLARE)


KINDS = list(WORDS.items())
ASKED = filled("请选择是您的什么人")


class KinForm(Form):
    """Which member of one's own branch, and what they are to the officer."""

    member = SelectField("哪位党员？", [filled("请选择一位党员"), chosen("请选择一位党员")])
    kin = RadioField("他或她是您的什么人？", [ASKED], choices=KINDS)


class ElsewhereForm(Form):
    """A member of another branch, as one knows them, and what they are to the officer."""

    name = StringField("亲属的姓名", [filled("请填写亲属的姓名"), short(60)])
    branch = StringField("所在的党支部", [short(60)], description="例如“柳溪村”。填了党员编号的，可以不填。")
    number = StringField("党员编号", [short(40)], description="不知道的可以不填；支部里有同名党员的要填。")
    kin = RadioField("他或她是您的什么人？", [ASKED], choices=KINDS)

    @property
    def meant(self) -> Elsewhere:
        """Who is meant, as it was typed."""
        return Elsewhere(*((box.data or "").strip() for box in (self.name, self.branch, self.number)))


@get("/kin", opt=DECLARE, sync_to_thread=True)
def kin(request: Asked, db: Db, who: Who) -> Response[str]:
    """List whom somebody has declared, and ask for another."""
    with who.acting(db) as session:
        form = KinForm.opened(session, who.actor, request.url.path)
    return _kin(request, db, who, form)


@post("/kin", opt=DECLARE, sync_to_thread=True)
def declare(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Take a declaration of somebody in one's own branch."""
    form = KinForm(sent)
    with who.acting(db) as session:
        _offer(session, who, form)

    def act(session: Session, now: datetime) -> str:
        declare_kin(session, who.actor, UUID(given(form.member.data)), Kin(form.kin.data), now)
        return "/kin"

    return attempt(db, who, form, act) or _kin(request, db, who, form)


@get("/kin/elsewhere", opt=DECLARE, sync_to_thread=True)
def elsewhere(request: Asked, db: Db, who: Who) -> Response[str]:
    """Ask for somebody in another branch of the county."""
    with who.acting(db) as session:
        form = ElsewhereForm.opened(session, who.actor, request.url.path)
    return page(request, "kinships/elsewhere.html", form=form)


@post("/kin/elsewhere", opt=DECLARE, sync_to_thread=True)
def declare_elsewhere(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Take a declaration of somebody in another branch of the county."""
    form = ElsewhereForm(sent)

    def act(session: Session, now: datetime) -> str:
        declare_kin_elsewhere(session, who.actor, form.meant, Kin(form.kin.data), now)
        return "/kin"

    return attempt(db, who, form, act) or page(request, "kinships/elsewhere.html", 422, form=form)


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
    form.member.choices = [("", "（选一位）"), *offered] if offered else []


HANDLERS = [kin, declare, elsewhere, declare_elsewhere, end]
