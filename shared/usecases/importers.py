"""Importers: what a kind of import has to say for itself: its columns, what its rows become, how it is undone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, TextClause, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.db.imports import Import, ImportRow
from shared.domain.imports import Column, Fault, Outcome, Reading

UNTOUCHED = "试导以后又有人改过，没有按表里的改"
TAKEN = "试导以后编号被别人用了，没有导入"


@dataclass(slots=True)
class Checked:
    """What a row becomes; see `ImportRow`."""

    line: int
    outcome: Outcome
    title: str = ""
    place_id: UUID | None = None
    target_id: UUID | None = None
    person_id: UUID | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    faults: Sequence[Fault] = ()


@dataclass(frozen=True, slots=True)
class Importer:
    """One kind of import.

    `check` says of every reading what becomes of it and writes nothing. `carry_out` does so for the rows between
    two lines (after the first, up to and with the second), `undo` takes back what it can of all and notes why not
    the rest; both only where a row is still as it was. `of_round` where it goes into a round.
    """

    action: Action
    noun: str
    columns: Callable[[Actor], Sequence[Column]]
    check: Callable[[Session, Actor, Import, Sequence[Reading]], list[Checked]]
    carry_out: Callable[[Session, Actor, Import, int, int, datetime], None]
    undo: Callable[[Session, Actor, Import, datetime], None]
    of_round: bool = False


def of_import(made: Import, after: int = 0, to: int = 2**31 - 1) -> dict[str, Any]:
    """Return what statements over an import's rows are given."""
    return {"county": made.county_id, "import": made.id, "after": after, "to": to}


_ROWS = """
WITH meant AS (
    SELECT * FROM import_row
    WHERE county_id = :county AND import_id = :import AND line > :after AND line <= :to
      AND outcome = :outcome AND kept IS NULL
)
"""


def over_rows(statement: str) -> TextClause:
    """Return a statement that begins with `meant`: the rows of `:outcome` between two lines, not kept."""
    return text(_ROWS + statement)


_KEEP = text("""
UPDATE import_row SET kept = :why
WHERE county_id = :county AND import_id = :import AND line = ANY(CAST(:lines AS int[])) AND kept IS NULL
""")


def note_kept(session: Session, made: Import, lines: Sequence[int], why: str) -> None:
    """Say of some rows why nothing was done with them."""
    if lines:
        session.execute(_KEEP, {**of_import(made), "lines": list(lines), "why": why})


def rows_of(session: Session, made: Import, outcome: Outcome) -> Sequence[ImportRow]:
    """Return the rows of one outcome with which something is or was done."""
    found = select(ImportRow).filter_by(county_id=made.county_id, import_id=made.id, outcome=outcome, kept=None)
    return session.scalars(found.order_by(ImportRow.line)).all()


def changes(before: RowMapping | dict[str, Any], wanted: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is there and what is wanted, of those values alone that differ."""
    differing = [key for key, value in wanted.items() if before[key] != value]
    return {key: before[key] for key in differing}, {key: wanted[key] for key in differing}
