"""Tokens: made by a person for their own program or for a county's, shown once, asked at every call, revoked."""

from base64 import urlsafe_b64decode
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import able, require
from shared.authz.policy import allows
from shared.db.clock import read_clock
from shared.db.session import enter
from shared.db.tokens import Token
from shared.db.units import Unit
from shared.domain.errors import Forbidden, Invalid, NotFound
from shared.domain.policies import overlay_of
from shared.domain.roles import need_factor
from shared.domain.tokens import MOST, PREFIX, SCOPES, check_token, in_words, widened
from shared.usecases.carry_out import remark
from shared.usecases.seats import actor_in, seats_of
from shared.usecases.sign_ins import digest_of, new_token

SERVICE = frozenset({"service"})

_FIND = text(
    "SELECT f.*, jifen.policy_of(:county, f.acts_in_id) AS policy FROM jifen.find_token(:county, :digest) f"
)
# On the day of its loss nobody would miss it: its commit waits for no disk.
_TOUCH = text("""
UPDATE token SET last_used_on = (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date
WHERE county_id = :county AND id = (
    SELECT id FROM token WHERE county_id = :county AND id = :id FOR UPDATE SKIP LOCKED)
RETURNING set_config('synchronous_commit', 'off', true)
""")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A token as its maker asks for it: for which program, to do what, for how many days."""

    name: str
    scopes: Collection[str]
    days: int


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose token this is, and who its program acts as."""

    id: UUID
    actor: Actor
    unit_name: str


@dataclass(frozen=True, slots=True)
class Held:
    """A token as its list shows it; the token itself is nowhere."""

    id: UUID
    name: str
    scopes: str
    made_at: datetime
    ends_at: datetime
    last_used_on: date | None
    unit_name: str


def offered_to(actor: Actor) -> list[str]:
    """Return the scopes that somebody has to give, in the order in which they are listed."""
    return [scope for scope in SCOPES if able(actor, scope)]


def offered_to_services() -> list[str]:
    """Return the scopes that a program of nobody's may have."""
    return [scope for scope in SCOPES if allows(SERVICE, scope)]


def make_token(session: Session, actor: Actor, wanted: Wanted, level: str) -> str:
    """Make a token for one's own program, in the seat in which one sits, and return it, this once.

    `level` is "full" where a second factor was given for it; without one it opens no office.
    """
    if actor.person_id is None or actor.acting_for is not None:
        raise Forbidden("代别人办理时不能做令牌，请先回到自己的身份。")
    if need_factor(actor.roles) and level != "full":
        raise Forbidden("有职务的同志做令牌要先输入验证码。")
    check_token(wanted.name, wanted.scopes, wanted.days, offered_to(actor))
    enter(session, actor.county_id, [actor.unit_id], actor.person_id)
    return _made(session, actor, actor.person_id, actor.unit_id, wanted, level)


def make_service_token(session: Session, actor: Actor, unit_id: UUID, wanted: Wanted) -> str:
    """Make a token for a county's program that is nobody's: it is told how the work stands, never points."""
    require(actor, Action.PROGRAM_ADMIT)
    if session.get(Unit, (actor.county_id, unit_id)) is None:
        raise NotFound("没有这个单位。")
    check_token(wanted.name, wanted.scopes, wanted.days, offered_to_services())
    return _made(session, actor, None, unit_id, wanted, "full")


def own_tokens(session: Session, actor: Actor) -> Sequence[Held]:
    """Return somebody's own tokens that still count, the newest first."""
    return _listed(session, select(Token).filter_by(county_id=actor.county_id, person_id=actor.person_id))


def service_tokens(session: Session, actor: Actor) -> Sequence[Held]:
    """Return the county's tokens that still count, the newest first."""
    require(actor, Action.PROGRAM_ADMIT)
    mine = select(Token).filter_by(county_id=actor.county_id, unit_id=actor.unit_id, person_id=None)
    return _listed(session, mine)


def revoke_token(session: Session, actor: Actor, token_id: UUID) -> None:
    """Let a token count no more: one's own, or a service's by who admits programs."""
    row = session.get(Token, (actor.county_id, token_id), with_for_update=True)
    own = row is not None and row.person_id is not None and row.person_id == actor.person_id
    admitted = row is not None and row.person_id is None and able(actor, Action.PROGRAM_ADMIT)
    if row is None or not (own or admitted):
        raise NotFound("没有这个令牌，可能已经作废。")
    if row.revoked_at is None:
        row.revoked_at = func.clock_timestamp()
        _note(session, actor, row, "revoke")


def holder_of(session: Session, token: str) -> Holder | None:
    """Return who this token's program acts as; nobody's unit is entered yet."""
    county_id = _county_of(token)
    row = session.execute(_FIND, {"county": county_id, "digest": digest_of(token)}).one_or_none()
    actor = _actor(county_id, row) if row is not None and row.standing == "live" else None
    if row is None or actor is None:
        return None
    if row.unused_today:
        enter(session, county_id, [row.unit_id], row.person_id)
        session.execute(_TOUCH, {"county": county_id, "id": row.id})
    return Holder(row.id, actor, row.acts_in)


def _actor(county_id: UUID, row: Row[Any]) -> Actor | None:
    """Return who acts: a person with the roles that they hold today, or a service."""
    only = widened(row.scopes.split(","))
    if row.person_id is None:
        return Actor(
            county_id, row.acts_in_id, None, row.name, SERVICE, only=only, roles_in_words=f"程序“{row.name}”"
        )
    seat = next((one for one in seats_of(row.seats) if one.unit_id == row.acts_in_id), None)
    if seat is None or (need_factor(seat.roles) and row.level != "full"):
        return None
    actor = actor_in(seat, county_id, row.person_id, row.person_name)
    return replace(actor, only=only, overlay=overlay_of(row.policy))


def _made(
    session: Session, actor: Actor, person_id: UUID | None, acts_in: UUID, wanted: Wanted, level: str
) -> str:
    held = own_tokens(session, actor) if person_id else service_tokens(session, actor)
    if len(held) >= MOST:
        raise Invalid(f"最多同时有 {MOST} 个令牌，请先作废不再用的。")
    token = PREFIX + new_token(actor.county_id)
    now = session.scalars(select(func.clock_timestamp())).one()
    row = Token(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        acts_in_id=acts_in,
        person_id=person_id,
        name=wanted.name.strip(),
        digest=digest_of(token),
        level=level,
        scopes=",".join(scope for scope in SCOPES if scope in wanted.scopes),
        made_by=actor.person_id,
        made_at=now,
        ends_at=now + timedelta(days=wanted.days),
    )
    session.add(row)
    session.flush()
    _note(session, actor, row, "make")
    return token


def _note(session: Session, actor: Actor, row: Token, command: str) -> None:
    said = f"{row.name}：{in_words(row.scopes.split(','))}"
    remark(session, actor, row, command, read_clock(session, actor.county_id), said)


def _listed(session: Session, whose: Any) -> Sequence[Held]:
    live = whose.where(Token.revoked_at.is_(None), Token.ends_at > func.clock_timestamp())
    rows = session.scalars(live.order_by(Token.made_at.desc(), Token.id)).all()
    return [_held(session, row) for row in rows]


def _held(session: Session, row: Token) -> Held:
    unit = session.get_one(Unit, (row.county_id, row.acts_in_id))
    said = in_words(row.scopes.split(","))
    return Held(row.id, row.name, said, row.made_at, row.ends_at, row.last_used_on, unit.name)


def _county_of(token: str) -> UUID:
    """Return the county that a token says it is of; for what is none, one that there is not, found as slowly."""
    try:
        return UUID(bytes=urlsafe_b64decode(token.removeprefix(PREFIX).encode())[:16])
    except ValueError:
        return UUID(int=0)
