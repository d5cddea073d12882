"""Browsers in which people are signed in: begun, moved to a seat, ended. Each change makes a new token."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from shared.db.accounts import Account
from shared.db.session import enter
from shared.db.sign_ins import SignIn
from shared.domain.errors import NotFound, NotNow
from shared.usecases.sign_ins import SignedIn, digest_of, new_token, recognise

LONGEST, IDLE = timedelta(hours=12), timedelta(minutes=30)
MOST = 5


@dataclass(frozen=True, slots=True)
class Opened:
    """A new token, told to the browser and kept nowhere, and whom it is recognised as."""

    token: str
    signed_in: SignedIn


@dataclass(frozen=True, slots=True)
class OwnSignIn:
    """One browser in which somebody is signed in; `here` is the one that asks."""

    id: UUID
    device: str
    made_at: datetime
    seen_at: datetime
    here: bool


def begin(session: Session, account: Account, means: str, device: str, level: str = "password") -> Opened:
    """Sign somebody in on a browser; of more than five the one unused for longest ends. With one seat they sit."""
    enter(session, account.county_id, [account.unit_id], account.person_id)
    token = new_token(account.county_id)
    opened = SignIn(
        county_id=account.county_id,
        unit_id=account.unit_id,
        person_id=account.person_id,
        digest=digest_of(token),
        means=means,
        level=level,
        device=device[:200],
        made_at=func.clock_timestamp(),
        seen_at=func.clock_timestamp(),
        ends_at=func.clock_timestamp() + LONGEST,
    )
    session.add(opened)
    session.flush()
    surplus = _live(account.county_id, account.person_id).offset(MOST)
    for forgotten in session.scalars(surplus):
        forgotten.ended_at = func.clock_timestamp()
    return settled(session, token)


def renew(session: Session, signed_in: SignedIn, **changes: Any) -> Opened:
    """Change a sign-in and give it a new token: from here on the old one is nobody's."""
    token = new_token(signed_in.county_id)
    row = session.get_one(SignIn, (signed_in.county_id, signed_in.id), with_for_update=True)
    row.digest = digest_of(token)
    for name, value in changes.items():
        setattr(row, name, value)
    session.flush()
    return settled(session, token)


def settled(session: Session, token: str) -> Opened:
    """Return who this token is now; somebody with one seat needs not be asked for it."""
    signed_in = whose(session, token)
    if signed_in.awaits == "seat" and len(signed_in.seats) == 1:
        return choose_seat(session, token, signed_in.seats[0].unit_id)
    return Opened(token, signed_in)


def choose_seat(session: Session, token: str, unit_id: UUID) -> Opened:
    """Let somebody act in one of their seats from now on, for themselves."""
    signed_in = whose(session, token)
    seat = next((seat for seat in signed_in.seats if seat.unit_id == unit_id), None)
    if seat is None or signed_in.awaits not in {"", "seat"}:
        raise NotFound("您在这个单位没有职务，也不是那里的党员。")
    enter(session, signed_in.county_id, [unit_id], signed_in.person_id)
    own = select(Account).filter_by(county_id=signed_in.county_id, person_id=signed_in.person_id)
    session.scalars(own).one().last_seat_id = unit_id
    return renew(session, signed_in, unit_id=unit_id, roles=seat.rights, for_member_id=None)


def sign_out(session: Session, token: str) -> None:
    """End the sign-in of this token, if it is anybody's."""
    signed_in = recognise(session, token)
    if signed_in is not None:
        end_sign_in(session, signed_in, signed_in.id)


def own_sign_ins(session: Session, signed_in: SignedIn) -> list[OwnSignIn]:
    """Return the browsers in which this person is signed in, the last used first."""
    return [
        OwnSignIn(row.id, row.device, row.made_at, row.seen_at, row.id == signed_in.id)
        for row in session.scalars(_live(signed_in.county_id, signed_in.person_id))
    ]


def end_sign_in(session: Session, signed_in: SignedIn, sign_in_id: UUID) -> None:
    """End one of one's own sign-ins; NotFound for anybody else's."""
    row = session.get(SignIn, (signed_in.county_id, sign_in_id))
    if row is None or row.person_id != signed_in.person_id:
        raise NotFound("没有这次登录，可能已经退出了。")
    row.ended_at = row.ended_at or func.clock_timestamp()


def end_others(session: Session, county_id: UUID, person_id: UUID, but: UUID | None = None) -> None:
    """End every sign-in of a person except one; the transaction must show that person's own rows."""
    for row in session.scalars(_live(county_id, person_id)):
        if row.id != but:
            row.ended_at = func.clock_timestamp()


def whose(session: Session, token: str) -> SignedIn:
    """Return who this token is; NotNow where it is nobody's any more."""
    signed_in = recognise(session, token)
    if signed_in is None:
        raise NotNow("登录已经结束，请重新登录。")
    return signed_in


def _live(county_id: UUID, person_id: UUID) -> Select[tuple[SignIn]]:
    return (
        select(SignIn)
        .filter_by(county_id=county_id, person_id=person_id, ended_at=None)
        .where(SignIn.ends_at > func.clock_timestamp())
        .where(SignIn.seen_at > func.clock_timestamp() - IDLE)
        .order_by(SignIn.seen_at.desc(), SignIn.made_at.desc())
    )
