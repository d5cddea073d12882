"""Units: found a county, add the units below it and their groups."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.db.clock import MovedClock
from shared.db.session import enter
from shared.db.units import Group, Unit
from shared.domain.units import UnitKind
from shared.usecases.carry_out import remark


def found_county(session: Session, actor: Actor, name: str, code: str, demonstration: bool, now: datetime) -> Unit:
    """Create a county, empty. `actor.county_id` becomes its id. A demonstration's clock stands at `now`."""
    require(actor, Action.UNIT_FOUND)
    enter(session, actor.county_id, [actor.county_id])
    county = Unit(
        county_id=actor.county_id,
        id=actor.county_id,
        kind=UnitKind.COUNTY,
        name=name,
        code=code,
        demonstration=demonstration,
    )
    session.add(county)
    session.flush()
    if demonstration:
        session.add(MovedClock(county_id=county.id, stands_at=now, set_at=now, runs=False))
    remark(session, actor, county, "found", now)
    return county


def add_unit(
    session: Session,
    actor: Actor,
    parent_id: UUID,
    kind: UnitKind,
    name: str,
    code: str,
    telephone: str,
) -> Unit:
    """Create a unit below another; `code` is unique in the county and leads to its board."""
    require(actor, Action.UNIT_FOUND)
    unit = Unit(
        county_id=actor.county_id, parent_id=parent_id, kind=kind, name=name, code=code, telephone=telephone
    )
    session.add(unit)
    session.flush()
    return unit


def add_group(session: Session, actor: Actor, unit_id: UUID, number: int, name: str) -> Group:
    """Create a party group of a branch."""
    require(actor, Action.UNIT_FOUND)
    group = Group(county_id=actor.county_id, unit_id=unit_id, number=number, name=name)
    session.add(group)
    session.flush()
    return group
