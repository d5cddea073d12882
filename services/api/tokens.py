"""Tokens: what somebody's own programs come with: made here, shown once, listed by their last use, revoked."""

from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import SelectField, StringField

from services.api.sign_ins import WRONG_CODE, CodeForm
from services.api.web.acts import to
from services.api.web.checks import filled, short
from services.api.web.doors import Door
from services.api.web.envelope import Asked
from services.api.web.fields import TicksField
from services.api.web.forms import Form, Posted, Sent
from services.api.web.pages import page
from services.api.web.permissions import SIGNED_IN
from services.api.web.sessions import Db, Someone, Who
from shared.domain.errors import Forbidden, Invalid
from shared.domain.roles import need_factor
from shared.domain.tokens import LONGEST_NAME, SCOPES
from shared.usecases.browsers import Opened, renew
from shared.usecases.factors import proves
from shared.usecases.sign_ins import recognise
from shared.usecases.tokens import Wanted, make_token, offered_to, own_tokens, revoke_token

DAYS = (("30", "30 天"), ("90", "90 天"), ("180", "半年"), ("365", "一年"))


class TokenForm(Form):
    """Which program may do what, for how long."""

    name = StringField(
        "给哪个程序用？",
        [filled("请写明给哪个程序用"), short(LONGEST_NAME)],
        description="例如：会议签到系统。",
        render_kw={"maxlength": LONGEST_NAME},
    )
    scopes = TicksField(
        "允许它做什么？",
        [filled("请至少选择一项允许它做的事")],
        validate_choice=False,
        description="只选它用得着的。它能做的不会比您自己多；您的职务变了，它也跟着变。",
    )
    days = SelectField("多久以后失效？", choices=DAYS)

    def offering(self, scopes: list[str]) -> "TokenForm":
        """Return the form with these scopes to choose from."""
        self.scopes.choices = [(scope, SCOPES[scope]) for scope in scopes]
        return self

    @property
    def wanted(self) -> Wanted:
        """What a valid form asks for."""
        return Wanted(self.name.data or "", self.scopes.data or [], int(self.days.data))


class ProvenForm(TokenForm, CodeForm):
    """With the second factor once more, of who has an office."""


@get("/account/tokens", opt=SIGNED_IN, sync_to_thread=True)
def tokens(request: Asked, db: Db, who: Who) -> Response[str]:
    """List one's own tokens, and offer to make another."""
    return _tokens(request, db, who, _form(who))


@post("/account/tokens", opt=SIGNED_IN, sync_to_thread=True)
def make(request: Asked, db: Db, door: Door, who: Who, sent: Sent) -> Response[str]:
    """Make a token and show it this once; the browser gets a new token of its own with it."""
    form, made = _form(who, sent), list[str]()

    def way(session: Session, _: str) -> Opened | None:
        signed_in = recognise(session, who.token)
        if signed_in is None:
            return None
        needed = need_factor(who.actor.roles)
        if needed and not proves(session, door.secret, signed_in, str(form["code"].data)):
            return None
        made.append(make_token(session, who.actor, form.wanted, "full" if needed else "password"))
        return renew(session, signed_in)

    try:
        opened = door.tried(form, f"code {who.signed_in.person_id}", WRONG_CODE, way)
    except (Forbidden, Invalid) as refusal:
        form.refuse(refusal)
        opened = None
    if opened is None:
        return _tokens(request, db, who, form, 422)
    answer = page(request, "tokens/made.html", token=made[0], name=form.wanted.name)
    for cookie in door.cookies(opened):
        answer.set_cookie(cookie)
    return answer


@post("/account/tokens/{token_id:uuid}/revoke", opt=SIGNED_IN, sync_to_thread=True)
def revoke(db: Db, who: Who, token_id: FromPath[UUID]) -> Redirect:
    """Let one's own token count no more."""
    with who.acting(db) as session:
        revoke_token(session, who.actor, token_id)
    return to("/account/tokens")


def _form(who: Someone, sent: Posted | None = None) -> TokenForm:
    kind = ProvenForm if need_factor(who.actor.roles) else TokenForm
    return kind(sent).offering(offered_to(who.actor))


def _tokens(request: Asked, db: Db, who: Someone, form: Form, status: int = 200) -> Response[str]:
    with who.acting(db) as session:
        held = own_tokens(session, who.actor)
    return page(request, "tokens/list.html", status, form=form, tokens=held, who=who)


HANDLERS = [tokens, make, revoke]
