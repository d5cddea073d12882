"""Supervisions: how the branches below ran the system in a month or quarter, and what is said of each."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import SelectField, TextAreaField

from services.api.web.acts import attempt, to
from services.api.web.checks import filled, readable, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.authz.gate import able
from shared.domain.errors import NotFound
from shared.domain.periods import Period
from shared.domain.supervisions import WORDS, Standing
from shared.usecases.supervisions import (
    periods_over,
    see_supervisions,
    supervise,
    supervise_all,
    supervisions_of,
)
from shared.usecases.yardsticks import measures_of

SEE, DECIDE = for_action(Action.SUPERVISION_SEE), for_action(Action.SUPERVISION_DECIDE)


class StandingForm(Form):
    """What is said of one branch."""

    standing = SelectField("评定", [filled("请选择评定")], choices=list(WORDS.items()))
    words = TextAreaField(
        "理由",
        [readable("请写成文字"), short(200)],
        description="与规则提出的一致时可以不写。",
        render_kw={"maxlength": 200, "rows": 2},
    )


@get("/supervisions", opt=SEE, sync_to_thread=True)
def supervisions(
    request: Asked, db: Db, who: Who, period: FromQuery[str | None] = None
) -> Response[str] | Redirect:
    """Show the branches below in a period; to a branch, what was said of it."""
    with who.acting(db) as session:
        if not able(who.actor, Action.SUPERVISION_DECIDE):
            return page(request, "supervisions/own.html", decided=supervisions_of(session, who.actor), words=WORDS)
        newest = periods_over(session, who.actor)[0]
    return to(f"/supervisions/{period or newest}")


@get("/supervisions/{period:str}", opt=DECIDE, sync_to_thread=True)
def of_period(request: Asked, db: Db, who: Who, period: FromPath[str]) -> Response[str]:
    """Show every branch below with its conduct in a period."""
    return _shown(request, db, who, _parsed(period), Form())


@post("/supervisions/{period:str}", opt=DECIDE, sync_to_thread=True)
def decide_all(request: Asked, db: Db, who: Who, sent: Sent, period: FromPath[str]) -> Response[str] | Redirect:
    """Decide every branch that is still undecided as the rule proposes."""
    form, chosen = Form(sent), _parsed(period)

    def act(session: Session, now: datetime) -> str:
        supervise_all(session, who.actor, chosen, now)
        return f"/supervisions/{chosen}"

    return attempt(db, who, form, act) or _shown(request, db, who, chosen, form)


@get("/supervisions/{period:str}/{branch_id:uuid}", opt=DECIDE, sync_to_thread=True)
def of_branch(request: Asked, db: Db, who: Who, period: FromPath[str], branch_id: FromPath[UUID]) -> Response[str]:
    """Ask what is to be said of one branch, where it is not what the rule proposes."""
    return _asked(request, db, who, _parsed(period), branch_id, None)


@post("/supervisions/{period:str}/{branch_id:uuid}", opt=DECIDE, sync_to_thread=True)
def decide(
    request: Asked, db: Db, who: Who, sent: Sent, period: FromPath[str], branch_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Decide what is said of one branch."""
    form, chosen = StandingForm(sent), _parsed(period)

    def act(session: Session, now: datetime) -> str:
        said = Standing(form.standing.data), form.words.data or ""
        supervise(session, who.actor, branch_id, chosen, *said, now)
        return f"/supervisions/{chosen}"

    return attempt(db, who, form, act) or _asked(request, db, who, chosen, branch_id, form)


def _parsed(period: str) -> Period:
    try:
        return Period.parse(period)
    except ValueError as fault:
        raise NotFound(f"{fault}。") from fault


def _shown(request: Asked, db: Db, who: Someone, period: Period, form: Form) -> Response[str]:
    with who.acting(db) as session:
        found = see_supervisions(session, who.actor, period)
        periods = periods_over(session, who.actor)
        by = measures_of(session, who.actor.county_id)
    shown = {"found": found, "periods": periods, "period": period, "words": WORDS, "form": form}
    return page(request, "supervisions/list.html", status=422 if form.refused else 200, by=by, **shown)


def _asked(
    request: Asked, db: Db, who: Someone, period: Period, branch_id: UUID, form: StandingForm | None
) -> Response[str]:
    with who.acting(db) as session:
        seen = see_supervisions(session, who.actor, period)
    found = next((one for one in seen if one.branch.id == branch_id), None)
    if found is None:
        raise NotFound("没有这个支部，或者它不在您所在单位之下。")
    shown = form or StandingForm(standing=found.conduct.standing)
    status = 422 if shown.faults else 200
    return page(request, "supervisions/show.html", status, one=found, period=period, words=WORDS, form=shown)


HANDLERS = [supervisions, of_period, decide_all, of_branch, decide]
