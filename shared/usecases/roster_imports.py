"""Roster imports: lists of members, of one branch or of every branch below, compared with who is there already."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import RowMapping, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.db.imports import Import
from shared.db.units import Unit
from shared.domain.cells import plain
from shared.domain.imports import Column, Outcome, Reading
from shared.domain.periods import day_in_words
from shared.domain.records import MemberClass
from shared.domain.rosters import BRANCH, ROSTER
from shared.domain.strokes import sort_key
from shared.domain.units import UnitKind
from shared.usecases.administrations import enter_subtree
from shared.usecases.importers import Checked, Importer, changes
from shared.usecases.roster_changes import carry_out, undo

# Whose rosters name the branch in each row.
ABOVE = {"general_officer", "township_officer", "bureau_officer", "county_officer", "system_administrator"}
# What a member's row in a file may change; a cell left empty changes nothing.
CHANGING = ("name", "birth_date", "class", "office", "group", "telephone", "present_from", "present_to")
_KEYS = ("member_no", *CHANGING, "probationary")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_THERE = text("""
SELECT m.id, m.unit_id, m.person_id, m.member_no, m.name, m.birth_date::text, m.class, m.office, g.name AS "group",
       p.telephone, m.present_from::text, m.present_to::text,
       CASE WHEN m.probationary THEN 'yes' ELSE 'no' END AS probationary
FROM member m JOIN person p ON p.county_id = m.county_id AND p.id = m.person_id
LEFT JOIN party_group g ON g.county_id = m.county_id AND g.id = m.group_id
WHERE m.county_id = :county AND m.unit_id = ANY(CAST(:units AS uuid[]))
""")


@dataclass(slots=True)
class Branches:
    """The branches that somebody may fill, and who is in them already."""

    named: dict[str, list[Unit]] = field(default_factory=lambda: defaultdict(list))
    own: Unit | None = None
    by_number: dict[tuple[UUID, str], RowMapping] = field(default_factory=dict)
    by_birth: dict[tuple[UUID, str, str], list[RowMapping]] = field(default_factory=lambda: defaultdict(list))
    last: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))


def columns(actor: Actor) -> Sequence[Column]:
    """Return the columns: whoever fills several branches says which."""
    return (BRANCH, *ROSTER) if above(actor) else ROSTER


def above(actor: Actor) -> bool:
    """Whether somebody acts above the branches."""
    return bool(actor.roles & ABOVE)


def check(session: Session, actor: Actor, _: Import, readings: Sequence[Reading]) -> list[Checked]:
    """Say of every row whom it means, and whether they are new, changed or as they were."""
    branches = _branches(session, actor)
    taken = [
        (unit.id, number)
        for reading in readings
        if (number := reading.values.get("member_no")) and (unit := _branch(branches, reading, quiet=True))
    ]
    for unit_id, number in taken:
        _count(branches, unit_id, number)
    seen: dict[tuple[Any, ...], int] = {}
    return [_checked(branches, reading, seen) for reading in readings]


def roster_rows(session: Session, actor: Actor) -> list[Mapping[str, str | None]]:
    """Return everybody whom this actor may import, by the columns of the list, days as people write them."""
    units = enter_subtree(session, actor)
    branches = session.scalars(select(Unit).filter_by(county_id=actor.county_id).where(Unit.id.in_(units))).all()
    times = Counter(plain(one.name) for one in branches)
    named = {one.id: plain(one.name) if times[plain(one.name)] == 1 else one.code for one in branches}
    rows = session.execute(_THERE, {"county": actor.county_id, "units": units}).mappings().all()
    in_order = sorted(rows, key=lambda row: (named[row["unit_id"]], row["member_no"]))
    return [{"branch": named[row["unit_id"]], **{key: _said(row[key]) for key in _KEYS}} for row in in_order]


def _said(value: str | None) -> str | None:
    day = _DAY.fullmatch(value or "")
    return day_in_words(date.fromisoformat(day[0])) if day else value


def _branches(session: Session, actor: Actor) -> Branches:
    found = Branches()
    units = enter_subtree(session, actor)
    for unit in session.query(Unit).filter(Unit.county_id == actor.county_id, Unit.id.in_(units)):
        if unit.kind == UnitKind.BRANCH:
            for name in {plain(unit.name), unit.code}:
                found.named[name].append(unit)
            found.own = unit if unit.id == actor.unit_id else found.own
    for row in session.execute(_THERE, {"county": actor.county_id, "units": units}).mappings():
        found.by_number[row["unit_id"], row["member_no"]] = row
        found.by_birth[row["unit_id"], row["name"], row["birth_date"]].append(row)
        _count(found, row["unit_id"], row["member_no"])
    return found


def _count(branches: Branches, unit_id: UUID, number: str) -> None:
    if number.isascii() and number.isdigit() and len(number) < 7:
        branches.last[unit_id] = max(branches.last[unit_id], int(number))


def _checked(branches: Branches, reading: Reading, seen: dict[tuple[Any, ...], int]) -> Checked:
    unit = _branch(branches, reading)
    there = _there(branches, reading, unit) if unit else None
    if unit:
        _refuse_twice(reading, unit, there, seen)
    values = reading.values
    title = f"{values.get('name', '')}（{unit.name}）" if unit and not branches.own else values.get("name", "")
    if reading.faults or unit is None:
        return Checked(reading.line, Outcome.WRONG, title, faults=reading.faults)
    if there is None:
        return _new(branches, reading, unit, title)
    before, after = changes(there, {key: values[key] for key in (*CHANGING, "probationary") if key in values})
    if "name" in after:
        after["name_sort"] = sort_key(after["name"])
    outcome = Outcome.CHANGED if after else Outcome.UNCHANGED
    return Checked(reading.line, outcome, title, unit.id, there["id"], there["person_id"], before, after)


def _new(branches: Branches, reading: Reading, unit: Unit, title: str) -> Checked:
    values = reading.values
    if "member_no" not in values:
        branches.last[unit.id] += 1
    after = {
        **dict.fromkeys(("group", "telephone", "present_from", "present_to")),
        "class": str(MemberClass.ORDINARY),
        "office": "",
        "probationary": "no",
        "member_no": f"{branches.last[unit.id]:03d}",
        **{key: value for key, value in values.items() if key != "branch"},
        "name_sort": sort_key(values["name"]),
    }
    return Checked(reading.line, Outcome.NEW, title, unit.id, uuid4(), uuid4(), {}, after)


def _branch(branches: Branches, reading: Reading, quiet: bool = False) -> Unit | None:
    named = reading.values.get("branch")
    if named is None:
        return branches.own
    found = branches.named.get(named, [])
    if len(found) == 1:
        return found[0]
    if not quiet and found:
        reading.fault("branch", f"有 {len(found)} 个支部叫“{named}”", "改写支部的编码")
    elif not quiet:
        reading.fault(
            "branch", f"组织架构里没有“{named}”，或不在您的范围内", "核对支部的名称或编码；还没有的先导入组织"
        )
    return None


def _there(branches: Branches, reading: Reading, unit: Unit) -> RowMapping | None:
    """Return whom a row means: by their number, without one by name and birth date."""
    values = reading.values
    same = branches.by_birth.get((unit.id, values.get("name", ""), values.get("birth_date", "")), [])
    number = values.get("member_no")
    if number is None:
        if len(same) > 1:
            reading.fault("member_no", f"名册上有 {len(same)} 位同名同生日的党员", "填上编号")
        return same[0] if len(same) == 1 else None
    there = branches.by_number.get((unit.id, number))
    if there is None and same:
        reading.fault("member_no", f"名册上这位同志的编号是 {same[0]['member_no']}", "改成名册上的编号，或不填")
    if there and all(there[key] != values.get(key, there[key]) for key in ("name", "birth_date")):
        reading.fault("member_no", f"名册上 {number} 号是{there['name']}", "核对编号、姓名和出生日期")
    return there


def _refuse_twice(
    reading: Reading, unit: Unit, there: RowMapping | None, seen: dict[tuple[Any, ...], int]
) -> None:
    values = reading.values
    number = there["member_no"] if there else values.get("member_no")
    keys: list[tuple[Any, ...]] = [(unit.id, number)] if number else []
    if {"name", "birth_date"} <= set(values) and not number:
        keys.append((unit.id, values["name"], values["birth_date"]))
    for key in keys:
        if key in seen:
            reading.fault("member_no" if number else "name", f"与第{seen[key]}行重复", "每人留一行")
        seen.setdefault(key, reading.line)


ROSTERS = Importer(Action.MEMBER_IMPORT, "党员名册", columns, check, carry_out, undo)
