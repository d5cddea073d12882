"""Seats: the units in which a person may act, and who they are there, for themselves or for a member (代办)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.authz.actor import Actor
from shared.domain.roles import in_words

# Who may act for any member of the branch; a group leader for those of the group, a relative for who named them.
FOR_ANYBODY = frozenset({"recorder", "office", "secretary", "contact"})


@dataclass(frozen=True, slots=True)
class Seat:
    """One unit in which a person may act, with all that they are there: `words` 松岗村党支部 · 支部书记、党员."""

    unit_id: UUID
    unit_name: str
    roles: frozenset[str]
    words: str
    member_id: UUID | None = None
    group_id: UUID | None = None
    department: str | None = None

    @property
    def rights(self) -> str:
        """The roles as a sign-in keeps them, to see when they have changed."""
        return ",".join(sorted(self.roles))


@dataclass(frozen=True, slots=True)
class Represented:
    """The member for whom somebody acts; `named` whether that member has named them."""

    member_id: UUID
    name: str
    unit_id: UUID
    group_id: UUID | None
    named: bool


def seats_of(found: Sequence[Mapping[str, Any]], first: UUID | None = None) -> tuple[Seat, ...]:
    """Return the seats that the database has found, the one that was chosen last before the others."""
    seats = [_seat(one) for one in found]
    return tuple(sorted(seats, key=lambda seat: seat.unit_id != first))


def may_represent(seat: Seat, member: Represented) -> bool:
    """Return whether somebody in this seat may act for the member."""
    if member.unit_id != seat.unit_id or member.member_id == seat.member_id:
        return False
    if seat.roles & FOR_ANYBODY or member.named:
        return True
    return "group_leader" in seat.roles and seat.group_id is not None and seat.group_id == member.group_id


def actor_in(seat: Seat, county_id: UUID, person_id: UUID, name: str) -> Actor:
    """Return who somebody is in a seat when they act for themselves."""
    return Actor(
        county_id=county_id,
        unit_id=seat.unit_id,
        person_id=person_id,
        name=name,
        roles=seat.roles,
        member_id=seat.member_id,
        group_id=seat.group_id,
        department=seat.department,
        roles_in_words=in_words(seat.roles),
    )


def actor_for(member: Represented, seat: Seat, county_id: UUID, person_id: UUID, name: str) -> Actor:
    """Return who somebody is when they act for a member: with the member's rights, none of their own office."""
    return Actor(
        county_id=county_id,
        unit_id=seat.unit_id,
        person_id=person_id,
        name=name,
        roles=frozenset({"member"}),
        member_id=member.member_id,
        group_id=member.group_id,
        acting_for=member.member_id,
        roles_in_words=f"代{member.name}办理",
    )


def _seat(found: Mapping[str, Any]) -> Seat:
    roles = frozenset(found["roles"])
    return Seat(
        unit_id=UUID(found["unit_id"]),
        unit_name=found["unit_name"],
        roles=roles,
        words=f"{found['unit_name']} · {in_words(roles)}",
        member_id=_id(found["member_id"]),
        group_id=_id(found["group_id"]),
        department=found["department"],
    )


def _id(written: str | None) -> UUID | None:
    return UUID(written) if written else None
