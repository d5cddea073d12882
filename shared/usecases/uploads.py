"""Uploads: a spreadsheet is taken in without ID numbers, and its officer says which column is what."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.imports import ColumnMatch, Import
from shared.domain.cells import identity_like
from shared.domain.errors import Invalid
from shared.domain.imports import (
    IDENTITY,
    IMPORT,
    Grid,
    heading_key,
    heading_line,
    joined_faults,
    match_columns,
    missing,
)
from shared.usecases.imports import check_import, columns_of, held_import, importer_of
from shared.usecases.rehearsals import headings

MASK = "（身份证号，不保存）"


def upload(
    session: Session,
    actor: Actor,
    kind: str,
    name: str,
    grid: Grid,
    now: datetime,
    round_id: UUID | None = None,
    about: Mapping[str, str] | None = None,
) -> Import:
    """Take a file in and rehearse it; where a needed column is not found, its officer says which it is first.

    `about` is what its officer says of the file as a whole; Invalid where that cannot be used. ID numbers go no
    further than here.
    """
    columns = columns_of(actor, kind)
    heading = heading_line(grid, columns)
    if heading is None:
        titles = "、".join(column.title for column in columns if column.needed)
        raise Invalid(f"没有找到表头。请在第一行写明每一列是什么，至少要有：{titles}。可以先下载模板照着填。")
    if faults := joined_faults(grid, heading):
        raise Invalid(*(str(fault) for fault in faults[:10]))
    lines, masked = _masked(grid)
    remembered = _remembered(session, actor, kind)
    made = Import(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        state=IMPORT.initial,
        kind=kind,
        name=name[:200],
        round_id=round_id,
        file={"sheet": grid.sheet, "heading": heading, "masked": masked, **(about or {})},
        lines={"lines": lines},
        places=match_columns(grid.lines[heading][1], columns, remembered),
        counts={},
        made_by=actor.person_id,
        made_at=now,
    )
    session.add(made)
    session.flush()
    if not missing(columns, made.places):
        check_import(session, actor, made, now)
    return made


def _masked(grid: Grid) -> tuple[list[tuple[int, list[str]]], int]:
    """Return the lines without ID numbers, and how many there were; damaged ones stay, to be told of."""
    masked = 0
    lines = []
    for number, cells in grid.lines:
        kept = [MASK if identity_like(cell) else cell for cell in cells]
        masked += sum(one is MASK for one in kept)
        lines.append((number, kept))
    return lines, masked


def _remembered(session: Session, actor: Actor, kind: str) -> dict[str, str]:
    there = select(ColumnMatch.heading, ColumnMatch.key).filter_by(
        county_id=actor.county_id, unit_id=actor.unit_id, kind=kind
    )
    return {heading: key for heading, key in session.execute(there)}


def choose_columns(
    session: Session, actor: Actor, import_id: UUID, chosen: Mapping[int, str], now: datetime
) -> Import:
    """Say which column stands at which place, remember it for this unit, and rehearse again."""
    made = held_import(session, actor, import_id)
    columns = importer_of(made.kind).columns(actor)
    titles = {column.key: column.title for column in columns}
    keys = [key for key in chosen.values() if key]
    if twice := sorted({titles.get(key, key) for key in keys if keys.count(key) > 1 and key != IDENTITY}):
        raise Invalid(f"{'、'.join(twice)}选了两次，一样只能选一列。")
    if unknown := set(keys) - set(titles):
        raise Invalid(f"没有“{'、'.join(sorted(unknown))}”这样的列。")
    places = {key: place for place, key in chosen.items() if key}
    if absent := missing(columns, places):
        raise Invalid(f"请指定哪一列是{'、'.join(absent)}。")
    made.places = places
    _remember(session, actor, made, chosen)
    check_import(session, actor, made, now)
    return made


def _remember(session: Session, actor: Actor, made: Import, chosen: Mapping[int, str]) -> None:
    mine = {"county_id": actor.county_id, "unit_id": actor.unit_id, "kind": made.kind}
    said = {heading_key(headings(made)[place]): key for place, key in chosen.items()}
    rows = [{**mine, "heading": heading, "key": key} for heading, key in said.items() if heading]
    if rows:
        adding = insert(ColumnMatch)
        session.execute(
            adding.on_conflict_do_update(
                index_elements=["county_id", "unit_id", "kind", "heading"], set_={"key": adding.excluded.key}
            ),
            rows,
        )
