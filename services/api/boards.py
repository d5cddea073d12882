"""Boards: the front door, a unit's board, and where a printed notice's short code leads."""

from io import BytesIO
from typing import Any

import segno
from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from services.api.web.acts import to
from services.api.web.chrome import note_place
from services.api.web.envelope import Asked
from services.api.web.pages import page
from services.api.web.permissions import OPEN, SIGNED_IN, WITHOUT_TOKEN, for_action
from services.api.web.reads import Reads
from services.api.web.sessions import STEPS, Db, Guest, Someone, Who
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import able
from shared.config import settings
from shared.domain.boards import countdown
from shared.usecases.boards import demonstration_counties, see_board, see_printed
from shared.usecases.places import Place, notice_place, read_only, unit_place, visit_as
from shared.usecases.summaries import see_summary

SEE = for_action(Action.BOARD_SEE)


@get("/", opt=OPEN, sync_to_thread=True)
def index(request: Asked, db: Db, guest: Guest) -> Response[str] | Redirect:
    """Lead whoever is signed in to where they begin; show strangers the way in, and demonstration counties."""
    if guest is not None:
        return to(_begins(guest))
    with db.begin() as session:
        read_only(session)
        counties = demonstration_counties(session)
    return page(request, "boards/index.html", counties=counties)


def _begins(someone: Someone) -> str:
    actor = someone.signed_in.actor
    if actor is None:
        return STEPS[someone.signed_in.awaits]
    if "relative" in actor.roles:
        return "/acting-for"
    return "/home" if actor.member_id is not None else "/desk"


@get("/board", opt=SIGNED_IN, sync_to_thread=True)
def own_board(who: Who) -> Redirect:
    """Lead to the board of the unit in which somebody is."""
    return to(f"/board/{who.actor.unit_id}")


@get("/board/{named:str}", opt=SEE, sync_to_thread=True)
def board(request: Asked, reads: Reads, guest: Guest, named: FromPath[str]) -> Response[str]:
    """Show a unit's board, by the unit's code or id."""
    actor = _actor(guest)
    with reads.begin() as session:
        read_only(session)
        place = unit_place(session, named)
        seen = see_board(session, visit_as(session, actor, place), place)
        note_place(request, session, place.county_id)
    return page(request, "boards/show.html", board=seen, countdown=countdown, **_home(actor, place))


@get("/board/{named:str}/{quarter:str}", opt=SEE, sync_to_thread=True)
def summary(
    request: Asked, reads: Reads, guest: Guest, named: FromPath[str], quarter: FromPath[str]
) -> Response[str]:
    """Show a quarter summed up from its months."""
    with reads.begin() as session:
        read_only(session)
        place = unit_place(session, named)
        seen = see_summary(session, visit_as(session, _actor(guest), place), place, quarter)
        note_place(request, session, place.county_id)
    return page(request, "summaries/show.html", summary=seen)


@get("/n/{code:str}", opt=SEE, sync_to_thread=True)
def printed(request: Asked, reads: Reads, guest: Guest, code: FromPath[str]) -> Response[str]:
    """Show whether the paper and the database still agree, and the notice itself while it hangs."""
    actor = _actor(guest)
    with reads.begin() as session:
        read_only(session)
        place = notice_place(session, code)
        seen = see_printed(session, visit_as(session, actor, place), place)
        note_place(request, session, place.county_id)
    return page(request, "boards/printed.html", printed=seen, countdown=countdown, **_home(actor, place))


@get("/n/{code:str}/qr.svg", opt={**SEE, WITHOUT_TOKEN: True}, sync_to_thread=True)
def qr(request: Asked, db: Db, code: FromPath[str]) -> Response[bytes]:
    """Draw the square that leads from a printed notice to its page."""
    with db.begin() as session:
        read_only(session)
        notice_place(session, code)
    base = (settings().address or str(request.base_url)).rstrip("/")
    drawn = BytesIO()
    segno.make(f"{base}/n/{code}", error="m").save(drawn, kind="svg", scale=4, border=4, light="#fff")
    headers = {"Cache-Control": "private, max-age=3600"}
    return Response(drawn.getvalue(), media_type="image/svg+xml", headers=headers)


def _actor(guest: Someone | None) -> Actor | None:
    return guest.signed_in.actor if guest else None


def _home(actor: Actor | None, place: Place) -> dict[str, Any]:
    """Return what leads from a row to its line: whether the reader belongs to the branch, and which is theirs.

    `inside` is also who may not see the lines of their own branch, as a relative.
    """
    inside = actor is not None and actor.unit_id == place.unit_id
    home = actor is not None and inside and able(actor, Action.BOARD_SEE)
    return {"inside": inside, "at_home": home, "mine": actor.member_id if actor is not None and home else None}


HANDLERS = [index, own_board, board, summary, printed, qr]
