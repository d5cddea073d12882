"""Trees: the units below the acting one as they stood on a day, and one of them with its past."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.db.clock import read_clock
from shared.db.reorganisations import Reorganisation
from shared.db.units import Unit, periods_of, tree_on
from shared.domain.errors import NotFound
from shared.domain.units import WORDS, Standing, UnitKind
from shared.domain.windows import local_day
from shared.usecases.terms import Ending, ending_soon
from shared.usecases.unit_periods import unit_below


@dataclass(frozen=True, slots=True)
class Place:
    """A unit in the tree of a day; `now_named` where it is called otherwise today, `gone` where it is no more."""

    unit_id: UUID
    name: str
    kind: str
    code: str
    depth: int
    below: int
    now_named: str
    gone: bool


@dataclass(frozen=True, slots=True)
class Tree:
    """The tree below a unit on a day, with what is decided for later and what ends soon."""

    unit: Unit
    day: date
    today: date
    places: Sequence[Place]
    planned: Sequence[tuple[Reorganisation, str]]
    endings: Sequence[Ending]


@dataclass(frozen=True, slots=True)
class UnitPage:
    """A unit with what it has been, the newest first, and what was decided about it; `names` of all units."""

    unit: Unit
    kind: str
    above: Unit | None
    today: date
    periods: Sequence[Standing]
    decisions: Sequence[Reorganisation]
    names: Mapping[UUID, str]


def see_tree(session: Session, actor: Actor, day: date | None = None) -> Tree:
    """Return the units from the acting one down, as they stood on a day, by default today."""
    require(actor, Action.UNIT_SEE)
    units = _units(session, actor)
    today = local_day(read_clock(session, actor.county_id))
    stood = tree_on(session, actor.county_id, day or today)
    planned = select(Reorganisation).filter_by(county_id=actor.county_id, unit_id=actor.unit_id, state="planned")
    waiting = session.scalars(planned.order_by(Reorganisation.takes_effect_on)).all()
    return Tree(
        unit=units[actor.unit_id],
        day=day or today,
        today=today,
        places=list(_below(units, stood, actor.unit_id)),
        planned=[(one, units[one.subject_id].name) for one in waiting],
        endings=ending_soon(session, actor),
    )


def see_unit(session: Session, actor: Actor, unit_id: UUID) -> UnitPage:
    """Return one unit that lies below the acting one today."""
    require(actor, Action.UNIT_SEE)
    units = _units(session, actor)
    unit = unit_below(units, actor, unit_id)
    about = select(Reorganisation).filter_by(county_id=actor.county_id, subject_id=unit_id)
    return UnitPage(
        unit=unit,
        kind=WORDS[UnitKind(unit.kind)],
        above=units.get(unit.parent_id) if unit.parent_id else None,
        today=local_day(read_clock(session, actor.county_id)),
        periods=periods_of(session, actor.county_id, unit_id),
        decisions=session.scalars(about.order_by(Reorganisation.decided_at.desc())).all(),
        names={one.id: one.name for one in units.values()},
    )


def places_for(session: Session, actor: Actor, unit_id: UUID, kinds: Sequence[UnitKind]) -> list[Unit]:
    """Return the units of some kinds below the acting one, without the unit itself: where it may be put."""
    units = _units(session, actor)
    unit_below(units, actor, unit_id)
    own = [place.unit_id for place in _below(units, _now(units), actor.unit_id)]
    return [units[one] for one in own if UnitKind(units[one].kind) in kinds and one != unit_id]


def branches_of_county(session: Session, actor: Actor) -> list[Unit]:
    """Return the branches to which a member may go, by the order of the county's tree."""
    units = _units(session, actor)
    own = [place.unit_id for place in _below(units, _now(units), actor.county_id)]
    return [units[one] for one in own if units[one].kind == UnitKind.BRANCH and one != actor.unit_id]


def _units(session: Session, actor: Actor) -> dict[UUID, Unit]:
    found = {unit.id: unit for unit in session.scalars(select(Unit).filter_by(county_id=actor.county_id))}
    if actor.unit_id not in found:
        raise NotFound("没有这个单位。")
    return found


def _now(units: Mapping[UUID, Unit]) -> dict[UUID, Standing]:
    return {
        one.id: Standing(one.id, one.parent_id, UnitKind(one.kind), one.name, one.since, one.until)
        for one in units.values()
        if one.until is None
    }


def _below(units: Mapping[UUID, Unit], stood: Mapping[UUID, Standing], top: UUID) -> Iterator[Place]:
    """Yield the units from one down, each followed by those below it, by code."""
    children: dict[UUID | None, list[Standing]] = defaultdict(list)
    for one in sorted(stood.values(), key=lambda one: units[one.unit_id].code):
        children[one.parent_id].append(one)
    waiting = [(stood[top], 0)] if top in stood else []
    while waiting:
        one, depth = waiting.pop()
        unit, below = units[one.unit_id], children[one.unit_id]
        yield Place(
            unit_id=one.unit_id,
            name=one.name,
            kind=WORDS[one.kind],
            code=unit.code,
            depth=depth,
            below=len(below),
            now_named=unit.name if unit.name != one.name else "",
            gone=unit.until is not None,
        )
        waiting += [(child, depth + 1) for child in reversed(below)]
