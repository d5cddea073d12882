"""Overviews: how the work stands in a county, bureau or township, and in each branch below; and urging one."""

from datetime import datetime
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import SelectField

from services.api.web.acts import attempt, to
from services.api.web.checks import filled
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.reads import Reads
from services.api.web.sessions import Db, Guest, Someone, Who
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.domain.packages import figures_of
from shared.domain.urgings import WORDS, Subject
from shared.usecases.branches import see_branch
from shared.usecases.overviews import see_overview
from shared.usecases.places import Place, enter_as, read_only, unit_place, visit_demonstration
from shared.usecases.urgings import urge

SEE = for_action(Action.OVERVIEW_SEE)


class UrgeForm(Form):
    """What a branch is urged to finish."""

    subject = SelectField(
        "催办什么？", [filled("请选择催办什么")], choices=[(str(s), w) for s, w in WORDS.items()]
    )


@get("/overview", opt=SEE, sync_to_thread=True)
def own_overview(who: Who) -> Redirect:
    """Lead to the overview of the unit in which somebody is."""
    return to(f"/overview/{who.actor.unit_id}")


@get("/overview/{named:str}", opt=SEE, sync_to_thread=True)
def overview(
    request: Asked, reads: Reads, guest: Guest, named: FromPath[str], period: FromQuery[str | None] = None
) -> Response[str]:
    """Show the work in numbers, of the last year or of one period; of a branch, where it stands."""
    return _shown(request, reads, guest, named, Form(), period or None)


@post("/overview/{named:str}/urgings", opt=for_action(Action.BRANCH_REMIND), sync_to_thread=True)
def urge_branch(request: Asked, db: Db, who: Who, sent: Sent, named: FromPath[str]) -> Response[str] | Redirect:
    """Urge a branch to finish what is late."""
    form = UrgeForm(sent)

    def act(session: Session, now: datetime) -> str:
        urge(session, who.actor, unit_place(session, named).id, Subject(form.subject.data), now)
        return f"/overview/{named}"

    return attempt(db, who, form, act) or _shown(request, db, who, named, form)


def _shown(
    request: Asked, db: Db, guest: Someone | None, named: str, form: Form, period: str | None = None
) -> Response[str]:
    status = 422 if form.faults else 200
    with db.begin() as session:
        read_only(session)
        place = unit_place(session, named)
        actor, of = _looks(session, guest, place)
        branch = see_branch(session, actor, of)
        if branch is not None:
            keys = {late.subject: uuid4() for late in branch.late}
            return page(request, "overviews/branch.html", status, branch=branch, form=form, words=WORDS, keys=keys)
        seen = see_overview(session, actor, period, of)
    return page(request, "overviews/show.html", overview=seen, figures_of=figures_of)


def _looks(session: Session, guest: Someone | None, place: Place) -> tuple[Actor, UUID]:
    """Return who looks, and at which unit: whoever is signed in from their own unit, a visitor from there."""
    actor = guest.signed_in.actor if guest else None
    if actor is None or actor.county_id != place.county_id:
        return visit_demonstration(session, place), place.unit_id
    enter_as(session, actor)
    return actor, place.unit_id


HANDLERS = [own_overview, overview, urge_branch]
