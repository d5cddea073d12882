"""Delegations: an officer hands a role of theirs to a colleague until a day, and who stands in for whom."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import SelectField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import chosen, filled, given, short
from services.api.web.envelope import Asked
from services.api.web.fields import DayField
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.roles import WORDS
from shared.usecases.delegations import delegate, end_delegation, stands, to_delegate
from shared.usecases.places import instant

DELEGATE = for_action(Action.ROLE_DELEGATE)


class DelegationForm(Form):
    """Which role, to whom, until when, and why."""

    role = SelectField("委托哪个职务？", [chosen("请选择委托哪个职务")], validate_choice=False)
    person = SelectField("委托给谁？", [filled("请选择委托给谁"), chosen("请选择委托给谁")], validate_choice=False)
    until = DayField("到哪一天为止？", [filled("请填写到哪一天为止")], description="最多半年，可以提前结束")
    reason = TextAreaField("为什么委托？", [filled("请写明为什么委托"), short(200)], render_kw={"maxlength": 200})

    def fit(self, session: Session, who: Someone) -> None:
        """Offer the roles that are this person's own, and their colleagues."""
        roles, people = to_delegate(session, who.actor, instant(session, who.actor))
        self.role.choices = [(role, WORDS[role]) for role in roles]
        self.person.choices = [("", "（选一位）"), *((str(one.id), one.name) for one in people)]


@get("/delegations", opt=DELEGATE, sync_to_thread=True)
def delegations(request: Asked, db: Db, who: Who) -> Response[str]:
    """List who stands in for whom in the unit."""
    return _listed(request, db, who, Form())


@get("/delegations/new", opt=DELEGATE, sync_to_thread=True)
def begin(request: Asked, db: Db, who: Who) -> Response[str]:
    """Ask which role goes to whom until when."""
    with who.acting(db) as session:
        form = DelegationForm.opened(session, who.actor, request.url.path)
        form.fit(session, who)
    return page(request, "delegations/new.html", form=form)


@post("/delegations/new", opt=DELEGATE, sync_to_thread=True)
def hand_over(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Hand the role over."""
    form = DelegationForm(sent)
    with who.acting(db) as session:
        form.fit(session, who)

    def act(session: Session, now: datetime) -> str:
        to, until = UUID(given(form.person.data)), given(form.until.data)
        delegate(session, who.actor, given(form.role.data), to, until, form.reason.data or "", now)
        return "/delegations"

    return attempt(db, who, form, act) or page(request, "delegations/new.html", 422, form=form)


@post("/delegations/{delegation_id:uuid}/end", opt=DELEGATE, sync_to_thread=True)
def end(request: Asked, db: Db, who: Who, sent: Sent, delegation_id: FromPath[UUID]) -> Response[str] | Redirect:
    """End it before its day."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        end_delegation(session, who.actor, delegation_id, now)
        return "/delegations"

    return attempt(db, who, form, act) or _listed(request, db, who, form)


def _listed(request: Asked, db: Db, who: Someone, form: Form) -> Response[str]:
    with who.acting(db) as session:
        found = stands(session, who.actor, instant(session, who.actor))
    return page(request, "delegations/list.html", 422 if form.faults else 200, stands=found, form=form)


HANDLERS = [delegations, begin, hand_over, end]
