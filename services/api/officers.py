"""Officers below: a code to tell them in person, a printed list for who has no telephone, an account closed."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from services.api.web.acts import attempt
from services.api.web.doors import Secret
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.leaves import leaf
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.usecases.accounts import disable, disabled_since, enable
from shared.usecases.cards import hand_out_code
from shared.usecases.factors import print_codes
from shared.usecases.officers import officer_below, officers_below
from shared.usecases.places import instant

PRINT, DISABLE = for_action(Action.ACCOUNT_PRINT_CODES), for_action(Action.ACCOUNT_DISABLE)


@get("/officers", opt=PRINT, sync_to_thread=True)
def officers(request: Asked, db: Db, who: Who) -> Response[str]:
    """List the officers of the units below."""
    with who.acting(db) as session:
        found = officers_below(session, who.actor)
    return page(request, "officers/list.html", officers=leaf(request, found, "/officers"))


@post("/officers/{person_id:uuid}/code", opt=for_action(Action.ACCOUNT_HAND_CODE), sync_to_thread=True)
def hand_code(request: Asked, db: Db, who: Who, secret: Secret, person_id: FromPath[UUID]) -> Response[str]:
    """Show a code to tell the officer in person, once."""
    with who.acting(db) as session:
        officer = officer_below(session, who.actor, person_id)
        code = hand_out_code(session, secret, who.actor, person_id, instant(session, who.actor))
        return page(request, "officers/code.html", officer=officer, code=code)


@post("/officers/{person_id:uuid}/codes", opt=PRINT, sync_to_thread=True)
def print_list(request: Asked, db: Db, who: Who, secret: Secret, person_id: FromPath[UUID]) -> Response[str]:
    """Show a list of codes to print, once; the list before it opens nothing any more."""
    with who.acting(db) as session:
        officer = officer_below(session, who.actor, person_id)
        codes = print_codes(session, secret, who.actor, person_id, instant(session, who.actor))
        return page(request, "officers/codes.html", officer=officer, codes=codes)


@get("/officers/{person_id:uuid}/account", opt=DISABLE, sync_to_thread=True)
def account(request: Asked, db: Db, who: Who, person_id: FromPath[UUID]) -> Response[str]:
    """Ask whether an account is to be closed, or a closed one opened again."""
    return _account(request, db, who, person_id, Form())


@post("/officers/{person_id:uuid}/disable", opt=DISABLE, sync_to_thread=True)
def close(request: Asked, db: Db, who: Who, sent: Sent, person_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Close an account: whoever is signed in to it is signed out."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        disable(session, who.actor, person_id, now)
        return f"/officers/{person_id}/account"

    return attempt(db, who, form, act) or _account(request, db, who, person_id, form)


@post("/officers/{person_id:uuid}/enable", opt=DISABLE, sync_to_thread=True)
def reopen(request: Asked, db: Db, who: Who, sent: Sent, person_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Open a closed account again."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        enable(session, who.actor, person_id, now)
        return f"/officers/{person_id}/account"

    return attempt(db, who, form, act) or _account(request, db, who, person_id, form)


def _account(request: Asked, db: Db, who: Someone, person_id: UUID, form: Form) -> Response[str]:
    with who.acting(db) as session:
        officer = officer_below(session, who.actor, person_id)
        since = disabled_since(session, who.actor, person_id)
    return page(
        request, "officers/account.html", 422 if form.faults else 200, officer=officer, since=since, form=form
    )


HANDLERS = [officers, hand_code, print_list, account, close, reopen]
