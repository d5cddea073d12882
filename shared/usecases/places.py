"""Places: where an address leads before any tenant is known, and who somebody without a sign-in is there."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor, the_public, the_visitor
from shared.authz.gate import able
from shared.db.clock import read_clock
from shared.db.session import enter
from shared.db.units import Unit, level_above
from shared.domain.errors import NotFound

_UNIT = text("SELECT * FROM jifen.find_unit(:named)")
_NOTICE = text("SELECT * FROM jifen.find_notice(:named)")
_MEMBER = text("SELECT * FROM jifen.find_member(:named)")
_FILING = text("SELECT * FROM jifen.find_filing(:named)")
_DEMONSTRATIONS = text("SELECT county_id FROM jifen.demonstrations()")
_READ_ONLY = text("SET TRANSACTION READ ONLY")


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a unit; for a filing, the unit is the one that it was sent to."""

    county_id: UUID
    unit_id: UUID
    id: UUID
    demonstration: bool


def unit_place(session: Session, named: str) -> Place:
    """Return the unit of this code, or of this id; NotFound for none, and for a code that several have."""
    return _found(session, _UNIT, named, "没有这个单位，或者有几个单位用同一个编码。请核对网址。")


def notice_place(session: Session, code: str) -> Place:
    """Return the posted notice with this short code."""
    return _found(session, _NOTICE, code.strip().lower(), "没有编号为这个短码的公示。请核对公示上印的短码。")


def member_place(session: Session, member_id: UUID) -> Place:
    """Return a member's branch."""
    return _found(session, _MEMBER, member_id, "没有这份明细表。")


def filing_place(session: Session, filing_id: UUID) -> Place:
    """Return the unit that a filing was sent to."""
    return _found(session, _FILING, filing_id, "没有这份备案材料。")


def demonstrations(session: Session) -> list[Place]:
    """Return the demonstration counties of this installation."""
    counties = session.scalars(_DEMONSTRATIONS)
    return [Place(county_id, county_id, county_id, True) for county_id in counties]


def visit(session: Session, place: Place) -> Actor:
    """Enter the place for the rest of this transaction, to read only, as somebody who has not signed in.

    In a demonstration county, where everybody is made up, that is the visitor, who sees everything; in a real
    one the public, who sees public boards and nothing else.
    """
    enter(session, place.county_id, [place.unit_id])
    return (the_visitor if place.demonstration else the_public)(place.county_id, place.unit_id)


def visit_as(session: Session, actor: Actor | None, place: Place) -> Actor:
    """Enter a place, to read only, as whoever has signed in there or above it, anybody else as a visitor."""
    if actor is None or actor.county_id != place.county_id or not able(actor, Action.BOARD_SEE):
        return visit(session, place)
    enter(session, place.county_id, [place.unit_id], actor.person_id)
    return actor if _lies_under(session, place, actor.unit_id) else visit(session, place)


def _lies_under(session: Session, place: Place, unit_id: UUID) -> bool:
    at = session.get(Unit, (place.county_id, place.unit_id))
    while at is not None and at.id != unit_id:
        at = level_above(session, place.county_id, at.id)
    return at is not None


def visit_demonstration(session: Session, place: Place) -> Actor:
    """Enter a place whose pages need a sign-in elsewhere; to a stranger a real one does not exist."""
    if not place.demonstration:
        raise NotFound("没有这一页，或者要登录以后才能看。")
    return visit(session, place)


def enter_as(session: Session, actor: Actor) -> None:
    """Enter the unit in which somebody acts, for the rest of this transaction."""
    enter(session, actor.county_id, [actor.unit_id], actor.person_id)


def instant(session: Session, actor: Actor) -> datetime:
    """Return the county's instant at this very moment."""
    return read_clock(session, actor.county_id)


def read_only(session: Session) -> None:
    """Let the database itself refuse any writing in this transaction; called before anything is read."""
    session.execute(_READ_ONLY)


def _found(session: Session, query: TextClause, named: str | UUID, otherwise: str) -> Place:
    rows = session.execute(query, {"named": named}).all()
    if len(rows) != 1:
        raise NotFound(otherwise)
    return Place(*rows[0])
