"""Unit imports: the townships, bureaus and branches of a county in one list, whatever the order of its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.db.imports import Import, ImportRow
from shared.db.units import Unit, UnitPeriod
from shared.domain.imports import Column, Outcome, Reading
from shared.domain.unit_lists import UNIT_LIST
from shared.domain.units import UnitKind, name_faults, place_faults
from shared.usecases.administrations import enter_subtree
from shared.usecases.carry_out import remark_ids
from shared.usecases.importers import TAKEN, UNTOUCHED, Checked, Importer, changes, note_kept, rows_of
from shared.usecases.references import referenced

ALTERED = "导入以后又改过，没有撤销"
CHANGING = ("name", "telephone", "address")


@dataclass(slots=True)
class Tree:
    """The units that somebody may add to, those of the same file among them, by code and by name."""

    own: Unit
    units: dict[str, Unit] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    named: dict[str, list[UUID]] = field(default_factory=dict)
    kinds: dict[UUID, UnitKind] = field(default_factory=dict)
    above: dict[UUID, UUID] = field(default_factory=dict)

    def add(self, unit_id: UUID, kind: UnitKind, *names: str) -> None:
        """Let a unit be found as somebody's parent."""
        self.kinds[unit_id] = kind
        for name in set(names):
            self.named.setdefault(name, []).append(unit_id)


def check(session: Session, actor: Actor, _: Import, readings: Sequence[Reading]) -> list[Checked]:
    """Say of every row whether its unit is new, changed or as it was, and where it stands."""
    tree = _tree(session, actor)
    ids = _identified(tree, readings)
    checked = [_checked(tree, reading, ids[reading.line]) for reading in readings]
    return _without_a_parent(tree, checked, readings)


def _tree(session: Session, actor: Actor) -> Tree:
    below = set(enter_subtree(session, actor))
    all_units = session.scalars(select(Unit).filter_by(county_id=actor.county_id)).all()
    tree = Tree(next(unit for unit in all_units if unit.id == actor.unit_id))
    for unit in all_units:
        tree.taken.add(unit.code)
        if unit.id in below:
            tree.units[unit.code] = unit
            tree.add(unit.id, UnitKind(unit.kind), unit.code, unit.name)
    return tree


def _identified(tree: Tree, readings: Sequence[Reading]) -> dict[int, UUID]:
    """Give every row the id of the unit that it means or makes, so that rows may stand in any order."""
    ids: dict[int, UUID] = {}
    seen: dict[str, int] = {}
    for reading in readings:
        values = reading.values
        code = values.get("code", "")
        if code in seen:
            reading.fault("code", f"编码 {code} 与第{seen[code]}行重复", "一个单位一行，编码不重复")
        seen.setdefault(code, reading.line)
        there = tree.units.get(code)
        if there is None and code in tree.taken:
            reading.fault("code", f"编码 {code} 已经是您范围以外的单位的", "换一个编码")
        ids[reading.line] = there.id if there else uuid4()
        if there is None and {"name", "kind"} <= set(values) and not reading.faults:
            tree.add(ids[reading.line], UnitKind(values["kind"]), code, values["name"])
    return ids


def _checked(tree: Tree, reading: Reading, unit_id: UUID) -> Checked:
    values, there = reading.values, tree.units.get(reading.values.get("code", ""))
    for said in name_faults(values["name"]) if "name" in values else ():
        reading.fault("name", said.rstrip("。"), "改短或写明")
    parent = _parent(tree, reading, unit_id) if not reading.faults else None
    title = values.get("name", "")
    if reading.faults or parent is None:
        return Checked(reading.line, Outcome.WRONG, title, faults=reading.faults)
    if there is None:
        return Checked(reading.line, Outcome.NEW, title, parent, unit_id, None, {}, dict(values))
    now = {"name": there.name, "telephone": there.telephone, "address": there.address}
    before, after = changes(now, {key: values[key] for key in CHANGING if key in values})
    outcome = Outcome.CHANGED if after else Outcome.UNCHANGED
    return Checked(reading.line, outcome, title, there.parent_id, there.id, None, before, after)


def _parent(tree: Tree, reading: Reading, unit_id: UUID) -> UUID | None:
    values, there = reading.values, tree.units.get(reading.values["code"])
    if there is not None:
        return _as_it_was(tree, reading, there)
    named = values.get("parent")
    found = [one for one in tree.named.get(named, ()) if one != unit_id] if named else [tree.own.id]
    if len(found) != 1:
        what = f"有 {len(found)} 个单位叫“{named}”" if found else f"没有叫“{named}”的单位，或不在您的范围内"
        reading.fault("parent", what, "改写上级的编码" if found else "核对上级的名称或编码，或把它也写进表里")
        return None
    for said in place_faults(UnitKind(values["kind"]), tree.kinds[found[0]]):
        reading.fault("kind", said.rstrip("。"), "核对类别和上级")
    if _loops(tree, found[0], unit_id):
        reading.fault("parent", "几个单位互为上级", "核对上级")
    tree.above[unit_id] = found[0]
    return None if reading.faults else found[0]


def _as_it_was(tree: Tree, reading: Reading, there: Unit) -> UUID | None:
    """A unit that is there keeps its kind and place: moving it is a step of its own."""
    values = reading.values
    if UnitKind(values["kind"]) != there.kind:
        reading.fault("kind", "与现有的类别不同", "导入不改类别，请改成现有的类别")
    named = tree.named.get(values.get("parent", ""), [])
    if "parent" in values and there.parent_id not in named and there.id != tree.own.id:
        reading.fault("parent", "与现在的上级不同", "导入不改隶属关系，请在组织架构里办理划转")
    return None if reading.faults else there.parent_id or there.id


def _loops(tree: Tree, parent: UUID, unit_id: UUID) -> bool:
    at: UUID | None = parent
    while at is not None:
        if at == unit_id:
            return True
        at = tree.above.get(at)
    return False


def _without_a_parent(tree: Tree, checked: Sequence[Checked], readings: Sequence[Reading]) -> list[Checked]:
    """A new unit whose parent is not made cannot be made either, nor can those below it."""
    there = {unit.id for unit in tree.units.values()}
    by_line = {one.line: one for one in checked}
    while True:
        made = {one.target_id for one in by_line.values() if one.outcome == Outcome.NEW} | there
        lost = [one for one in by_line.values() if one.outcome == Outcome.NEW and one.place_id not in made]
        if not lost:
            return [by_line[one.line] for one in checked]
        for reading in readings:
            if reading.line in {one.line for one in lost}:
                reading.fault("parent", "它的上级那一行有错", "改好上级那一行")
                title = by_line[reading.line].title
                by_line[reading.line] = Checked(reading.line, Outcome.WRONG, title, faults=reading.faults)


def levels(rows: Sequence[ImportRow]) -> list[list[ImportRow]]:
    """Return new units in the order in which they can be made: each below one that is there by then."""
    left: Mapping[UUID | None, ImportRow] = {row.target_id: row for row in rows}
    found: list[list[ImportRow]] = []
    while left:
        now = [row for row in left.values() if row.place_id not in left]
        found.append(now)
        left = {key: row for key, row in left.items() if row not in now}
    return found


def carry_out(session: Session, actor: Actor, made: Import, after: int, to: int, now: datetime) -> None:
    """Found the new units, from above downwards, and change the others."""
    enter_subtree(session, actor)
    if after == 0:
        _found(session, actor, made, now)
    for row in rows_of(session, made, Outcome.CHANGED):
        if after < row.line <= to:
            _change(session, actor, made, row, (row.before, row.after), UNTOUCHED, now)


def _found(session: Session, actor: Actor, made: Import, now: datetime) -> None:
    taken = set(session.scalars(select(Unit.code).filter_by(county_id=made.county_id)))
    new = rows_of(session, made, Outcome.NEW)
    note_kept(session, made, [row.line for row in new if row.after["code"] in taken], TAKEN)
    for level in levels([row for row in new if row.after["code"] not in taken]):
        session.add_all(_unit(made, row) for row in level)
        session.flush()
        done = [(actor.unit_id, row.target_id) for row in level if row.target_id]
        remark_ids(session, actor, "unit", done, "found", now, note=made.name)


def _unit(made: Import, row: ImportRow) -> Unit:
    values = row.after
    return Unit(
        county_id=made.county_id,
        id=row.target_id,
        parent_id=row.place_id,
        kind=values["kind"],
        name=values["name"],
        code=values["code"],
        telephone=values.get("telephone"),
        address=values.get("address"),
    )


def _change(
    session: Session,
    actor: Actor,
    made: Import,
    row: ImportRow,
    values: tuple[dict[str, Any], dict[str, Any]],
    why: str,
    now: datetime,
) -> None:
    seen, wanted = values
    unit = session.get_one(Unit, (made.county_id, row.target_id), with_for_update=True)
    if any(getattr(unit, key) != value for key, value in seen.items()):
        note_kept(session, made, [row.line], why)
        return
    for key, value in wanted.items():
        setattr(unit, key, value)
    remark_ids(session, actor, "unit", [(actor.unit_id, unit.id)], "import", now, note=made.name)


def undo(session: Session, actor: Actor, made: Import, now: datetime) -> None:
    """Change back what was changed, and take back the units in which nothing has happened yet."""
    enter_subtree(session, actor)
    for row in rows_of(session, made, Outcome.CHANGED):
        _change(session, actor, made, row, (row.after, row.before), ALTERED, now)
    for level in reversed(levels(rows_of(session, made, Outcome.NEW))):
        ids = [row.target_id for row in level if row.target_id]
        needed = referenced(session, made.county_id, Unit, ids, but="unit_period.unit_id")
        for row in level:
            if row.target_id in needed:
                note_kept(session, made, [row.line], f"已经有{needed[row.target_id]}，没有撤销")
        gone = [one for one in ids if one not in needed]
        of_county = {"county_id": made.county_id}
        session.execute(delete(UnitPeriod).filter_by(**of_county).where(UnitPeriod.unit_id.in_(gone)))
        session.execute(delete(Unit).filter_by(**of_county).where(Unit.id.in_(gone)))


def columns(_: Actor) -> Sequence[Column]:
    """Return the columns of a list of organisations."""
    return UNIT_LIST


UNITS = Importer(Action.UNIT_IMPORT, "组织架构", columns, check, carry_out, undo)
