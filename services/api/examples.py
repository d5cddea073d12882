"""Good examples: proposed from a confirmed claim, agreed to by its member alone, shown on the board."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import BooleanField, RadioField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, short
from services.api.web.downloads import attachment
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.leaves import leaf
from services.api.web.pages import page
from services.api.web.permissions import SIGNED_IN, for_action
from services.api.web.sessions import Db, Guest, Someone, Who
from services.api.web.uploads import Files
from shared.authz.actions import Action
from shared.domain.examples import LONGEST
from shared.usecases.boards import see_picture_on_board
from shared.usecases.examples import (
    answer_example,
    examples_of,
    proposable,
    propose_example,
    revoke_example,
    see_example,
    take_down_example,
)
from shared.usecases.places import read_only, unit_place, visit_as

PROPOSE, ANSWER = for_action(Action.EXAMPLE_PROPOSE), for_action(Action.EXAMPLE_ANSWER)


class ProposalForm(Form):
    """The words that would hang, and which picture of the claim beside them."""

    said = TextAreaField(
        "展示的文字",
        [filled("请写明做了什么"), short(LONGEST)],
        description="一两句话，大家都能看懂；不写电话、身份证号和别人的名字。",
        render_kw={"maxlength": LONGEST, "rows": 4},
    )
    picture = RadioField("配哪一张照片？", validate_choice=False, default="")


class AnswerForm(Form):
    """Whether the member agrees, and to the picture as well."""

    agrees = RadioField(
        "同意展示吗？",
        [filled("请选择同意还是不同意")],
        choices=[("yes", "同意展示"), ("no", "不同意")],
    )
    with_picture = BooleanField("照片也可以展示")


@get("/claims/{claim_id:uuid}/example", opt=PROPOSE, sync_to_thread=True)
def asking(request: Asked, db: Db, who: Who, claim_id: FromPath[UUID]) -> Response[str]:
    """Ask in which words a deed is to be shown."""
    return _proposal(request, db, who, claim_id, None)


@post("/claims/{claim_id:uuid}/example", opt=PROPOSE, sync_to_thread=True)
def propose(request: Asked, db: Db, who: Who, sent: Sent, claim_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Propose it; its member is asked."""
    form = ProposalForm(sent)
    with who.acting(db) as session:
        kept = {str(one.id): one.id for one in proposable(session, who.actor, claim_id)[2]}

    def act(session: Session, now: datetime) -> str:
        picture = kept.get(form.picture.data or "")
        propose_example(session, who.actor, claim_id, given(form.said.data), picture, now)
        return "/examples"

    return attempt(db, who, form, act) or _proposal(request, db, who, claim_id, form)


def _proposal(request: Asked, db: Db, who: Someone, claim_id: UUID, form: ProposalForm | None) -> Response[str]:
    with who.acting(db) as session:
        claim, member, kept = proposable(session, who.actor, claim_id)
        shown = form or ProposalForm.opened(session, who.actor, request.url.path, said=claim.text)
    shown.picture.choices = [("", "不配照片"), *((str(one.id), one.name) for one in kept)]
    status = 422 if shown.faults else 200
    return page(request, "examples/propose.html", status, claim=claim, member=member, form=shown)


@get("/examples", opt=SIGNED_IN, sync_to_thread=True)
def examples(request: Asked, db: Db, who: Who) -> Response[str]:
    """List one's own examples, and for who proposes them the branch's."""
    return _listed(request, db, who, Form())


def _listed(request: Asked, db: Db, who: Someone, form: Form) -> Response[str]:
    with who.acting(db) as session:
        mine, proposed = examples_of(session, who.actor)
    branch = leaf(request, proposed, "/examples", 50)
    return page(request, "examples/list.html", 422 if form.faults else 200, mine=mine, branch=branch, form=form)


@get("/examples/{example_id:uuid}", opt=ANSWER, sync_to_thread=True)
def asked(request: Asked, db: Db, who: Who, example_id: FromPath[UUID]) -> Response[str]:
    """Show a member what would hang, and ask."""
    return _answer(request, db, who, example_id, AnswerForm())


@post("/examples/{example_id:uuid}", opt=ANSWER, sync_to_thread=True)
def answer(request: Asked, db: Db, who: Who, sent: Sent, example_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Take the member's word."""
    form = AnswerForm(sent)

    def act(session: Session, now: datetime) -> str:
        agrees = form.agrees.data == "yes"
        answer_example(session, who.actor, example_id, agrees, form.with_picture.data, now)
        return f"/examples/{example_id}"

    return attempt(db, who, form, act) or _answer(request, db, who, example_id, form)


@post("/examples/{example_id:uuid}/revoke", opt=ANSWER, sync_to_thread=True)
def revoke(request: Asked, db: Db, who: Who, sent: Sent, example_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Take the consent back."""
    form, shown = Form(sent), AnswerForm()

    def act(session: Session, now: datetime) -> str:
        revoke_example(session, who.actor, example_id, now)
        return f"/examples/{example_id}"

    done = attempt(db, who, form, act)
    shown.refused = form.refused
    return done or _answer(request, db, who, example_id, shown)


@post("/examples/{example_id:uuid}/down", opt=PROPOSE, sync_to_thread=True)
def take_down(
    request: Asked, db: Db, who: Who, sent: Sent, example_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Take it off the board."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        take_down_example(session, who.actor, example_id, now)
        return "/examples"

    return attempt(db, who, form, act) or _listed(request, db, who, form)


def _answer(request: Asked, db: Db, who: Someone, example_id: UUID, form: AnswerForm) -> Response[str]:
    with who.acting(db) as session:
        showing, public = see_example(session, who.actor, example_id)
    status = 422 if form.faults else 200
    return page(request, "examples/answer.html", status, showing=showing, public=public, form=form)


@get(
    "/board/{named:str}/examples/{example_id:uuid}/picture", opt=for_action(Action.BOARD_SEE), sync_to_thread=True
)
def picture(
    db: Db, guest: Guest, store: Files, named: FromPath[str], example_id: FromPath[UUID]
) -> Response[bytes]:
    """Hand out the picture beside an example, as long as it hangs."""
    actor = guest.signed_in.actor if guest else None
    with db.begin() as session:
        read_only(session)
        place = unit_place(session, named)
        file = see_picture_on_board(session, visit_as(session, actor, place), place, example_id)
    # What was agreed to can be taken back at any moment: no browser keeps it.
    found = attachment(store.read(file.digest), file.name, file.media_type)
    found.headers["Cache-Control"] = "no-store"
    return found


HANDLERS = [asking, propose, examples, asked, answer, revoke, take_down, picture]
