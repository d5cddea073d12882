"""Sign-ins: who holds a browser's token, where they act, and what is still wanted of them."""

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.session import enter
from shared.domain.policies import overlay_of
from shared.domain.roles import need_factor
from shared.usecases.seats import Represented, Seat, actor_for, actor_in, may_represent, seats_of

# With what the seat's unit arranges otherwise, in the same trip: in force on the next request.
_FIND = text(
    "SELECT f.*, jifen.policy_of(:county, f.unit_id) AS policy FROM jifen.find_sign_in(:county, :digest) f"
)
# Whoever else is touching it says the same: nobody waits.
_TOUCH = text("""
UPDATE sign_in SET seen_at = clock_timestamp() WHERE county_id = :county AND id = (
    SELECT id FROM sign_in WHERE county_id = :county AND id = :id FOR UPDATE SKIP LOCKED)
""")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in. `awaits` is what is still wanted of them before they may act:

    "" nothing, "code" the second factor, "setup" to set one up, "password" to change it, "seat" to choose one.
    `actor` is who they are in the seat that they chose, None until nothing is awaited; `for_name` the member's
    name when they act for somebody (代办). `proven` says that they have shown who they are in the last 15 minutes.
    """

    id: UUID
    county_id: UUID
    county_name: str
    demonstration: bool
    person_id: UUID
    person_name: str
    means: str
    awaits: str
    seats: tuple[Seat, ...]
    seat: Seat | None
    actor: Actor | None
    for_name: str
    proven: bool


def recognise(session: Session, token: str) -> SignedIn | None:
    """Return who holds this token, and enter their unit for the rest of this transaction; None for nobody.

    Each use puts off the end of half an hour's idleness; noted at most once a minute.
    """
    county_id, row = _find(session, token)
    if row is None or row.standing != "live":
        return None
    signed_in = _signed_in(county_id, row)
    enter(session, county_id, [signed_in.actor.unit_id] if signed_in.actor else [], row.person_id)
    if row.unseen:
        session.execute(_TOUCH, {"county": county_id, "id": row.id})
    return signed_in


def expired_owner(session: Session, token: str) -> Actor | None:
    """Return who held a token that has run out by itself, so that what they were typing can be kept for them."""
    county_id, row = _find(session, token)
    if row is None or row.standing != "expired":
        return None
    actor = _signed_in(county_id, row).actor
    if actor is not None:
        enter(session, county_id, [actor.unit_id], row.person_id)
    return actor


def new_token(county_id: UUID) -> str:
    """Return a token of 256 random bits; it says its county, so that one county's index finds it."""
    return urlsafe_b64encode(county_id.bytes + secrets.token_bytes(32)).decode()


def digest_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _find(session: Session, token: str) -> tuple[UUID, Row[Any] | None]:
    try:
        county_id = UUID(bytes=urlsafe_b64decode(token.encode())[:16])
    except ValueError:
        return UUID(int=0), None
    found = session.execute(_FIND, {"county": county_id, "digest": digest_of(token)}).one_or_none()
    return county_id, found


def _signed_in(county_id: UUID, row: Row[Any]) -> SignedIn:
    seats = seats_of(row.seats, row.last_seat_id)
    seat = next((one for one in seats if one.unit_id == row.unit_id and one.rights == row.roles), None)
    awaits = _awaits(row, seats)
    actor = _actor(county_id, row, seat) if seat and not awaits else None
    return SignedIn(
        id=row.id,
        county_id=county_id,
        county_name=row.county_name,
        demonstration=row.demonstration,
        person_id=row.person_id,
        person_name=row.person_name,
        means=row.means,
        # Rights that changed, or a member who may no longer be acted for: they choose anew, under a new token.
        awaits=awaits or ("" if actor else "seat"),
        seats=seats,
        seat=seat if actor else None,
        actor=actor,
        for_name=row.for_name if actor and row.for_name else "",
        proven=row.proven,
    )


def _awaits(row: Row[Any], seats: tuple[Seat, ...]) -> str:
    held = frozenset[str]().union(*(seat.roles for seat in seats))
    if row.level != "full" and need_factor(held):
        return "code" if row.has_factor else "setup"
    return "password" if row.must_change else ""


def _actor(county_id: UUID, row: Row[Any], seat: Seat) -> Actor | None:
    if row.for_member_id is None:
        return replace(actor_in(seat, county_id, row.person_id, row.person_name), overlay=overlay_of(row.policy))
    member = Represented(row.for_member_id, row.for_name, row.for_unit_id, row.for_group_id, row.for_named)
    if not may_represent(seat, member):
        return None
    return actor_for(member, seat, county_id, row.person_id, row.person_name)
