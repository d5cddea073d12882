"""Seats: in which unit somebody acts, and for whom (代办)."""

from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from services.api.web.doors import Door
from services.api.web.envelope import Asked
from services.api.web.forms import Posted, Sent, local
from services.api.web.leaves import leaf
from services.api.web.pages import page
from services.api.web.permissions import SIGNED_IN, for_action
from services.api.web.sessions import Db, Who
from shared.authz.actions import Action
from shared.domain.errors import NotFound
from shared.usecases.browsers import choose_seat
from shared.usecases.places import instant
from shared.usecases.proxies import act_for, act_for_oneself, to_act_for


@get("/seats", opt=SIGNED_IN, sync_to_thread=True)
def seats(request: Asked, who: Who, back: FromQuery[str] = "/") -> Response[str]:
    """Ask in which unit, with what they are there, somebody wants to act."""
    there = who.signed_in
    return page(request, "sign_ins/seats.html", seats=there.seats, chosen=there.seat, back=local(back))


@post("/seats", opt=SIGNED_IN, sync_to_thread=True)
def sit(door: Door, who: Who, sent: Sent) -> Redirect:
    """Act there from now on."""
    with door.db.begin() as session:
        opened = choose_seat(session, who.token, _id(sent, "unit"))
    return door.onward(opened, sent.one("back"))


@get("/acting-for", opt=for_action(Action.PROXY_ACT), sync_to_thread=True)
def choose_member(request: Asked, db: Db, who: Who) -> Response[str]:
    """Ask for which member somebody wants to act."""
    with who.acting(db) as session:
        members = to_act_for(session, who.signed_in, instant(session, who.actor))
    return page(request, "sign_ins/acting_for.html", members=leaf(request, members, "/acting-for"))


@post("/acting-for", opt=for_action(Action.PROXY_ACT), sync_to_thread=True)
def begin_for(door: Door, who: Who, sent: Sent) -> Redirect:
    """Act for a member from now on."""
    with door.db.begin() as session:
        opened = act_for(session, who.token, _id(sent, "member"), instant(session, who.actor))
    return door.onward(opened)


@post("/acting-for/end", opt=SIGNED_IN, sync_to_thread=True)
def end_for(door: Door, who: Who) -> Redirect:
    """Act for oneself again."""
    with door.db.begin() as session:
        opened = act_for_oneself(session, who.token)
    return door.onward(opened)


def _id(sent: Posted, name: str) -> UUID:
    try:
        return UUID(sent.one(name))
    except ValueError:
        raise NotFound("没有选中任何一项，请返回上一页重新选择。") from None


HANDLERS = [seats, sit, choose_member, begin_for, end_for]
