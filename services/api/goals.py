"""Goals: a member's own for the year, and the branch's check half-way."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.leaves import leaf
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.errors import NotFound
from shared.usecases.goals import check_goal, own_goal, see_goals, write_goal
from shared.usecases.places import instant

WRITE, FOLLOW = for_action(Action.GOAL_WRITE), for_action(Action.GOAL_FOLLOW)


class GoalForm(Form):
    """What somebody means to do."""

    words = TextAreaField(
        "我今年的目标",
        [filled("请写下今年的目标"), short(800)],
        description="想做成哪几件事，一件一行。",
        render_kw={"maxlength": 800, "rows": 8},
    )


class CheckForm(Form):
    """How they stand half-way."""

    words = TextAreaField(
        "检查情况", [filled("请写下检查的情况"), short(300)], render_kw={"maxlength": 300, "rows": 4}
    )


@get("/goal", opt=WRITE, sync_to_thread=True)
def own(request: Asked, db: Db, who: Who) -> Response[str]:
    """Show one's own goals, and ask for them while they may be changed."""
    return _own(request, db, who, None)


@post("/goal", opt=WRITE, sync_to_thread=True)
def write(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Take them."""
    form = GoalForm(sent)

    def act(session: Session, now: datetime) -> str:
        write_goal(session, who.actor, given(form.words.data), now)
        return "/goal"

    return attempt(db, who, form, act, "写了年度目标") or _own(request, db, who, form)


@get("/goals", opt=FOLLOW, sync_to_thread=True)
def goals(request: Asked, db: Db, who: Who) -> Response[str]:
    """Show everybody's."""
    with who.acting(db) as session:
        found = see_goals(session, who.actor, instant(session, who.actor))
    return page(request, "goals/list.html", goals=leaf(request, found, "/goals"))


@get("/goals/{goal_id:uuid}", opt=FOLLOW, sync_to_thread=True)
def goal(request: Asked, db: Db, who: Who, goal_id: FromPath[UUID]) -> Response[str]:
    """Ask how somebody stands half-way."""
    return _check(request, db, who, goal_id, CheckForm())


@post("/goals/{goal_id:uuid}", opt=FOLLOW, sync_to_thread=True)
def check(request: Asked, db: Db, who: Who, sent: Sent, goal_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Take the check; the member is told."""
    form = CheckForm(sent)

    def act(session: Session, now: datetime) -> str:
        check_goal(session, who.actor, goal_id, given(form.words.data), now)
        return "/goals"

    return attempt(db, who, form, act) or _check(request, db, who, goal_id, form)


def _own(request: Asked, db: Db, who: Someone, form: GoalForm | None) -> Response[str]:
    with who.acting(db) as session:
        found = own_goal(session, who.actor, instant(session, who.actor))
        shown = form or GoalForm.opened(session, who.actor, "/goal", words=found.text if found else "")
    return page(request, "goals/own.html", 422 if shown.faults else 200, goal=found, form=shown)


def _check(request: Asked, db: Db, who: Someone, goal_id: UUID, form: CheckForm) -> Response[str]:
    with who.acting(db) as session:
        found = see_goals(session, who.actor, instant(session, who.actor))
    one = next(((member, goal) for member, goal in found if goal is not None and goal.id == goal_id), None)
    if one is None:
        raise NotFound("今年没有这一份目标。")
    return page(request, "goals/check.html", 422 if form.faults else 200, found=one, form=form)


HANDLERS = [own, write, goals, goal, check]
