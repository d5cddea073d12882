"""Unit periods: a county's units under the names and in the places of a day, for reports on what lies behind."""

from collections.abc import Callable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.units import Unit, tree_on
from shared.domain.errors import NotFound
from shared.domain.periods import Period
from shared.domain.units import Standing

Units = Mapping[UUID, Unit]


def units_now(session: Session, county_id: UUID) -> dict[UUID, Unit]:
    """Return the county's units as they are."""
    return {unit.id: unit for unit in session.scalars(select(Unit).filter_by(county_id=county_id))}


def units_on(session: Session, units: Units, county_id: UUID, day: date) -> dict[UUID, Unit]:
    """Return the units with their names and places of a day; who did not stand then is as now."""
    stood = tree_on(session, county_id, day)
    return {one.id: _as_it_stood(one, stood[one.id]) if one.id in stood else one for one in units.values()}


def by_period(session: Session, units: Units, county_id: UUID) -> Callable[[str], Units]:
    """Return what gives the units as they stood on the last day of a period, asked once for each."""
    known: dict[date, Units] = {}

    def of(period: str) -> Units:
        day = Period.parse(period).last
        if day not in known:
            known[day] = units_on(session, units, county_id, day)
        return known[day]

    return of


def unit_below(units: Units, actor: Actor, unit_id: UUID) -> Unit:
    """Return the actor's unit or one that lies below it; NotFound for any other."""
    if not lies_under(units, unit_id, actor.unit_id):
        raise NotFound("没有这个单位，或者它不在您所在单位之下。")
    return units[unit_id]


def lies_under(units: Units, unit_id: UUID, top: UUID) -> bool:
    """Whether a unit is `top` or lies below it."""
    at: UUID | None = unit_id
    while at is not None and at != top:
        at = units[at].parent_id if at in units else None
    return at == top


def under(units: Units, top: UUID) -> set[UUID]:
    """Return the units that are `top` or lie below it, for whoever asks of many."""
    children: dict[UUID | None, list[UUID]] = {}
    for one in units.values():
        children.setdefault(one.parent_id, []).append(one.id)
    found, ahead = {top}, [top]
    while ahead:
        below = children.get(ahead.pop(), [])
        found.update(below)
        ahead += below
    return found


def _as_it_stood(unit: Unit, standing: Standing) -> Unit:
    if (unit.name, unit.parent_id) == (standing.name, standing.parent_id):
        return unit
    # A copy that belongs to no session: what it says is never written.
    return Unit(
        county_id=unit.county_id,
        id=unit.id,
        parent_id=standing.parent_id,
        kind=str(standing.kind),
        name=standing.name,
        code=unit.code,
        telephone=unit.telephone,
        address=unit.address,
        demonstration=unit.demonstration,
        since=unit.since,
        until=unit.until,
    )
