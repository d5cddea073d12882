"""Proofs: before what cannot be taken back, whoever signed in a while ago shows again that it is they.

The page in between carries everything that was sent, so that the form goes on as if nothing had been asked.
"""

from collections.abc import Iterator

from anyio.to_thread import run_sync
from litestar import Response
from litestar.exceptions import HTTPException
from sqlalchemy.orm import Session
from wtforms import PasswordField

from services.api.web.checks import filled
from services.api.web.doors import Door, Threshold
from services.api.web.envelope import Asked
from services.api.web.forms import PAGE, Form, Posted
from services.api.web.pages import page
from services.api.web.permissions import PROOF
from services.api.web.sessions import Db, Someone, provide_who, typed
from shared.usecases.browsers import Opened
from shared.usecases.drafts import keep_draft
from shared.usecases.proofs import Means, means_of, prove

WRONG = "密码或验证码不对，或者验证码已经用过。请核对后再填一次。"


class ProofForm(Form):
    """What shows who somebody is; `secret`, since no draft keeps it."""

    secret_proof = PasswordField(
        "您的密码，或者一个验证码",
        [filled("请填写密码，或者一个验证码")],
        description="验证码是手机验证码应用里的 6 位数字，或者一次性密码单上没有用过的一个。",
        render_kw={"autocomplete": "current-password", "maxlength": 200},
    )


class Unproven(HTTPException):
    """They are asked first: `sent` is what they had sent, `form` asks, `means` is what they can answer with."""

    status_code = 403

    def __init__(self, sent: Posted, form: ProofForm, means: Means) -> None:
        super().__init__()
        self.sent, self.form, self.means = sent, form, means

    @property
    def carried(self) -> Iterator[tuple[str, str]]:
        """What was sent, word for word, but for the page's own token and the answer to what is asked here."""
        asked = {"_csrf_token", ProofForm().secret_proof.name}
        return ((name, value) for name in self.sent if name not in asked for value in self.sent.getlist(name))


async def provide_proven(request: Asked, db: Db, door: Door) -> Someone:
    """Return who is signed in; where the handler asks for it, not before they have shown who they are."""
    found = await provide_who(request, db)
    if request.route_handler.opt.get(PROOF) and not found.signed_in.proven:
        await run_sync(_ask, door, found, Posted(await request.form()))
    return found


def asked_again(request: Asked, fault: Unproven) -> Response[str]:
    """Ask for the proof; who has nothing to show signs in again, and finds what was typed in its page."""
    # What is decided for good about a claim is never one's own.
    part = "/rounds" if request.url.path.startswith("/claims/") else ""
    return page(
        request,
        "proofs/show.html",
        422 if fault.form.faults else fault.status_code,
        part=part,
        form=fault.form,
        carried=fault.carried,
        action=request.url.path,
        means=fault.means,
        back=fault.sent.page or "/",
    )


def _ask(door: Threshold, who: Someone, sent: Posted) -> None:
    """Take the proof that came with what was sent, or ask for it."""
    form = ProofForm(sent)
    given = str(form.secret_proof.data or "")

    def way(session: Session, _: str) -> Opened | None:
        proven = prove(session, door.secret, who.token, given)
        return Opened(who.token, proven) if proven else None

    tried = form.secret_proof.name in sent
    if tried and door.tried(form, f"code {who.signed_in.person_id}", WRONG, way):
        return
    with who.acting(door.db) as session:
        means = means_of(session, who.signed_in)
        if sent.one(PAGE):
            keep_draft(session, who.actor, sent.page, typed(sent))
    raise Unproven(sent, form, means)
