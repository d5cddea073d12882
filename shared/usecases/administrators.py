"""Administrators: how the three sign in to the panel, with a second factor always, and what they see there."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.units import subtree
from shared.domain.errors import Forbidden
from shared.domain.roles import ADMINISTRATORS, in_words
from shared.usecases.accounts import sign_in
from shared.usecases.browsers import Opened, choose_seat
from shared.usecases.factors import give_code
from shared.usecases.seats import Seat
from shared.usecases.sign_ins import SignedIn, recognise

# Half as long as other people's: who administers does not leave a screen open.
_PUT_OFF = text("""
UPDATE sign_in SET ends_at = least(made_at + interval '12 hours', clock_timestamp() + interval '15 minutes')
WHERE county_id = :county AND id = :id
""")


@dataclass(frozen=True, slots=True)
class Administrator:
    """One of the three, at their unit: the actor has that role and no other; `unit_ids` lie under them."""

    actor: Actor
    county_name: str
    unit_name: str
    unit_ids: tuple[UUID, ...]


def begin_as_administrator(session: Session, name: str, password: str, device: str) -> Opened | None:
    """Take the password; None for a wrong one as for nobody. Forbidden for who is none of the three."""
    opened = sign_in(session, name, password, device)
    if opened is None:
        return None
    _seat(opened.signed_in)
    if opened.signed_in.awaits == "setup":
        raise Forbidden("您还没有设置手机验证码。请先在积分网站登录，按提示设置好，再来管理后台。")
    return _put_off(session, opened)


def let_administrator_in(session: Session, secret: bytes, token: str, code: str) -> Opened | None:
    """Take the second factor, and seat them where they administer; None for a wrong code."""
    opened = give_code(session, secret, token, code)
    if opened is None:
        return None
    if opened.signed_in.awaits == "password":
        raise Forbidden("您的密码需要先换成自己的。请先在积分网站登录，换好密码，再来管理后台。")
    return _put_off(session, choose_seat(session, opened.token, _seat(opened.signed_in).unit_id))


def administrator(session: Session, token: str) -> Administrator | None:
    """Return who holds this token, if they are one of the three and gave all; a quarter of an hour more."""
    signed_in = recognise(session, token)
    if signed_in is None or signed_in.actor is None or signed_in.seat is None or signed_in.means != "password":
        return None
    roles = signed_in.actor.roles & frozenset(ADMINISTRATORS)
    if not roles:
        return None
    session.execute(_PUT_OFF, {"county": signed_in.county_id, "id": signed_in.id})
    return Administrator(
        replace(signed_in.actor, roles=roles, roles_in_words=in_words(roles)),
        signed_in.county_name,
        signed_in.seat.unit_name,
        tuple(subtree(session, signed_in.county_id, signed_in.seat.unit_id)),
    )


def _seat(signed_in: SignedIn) -> Seat:
    found = next((seat for seat in signed_in.seats if not seat.roles.isdisjoint(ADMINISTRATORS)), None)
    if found is None:
        raise Forbidden("管理后台只给系统管理员、安全管理员和审计管理员用。办理积分，请到积分网站登录。")
    return found


def _put_off(session: Session, opened: Opened) -> Opened:
    session.execute(_PUT_OFF, {"county": opened.signed_in.county_id, "id": opened.signed_in.id})
    return opened
