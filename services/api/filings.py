"""Filings: a branch checks its package and sends it up; the level above receives, returns or files it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import StringField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action, proven
from services.api.web.sessions import Db, Guest, Someone, Who
from services.api.web.wording import left
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import able
from shared.domain.packages import figures_of
from shared.usecases.filings import file_filing, receive_filing, return_filing, submit_filing
from shared.usecases.places import enter_as, filing_place, instant, read_only, visit_demonstration
from shared.usecases.receipts import Package, own_filings, see_package, see_taken
from shared.usecases.remarks import explain

# A field of the page for each member who is to be explained, by their number.
REMARK = "remark-"
SEE, RETURN = for_action(Action.FILING_SEE), for_action(Action.FILING_RETURN)


class ReturnForm(Form):
    """Which place of a package is wrong, and why it is given back."""

    place = StringField(
        "哪一处？",
        [filled("请写明是哪一处"), short(80)],
        description="例如：第 12 行，或者表决票数。",
        render_kw={"maxlength": 80},
    )
    reason = TextAreaField(
        "什么原因？",
        [filled("请写明什么原因"), short(300)],
        description="例如：会议记录编号与附件不一致，请核对后重报。",
        render_kw={"maxlength": 300, "rows": 4},
    )


@get("/filings", opt=SEE, sync_to_thread=True)
def filings(request: Asked, db: Db, who: Who) -> Response[str]:
    """List what a branch sends up, or what has come to a level above and what is missing."""
    above = able(who.actor, Action.FILING_RECEIVE)
    with who.acting(db) as session:
        now = instant(session, who.actor)
        taken = see_taken(session, who.actor) if above else []
        own = own_filings(session, who.actor)
    shown: dict[str, Any] = {"above": above, "taken": taken, "filings": own, "now": now, "left": left}
    return page(request, "filings/list.html", **shown, figures_of=figures_of)


@get("/filings/{filing_id:uuid}", opt=SEE, sync_to_thread=True)
def filing(request: Asked, db: Db, guest: Guest, filing_id: FromPath[UUID]) -> Response[str]:
    """Show a package to who sends it and to whom it was sent; a demonstration's to anybody."""
    return _shown(request, db, guest, filing_id, Form())


@post("/filings/{filing_id:uuid}/submit", opt=proven(for_action(Action.FILING_SUBMIT)), sync_to_thread=True)
def submit(request: Asked, db: Db, who: Who, sent: Sent, filing_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Send a package up."""
    return _taken(request, db, who, filing_id, Form(sent), submit_filing)


@post("/filings/{filing_id:uuid}/receive", opt=for_action(Action.FILING_RECEIVE), sync_to_thread=True)
def receive(request: Asked, db: Db, who: Who, sent: Sent, filing_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Take a package in."""
    return _taken(request, db, who, filing_id, Form(sent), receive_filing)


@post("/filings/{filing_id:uuid}/file", opt=proven(for_action(Action.FILING_FILE)), sync_to_thread=True)
def file(request: Asked, db: Db, who: Who, sent: Sent, filing_id: FromPath[UUID]) -> Response[str] | Redirect:
    """File a package and give the receipt."""
    return _taken(request, db, who, filing_id, Form(sent), file_filing)


@post("/filings/{filing_id:uuid}/remarks", opt=for_action(Action.FILING_SUBMIT), sync_to_thread=True)
def write_remarks(
    request: Asked, db: Db, who: Who, sent: Sent, filing_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Write why each of the lowest grade has it, before the package goes up."""
    written = {name.removeprefix(REMARK): sent.one(name) for name in sent if name.startswith(REMARK)}

    def step(session: Session, actor: Actor, filing_id: UUID, now: datetime) -> None:
        explain(session, actor, filing_id, written, now)

    return _taken(request, db, who, filing_id, Form(sent), step)


@get("/filings/{filing_id:uuid}/return", opt=RETURN, sync_to_thread=True)
def giving_back(request: Asked, db: Db, who: Who, filing_id: FromPath[UUID]) -> Response[str]:
    """Ask why a package is given back."""
    with who.acting(db) as session:
        form = ReturnForm.opened(session, who.actor, request.url.path)
    return page(request, "filings/return.html", package=_theirs(db, who, filing_id), form=form)


@post("/filings/{filing_id:uuid}/return", opt=RETURN, sync_to_thread=True)
def give_back(request: Asked, db: Db, who: Who, sent: Sent, filing_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Give a package back."""
    form = ReturnForm(sent)

    def act(session: Session, now: datetime) -> str:
        return_filing(session, who.actor, filing_id, given(form.place.data), given(form.reason.data), now)
        return f"/filings/{filing_id}"

    done = attempt(db, who, form, act)
    return done or page(request, "filings/return.html", 422, package=_theirs(db, who, filing_id), form=form)


def _taken(
    request: Asked, db: Db, who: Someone, filing_id: UUID, form: Form, step: Callable[..., object]
) -> Response[str] | Redirect:
    def act(session: Session, now: datetime) -> str:
        step(session, who.actor, filing_id, now)
        return f"/filings/{filing_id}"

    return attempt(db, who, form, act) or _shown(request, db, who, filing_id, form)


def _shown(request: Asked, db: Db, guest: Someone | None, filing_id: UUID, form: Form) -> Response[str]:
    package = _package(db, guest, filing_id)
    return page(request, "filings/show.html", 422 if form.refused else 200, package=package, form=form)


def _package(db: Db, guest: Someone | None, filing_id: UUID) -> Package:
    with db.begin() as session:
        read_only(session)
        actor = guest.signed_in.actor if guest else None
        place = filing_place(session, filing_id)
        if actor is None or actor.county_id != place.county_id:
            actor = visit_demonstration(session, place)
        else:
            enter_as(session, actor)
        return see_package(session, actor, filing_id)


def _theirs(db: Db, who: Someone, filing_id: UUID) -> Package:
    with who.acting(db) as session:
        return see_package(session, who.actor, filing_id)


HANDLERS = [filings, filing, submit, receive, file, write_remarks, giving_back, give_back]
