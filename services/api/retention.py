"""Retention: for how long the county keeps people's files once what they prove is over."""

from datetime import datetime

from litestar import Response, get, post
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import IntegerField, StringField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.retention import LONGEST_DAYS, SHORTEST_DAYS
from shared.usecases.retention import kept_days, set_term, terms_set

SET = for_action(Action.RETENTION_SET)


class TermForm(Form):
    """For how many days, and on what that stands."""

    days = IntegerField(
        "办结以后保存多少天？",
        [filled("请填写天数，例如 365")],
        description=f"{SHORTEST_DAYS} 到 {LONGEST_DAYS} 天。从积分入账、备案、异议全部办结那一天算起。",
    )
    basis = StringField("依据", [filled("请写明依据"), short(80)], description="例如：县委组织部〔2026〕12号。")


@get("/retention", opt=SET, sync_to_thread=True)
def terms(request: Asked, db: Db, who: Who) -> Response[str]:
    """Show how long files are kept, and what was laid down before."""
    with who.acting(db) as session:
        form = TermForm.opened(session, who.actor, request.url.path)
    return _shown(request, db, who, form)


@post("/retention", opt=SET, sync_to_thread=True)
def lay_down(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Lay down another term."""
    form = TermForm(sent)

    def act(session: Session, now: datetime) -> str:
        set_term(session, who.actor, form.days.data, given(form.basis.data), now)
        return "/retention"

    return attempt(db, who, form, act) or _shown(request, db, who, form)


def _shown(request: Asked, db: Db, who: Someone, form: TermForm) -> Response[str]:
    with who.acting(db) as session:
        held = terms_set(session, who.actor)
        days = kept_days(session, who.actor.county_id)
    return page(request, "retention/show.html", 422 if form.faults else 200, terms=held, days=days, form=form)


HANDLERS = [terms, lay_down]
