"""Yardsticks: by what the county hints and supervises, what it sets otherwise; one proposes, another grants."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import IntegerField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Posted, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.domain.yardsticks import Bound, Measures
from shared.usecases.yardsticks import (
    bounds,
    grant_yardstick,
    measures_of,
    propose_yardstick,
    refuse_yardstick,
    see_yardsticks,
    withdraw_yardstick,
)

PROPOSE, GRANT = for_action(Action.YARDSTICK_PROPOSE), for_action(Action.YARDSTICK_GRANT)


def _box(bound: Bound) -> IntegerField:
    asked = f"{bound.range}；没有另定时是 {bound.usual}。"
    return IntegerField(bound.words, [filled(f"请填写“{bound.words}”")], description=asked)


class MeasuresForm(Form):
    """A box for every measure, in the order of the shipped file, and why they should be so."""

    def measures(self) -> Measures:
        """Return what was written."""
        return Measures(**{name: given(self.data[name]) for name in bounds()})


for _name, _bound in bounds().items():
    setattr(MeasuresForm, _name, _box(_bound))
MeasuresForm.reason = TextAreaField(
    "为什么这样定？", [filled("请写明为什么要这样定"), short(300)], render_kw={"maxlength": 300, "rows": 3}
)


class AnswerForm(Form):
    """Why a proposal is not granted."""

    answer = TextAreaField(
        "不批准的理由", [filled("请写明不批准的理由"), short(300)], render_kw={"maxlength": 300, "rows": 2}
    )


@get("/yardsticks", opt=PROPOSE, sync_to_thread=True)
def yardsticks(request: Asked, db: Db, who: Who) -> Response[str]:
    """Show by what the county measures, what waits to be granted, and what was set before."""
    return _shown(request, db, who, AnswerForm())


@get("/yardsticks/new", opt=PROPOSE, sync_to_thread=True)
def begin(request: Asked, db: Db, who: Who) -> Response[str]:
    """Ask by what it is to be measured, beginning with what is in force."""
    with who.acting(db) as session:
        in_force = measures_of(session, who.actor.county_id)
        form = MeasuresForm.opened(session, who.actor, request.url.path, **asdict(in_force))
    return page(request, "yardsticks/new.html", form=form, bounds=bounds())


@post("/yardsticks/new", opt=PROPOSE, sync_to_thread=True)
def propose(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Propose it, or say every fault at once."""
    form = MeasuresForm(sent)

    def act(session: Session, now: datetime) -> str:
        propose_yardstick(session, who.actor, form.measures(), given(form.data["reason"]), now)
        return "/yardsticks"

    return attempt(db, who, form, act) or page(request, "yardsticks/new.html", 422, form=form, bounds=bounds())


@post("/yardsticks/{yardstick_id:uuid}/grant", opt=GRANT, sync_to_thread=True)
def grant(request: Asked, db: Db, who: Who, sent: Sent, yardstick_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Grant a proposal of another person's: in force from then on."""
    return _taken(request, db, who, yardstick_id, Form(sent), grant_yardstick)


@post("/yardsticks/{yardstick_id:uuid}/refuse", opt=GRANT, sync_to_thread=True)
def refuse(request: Asked, db: Db, who: Who, sent: Sent, yardstick_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Refuse a proposal with the reason."""
    form = AnswerForm(sent)

    def step(session: Session, actor: Actor, yardstick_id: UUID, now: datetime) -> object:
        return refuse_yardstick(session, actor, yardstick_id, given(form.answer.data), now)

    return _taken(request, db, who, yardstick_id, form, step)


@post("/yardsticks/{yardstick_id:uuid}/withdraw", opt=PROPOSE, sync_to_thread=True)
def withdraw(
    request: Asked, db: Db, who: Who, sent: Sent, yardstick_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Take a proposal back."""
    return _taken(request, db, who, yardstick_id, Form(sent), withdraw_yardstick)


def _taken(
    request: Asked, db: Db, who: Someone, yardstick_id: UUID, form: Form, step: Callable[..., object]
) -> Response[str] | Redirect:
    def act(session: Session, now: datetime) -> str:
        step(session, who.actor, yardstick_id, now)
        return "/yardsticks"

    return attempt(db, who, form, act) or _shown(request, db, who, form)


def _shown(request: Asked, db: Db, who: Someone, form: Form) -> Response[str]:
    with who.acting(db) as session:
        seen = see_yardsticks(session, who.actor)
    answer = form if isinstance(form, AnswerForm) else AnswerForm(Posted({}))
    decides = seen.waiting is not None and seen.waiting.row.proposed_by != who.actor.person_id
    shown = {"seen": seen, "measures": asdict(seen.in_force), "bounds": bounds(), "decides": decides}
    return page(request, "yardsticks/show.html", 422 if form.faults else 200, form=form, answer=answer, **shown)


HANDLERS = [yardsticks, begin, propose, grant, refuse, withdraw]
