"""Cases: objecting to a line, following the objection to its end, and taking an answer further."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import BooleanField, HiddenField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.boards import countdown
from shared.domain.errors import NotNow
from shared.usecases.appeals import appeal
from shared.usecases.cases import own_cases, see_case
from shared.usecases.grounds import see_grounds
from shared.usecases.objections import Statement, raise_objection, withdraw_objection

RAISE, APPEAL = for_action(Action.OBJECTION_RAISE), for_action(Action.APPEAL_RAISE)
LONG = {"maxlength": 1000, "rows": 5}


class ObjectForm(Form):
    """Why somebody objects to a line, and what would be right."""

    text = TextAreaField(
        "您认为哪里不对？为什么？", [filled("请写明哪里不对、为什么"), short(1000)], render_kw=LONG
    )
    right = TextAreaField("您认为应当怎样？", [filled("请写明您认为应当怎样"), short(500)], render_kw={"rows": 3})
    differs = BooleanField("公示的和支部认定的不一样（再次公示只受理这一种）")
    sure = HiddenField()


class AppealForm(Form):
    """Why an answer is taken further."""

    grounds = TextAreaField("为什么不同意这个答复？", [filled("请写明为什么不同意"), short(1000)], render_kw=LONG)


@get("/objections", opt=RAISE, sync_to_thread=True)
def objections(request: Asked, db: Db, who: Who) -> Response[str]:
    """List what somebody has raised, and what has been raised about them."""
    with who.acting(db) as session:
        mine = own_cases(session, who.actor)
    return page(request, "cases/list.html", cases=mine)


@get("/objections/new/{line_id:uuid}", opt=RAISE, sync_to_thread=True)
def begin(request: Asked, db: Db, who: Who, line_id: FromPath[UUID]) -> Response[str]:
    """Ask what is wrong with a line."""
    with who.acting(db) as session:
        form = ObjectForm.opened(session, who.actor, request.url.path)
    return _asked(request, db, who, line_id, form)


@post("/objections/new/{line_id:uuid}", opt=RAISE, sync_to_thread=True)
def object_(request: Asked, db: Db, who: Who, sent: Sent, line_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Show what was written once more; sent again from there it is raised."""
    form = ObjectForm(sent)
    sure, form.sure.data = form.sure.data == "yes", "yes"
    if sent.one("mend") or not form.validate():
        return _asked(request, db, who, line_id, form, 422 if form.faults else 200)
    if not sure:
        return _asked(request, db, who, line_id, form, 200, "cases/check.html")

    def act(session: Session, _: datetime) -> str:
        said = f"{form.text.data}\n认为应当：{form.right.data}"
        statement = Statement(said, _name(who), differs=form.differs.data)
        return f"/objections/{raise_objection(session, who.actor, line_id, statement).id}/evidence"

    return attempt(db, who, form, act, "提出了一件异议") or _asked(request, db, who, line_id, form, 422)


def _name(who: Someone) -> str:
    if not who.signed_in.for_name:
        return who.actor.name
    return f"{who.signed_in.for_name}（{who.actor.name}代）"


def _asked(
    request: Asked,
    db: Db,
    who: Someone,
    line_id: UUID,
    form: ObjectForm,
    status: int = 200,
    template: str = "cases/new.html",
) -> Response[str]:
    with who.acting(db) as session:
        grounds = see_grounds(session, who.actor, line_id)
    if not grounds.open:
        raise NotNow("这一行积分现在不在公示的异议期内。有疑问请找支部；支部发现有误，会作更正。")
    return page(request, template, status, grounds=grounds, form=form, countdown=countdown)


@get("/objections/{objection_id:uuid}", opt=RAISE, sync_to_thread=True)
def objection(request: Asked, db: Db, who: Who, objection_id: FromPath[UUID]) -> Response[str]:
    """Show a case with its time line."""
    return _case(request, db, who, objection_id, Form(), "cases/show.html")


@get("/objections/{objection_id:uuid}/raised", opt=RAISE, sync_to_thread=True)
def raised(request: Asked, db: Db, who: Who, objection_id: FromPath[UUID]) -> Response[str]:
    """Confirm an objection: its number, who answers, by when."""
    return _case(request, db, who, objection_id, Form(), "cases/raised.html")


@get("/objections/{objection_id:uuid}/withdraw", opt=RAISE, sync_to_thread=True)
def asked_to_withdraw(request: Asked, db: Db, who: Who, objection_id: FromPath[UUID]) -> Response[str]:
    """Ask whether an objection is really to be taken back."""
    return _case(request, db, who, objection_id, Form(), "cases/withdraw.html")


@post("/objections/{objection_id:uuid}/withdraw", opt=RAISE, sync_to_thread=True)
def withdraw(
    request: Asked, db: Db, who: Who, sent: Sent, objection_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Take an objection back."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        withdraw_objection(session, who.actor, objection_id, now)
        return f"/objections/{objection_id}"

    done = attempt(db, who, form, act, "撤回了一件异议")
    return done or _case(request, db, who, objection_id, form, "cases/withdraw.html")


@get("/objections/{objection_id:uuid}/appeal", opt=APPEAL, sync_to_thread=True)
def asked_to_appeal(request: Asked, db: Db, who: Who, objection_id: FromPath[UUID]) -> Response[str]:
    """Ask why an answer is taken further."""
    with who.acting(db) as session:
        form = AppealForm.opened(session, who.actor, request.url.path)
    return _case(request, db, who, objection_id, form, "cases/appeal.html")


@post("/objections/{objection_id:uuid}/appeal", opt=APPEAL, sync_to_thread=True)
def take_further(
    request: Asked, db: Db, who: Who, sent: Sent, objection_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Take an answer to the next body."""
    form = AppealForm(sent)

    def act(session: Session, now: datetime) -> str:
        appeal(session, who.actor, objection_id, form.grounds.data or "", now)
        return f"/objections/{objection_id}"

    done = attempt(db, who, form, act, "提出了一件申诉")
    return done or _case(request, db, who, objection_id, form, "cases/appeal.html")


def _case(request: Asked, db: Db, who: Someone, objection_id: UUID, form: Form, template: str) -> Response[str]:
    with who.acting(db) as session:
        case = see_case(session, who.actor, objection_id)
    return page(request, template, 422 if form.faults else 200, case=case, form=form)


HANDLERS = [
    objections,
    begin,
    object_,
    objection,
    raised,
    asked_to_withdraw,
    withdraw,
    asked_to_appeal,
    take_further,
]
