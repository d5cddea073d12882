"""Programs: a county's own, admitted by its system administrator: service tokens, and addresses told of events."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import StringField

from services.api.tokens import TokenForm
from services.api.web.acts import attempt, to
from services.api.web.checks import filled, short
from services.api.web.envelope import Asked
from services.api.web.fields import TicksField
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.config import settings
from shared.domain.webhooks import EVENTS, LONGEST_ADDRESS
from shared.usecases.places import instant
from shared.usecases.tellings import dead_tellings, tell_again
from shared.usecases.tokens import make_service_token, offered_to_services, revoke_token, service_tokens
from shared.usecases.webhooks import add_webhook, end_webhook, renew_secret, webhooks_of

ADMIT = for_action(Action.PROGRAM_ADMIT)
HERE = "/programs"


class WebhookForm(Form):
    """Which address is told of which events."""

    address = StringField(
        "通知到哪个网址？",
        [filled("请填写网址"), short(LONGEST_ADDRESS)],
        description="以 https:// 开头。收到的内容只有编号和状态，没有姓名和分数。",
        render_kw={"maxlength": LONGEST_ADDRESS, "inputmode": "url"},
    )
    events = TicksField(
        "哪些事件？", [filled("请至少选择一种事件")], validate_choice=False, choices=list(EVENTS.items())
    )


@get("/programs", opt=ADMIT, sync_to_thread=True)
def programs(request: Asked, db: Db, who: Who) -> Response[str]:
    """Show the county's programs, and what could not be told to them."""
    return _programs(request, db, who, _token_form(), WebhookForm())


@post("/programs/tokens", opt=ADMIT, sync_to_thread=True)
def make(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Make a service's token and show it this once."""
    form, made = TokenForm(sent).offering(offered_to_services()), list[str]()

    def act(session: Session, _: datetime) -> str:
        made.append(make_service_token(session, who.actor, who.actor.unit_id, form.wanted))
        return HERE

    done = attempt(db, who, form, act)
    if made:
        return page(request, "programs/made.html", secret=made[0], name=form.wanted.name)
    return done or _programs(request, db, who, form, WebhookForm(), 422)


@post("/programs/tokens/{token_id:uuid}/revoke", opt=ADMIT, sync_to_thread=True)
def revoke(db: Db, who: Who, token_id: FromPath[UUID]) -> Redirect:
    """Let a service's token count no more."""
    with who.acting(db) as session:
        revoke_token(session, who.actor, token_id)
    return to(HERE)


@post("/programs/webhooks", opt=ADMIT, sync_to_thread=True)
def add(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Have an address told of events, and show the secret that signs them this once."""
    form, made = WebhookForm(sent), list[str]()
    address, private = (form.address.data or "").strip(), settings().webhooks_private

    def act(session: Session, now: datetime) -> str:
        events = form.events.data or []
        made.append(add_webhook(session, who.actor, _sealing(), address, events, private, now))
        return HERE

    done = attempt(db, who, form, act)
    if made:
        return page(request, "programs/made.html", secret=made[0], name=address)
    return done or _programs(request, db, who, _token_form(), form, 422)


@post("/programs/webhooks/{webhook_id:uuid}/secret", opt=ADMIT, sync_to_thread=True)
def renew(request: Asked, db: Db, who: Who, sent: Sent, webhook_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Sign with a new secret from now on, and show it this once."""
    form, made = Form(sent), list[str]()

    def act(session: Session, now: datetime) -> str:
        made.append(renew_secret(session, who.actor, _sealing(), webhook_id, now))
        return HERE

    done = attempt(db, who, form, act)
    if made:
        return page(request, "programs/made.html", secret=made[0], name="新的签名密钥")
    return done or _programs(request, db, who, _token_form(), WebhookForm(), 422)


@post("/programs/webhooks/{webhook_id:uuid}/end", opt=ADMIT, sync_to_thread=True)
def end(db: Db, who: Who, webhook_id: FromPath[UUID]) -> Redirect:
    """Tell an address nothing more."""
    with who.acting(db) as session:
        end_webhook(session, who.actor, webhook_id, instant(session, who.actor))
    return to(HERE)


@post("/programs/tellings/{telling_id:uuid}/again", opt=ADMIT, sync_to_thread=True)
def again(db: Db, who: Who, telling_id: FromPath[UUID]) -> Redirect:
    """Try once more what was given up."""
    with who.acting(db) as session:
        tell_again(session, who.actor, telling_id, instant(session, who.actor))
    return to(HERE)


def _sealing() -> bytes:
    return (settings().webhooks_secret or "").encode()


def _token_form() -> TokenForm:
    return TokenForm().offering(offered_to_services())


def _programs(
    request: Asked, db: Db, who: Someone, form: TokenForm, webhook: WebhookForm, status: int = 200
) -> Response[str]:
    with who.acting(db) as session:
        shown: dict[str, Any] = {
            "tokens": service_tokens(session, who.actor),
            "webhooks": webhooks_of(session, who.actor),
            "dead": dead_tellings(session, who.actor),
        }
    return page(request, "programs/list.html", status, form=form, webhook=webhook, events=EVENTS, **shown)


HANDLERS = [programs, make, revoke, add, renew, end, again]
