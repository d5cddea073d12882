"""Officers below: a code to tell them in person, and a printed list for who has no telephone for codes."""

from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from services.api.web.doors import Secret
from services.api.web.envelope import Asked
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Who
from shared.authz.actions import Action
from shared.usecases.cards import hand_out_code
from shared.usecases.factors import print_codes
from shared.usecases.officers import officer_below, officers_below
from shared.usecases.places import instant

PRINT = for_action(Action.ACCOUNT_PRINT_CODES)


@get("/officers", opt=PRINT, sync_to_thread=True)
def officers(request: Asked, db: Db, who: Who) -> Response[str]:
    """List the officers of the units below."""
    with who.acting(db) as session:
        return page(request, "officers/list.html", officers=officers_below(session, who.actor))


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


HANDLERS = [officers, hand_code, print_list]
