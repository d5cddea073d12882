"""Witnesses: naming who was there when something was done, and their answer."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import RadioField, SelectField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import chosen, filled, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.usecases.dossiers import see_dossier
from shared.usecases.witnesses import bear_witness, may_witness, name_witness, see_witness

NAME, BEAR = for_action(Action.CLAIM_DRAFT), for_action(Action.WITNESS_BEAR)


class NameForm(Form):
    """Who was there; the choices are the other members of the branch."""

    member = SelectField("在场的同志", [chosen("请从名单里选一位同志")], validate_choice=False)


class WordForm(Form):
    """Whether it was so, in a word of one's own."""

    confirms = RadioField(
        "您当时在场，是这样吗？",
        [filled("请选择是不是这样")],
        choices=[("yes", "是的，我证明"), ("no", "不是，或者我不在场")],
    )
    said = TextAreaField("想说明的话（不能证明的请写原因）", [short(300)], render_kw={"maxlength": 300, "rows": 3})


@get("/claims/{claim_id:uuid}/witnesses", opt=NAME, sync_to_thread=True)
def of_claim(request: Asked, db: Db, who: Who, claim_id: FromPath[UUID]) -> Response[str]:
    """Ask who was there, which nobody has to answer."""
    return _name(request, db, who, claim_id, NameForm())


@post("/claims/{claim_id:uuid}/witnesses", opt=NAME, sync_to_thread=True)
def name(request: Asked, db: Db, who: Who, sent: Sent, claim_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Name a member of the branch, who is asked at once."""
    form = NameForm(sent)
    _choose(db, who, claim_id, form)

    def act(session: Session, now: datetime) -> str:
        name_witness(session, who.actor, claim_id, UUID(form.member.data), now)
        return f"/claims/{claim_id}/witnesses"

    return attempt(db, who, form, act, "为一项申报请人证明") or _name(request, db, who, claim_id, form)


def _choose(db: Db, who: Someone, claim_id: UUID, form: NameForm) -> None:
    with who.acting(db) as session:
        dossier = see_dossier(session, who.actor, claim_id)
        others = may_witness(session, who.actor, dossier.claim)
    form.member.choices = [("", "请选择"), *((str(one.id), one.name) for one in others)]


def _name(request: Asked, db: Db, who: Someone, claim_id: UUID, form: NameForm) -> Response[str]:
    _choose(db, who, claim_id, form)
    with who.acting(db) as session:
        dossier = see_dossier(session, who.actor, claim_id)
    return page(request, "witnesses/name.html", 422 if form.faults else 200, dossier=dossier, form=form)


@get("/witnesses/{witness_id:uuid}", opt=BEAR, sync_to_thread=True)
def asked(request: Asked, db: Db, who: Who, witness_id: FromPath[UUID]) -> Response[str]:
    """Show what somebody is asked to bear witness to."""
    with who.acting(db) as session:
        form = WordForm.opened(session, who.actor, request.url.path)
    return _asked(request, db, who, witness_id, form)


@post("/witnesses/{witness_id:uuid}", opt=BEAR, sync_to_thread=True)
def bear(request: Asked, db: Db, who: Who, sent: Sent, witness_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Take down their answer."""
    form = WordForm(sent)

    def act(session: Session, now: datetime) -> str:
        confirms = form.confirms.data == "yes"
        bear_witness(session, who.actor, witness_id, confirms, (form.said.data or "").strip(), now)
        return f"/witnesses/{witness_id}"

    return attempt(db, who, form, act, "作了一件在场证明") or _asked(request, db, who, witness_id, form)


def _asked(request: Asked, db: Db, who: Someone, witness_id: UUID, form: WordForm) -> Response[str]:
    with who.acting(db) as session:
        heard, claimant, open_ = see_witness(session, who.actor, witness_id)
    status = 422 if form.faults else 200
    return page(request, "witnesses/bear.html", status, heard=heard, claimant=claimant, open=open_, form=form)


HANDLERS = [of_claim, name, asked, bear]
