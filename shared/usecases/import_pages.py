"""Import pages: an import as its officer sees it, and the rows that are sent back to be mended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.authz.gate import see
from shared.authz.policy import allows
from shared.db.imports import Import, ImportRow
from shared.db.jobs import Job
from shared.domain.errors import NotFound
from shared.domain.imports import Column, Fault, ImportKind, ImportState, Outcome, missing
from shared.usecases.importers import Importer
from shared.usecases.imports import IMPORTERS, MAY_BE_UNDONE, importer_of
from shared.usecases.rehearsals import headings

SHOWN = 100
# What is wrong is looked at first.
FIRST = (Outcome.WRONG, Outcome.CHANGED, Outcome.NEW, Outcome.UNCHANGED)


@dataclass(frozen=True, slots=True)
class ImportPage:
    """An import before its officer: its columns, and a page of the rows of one outcome.

    `kept` are rows with which nothing was done, and why. `undo_until` is None where it cannot be undone.
    `job` is the last that worked on it.
    """

    made: Import
    noun: str
    columns: Sequence[Column]
    headings: Sequence[str]
    missing: Sequence[str]
    rows: Sequence[ImportRow]
    outcome: Outcome
    page: int
    last: int
    kept: Sequence[ImportRow]
    undo_until: datetime | None
    job: Job | None


class Wrong(NamedTuple):
    """The rows to be mended: the headings, and each row's cells with what is wrong and what would be right."""

    made: Import
    headings: Sequence[str]
    rows: Sequence[tuple[Sequence[str], str]]


def see_import(
    session: Session, actor: Actor, import_id: UUID, outcome: Outcome | None = None, page: int = 1
) -> ImportPage:
    """Return an import with a page of its rows, those that are wrong first of all."""
    made, importer = _seen(session, actor, import_id)
    shown = outcome or next((one for one in FIRST if made.counts.get(one)), Outcome.UNCHANGED)
    last = max(1, -(-int(made.counts.get(shown, 0)) // SHOWN))
    page = min(max(page, 1), last)
    columns, ordered = importer.columns(actor), _rows(made)
    return ImportPage(
        made=made,
        noun=importer.noun,
        columns=columns,
        headings=headings(made) if made.lines["lines"] else (),
        missing=missing(columns, made.places),
        rows=session.scalars(ordered.filter_by(outcome=shown).limit(SHOWN).offset((page - 1) * SHOWN)).all(),
        outcome=shown,
        page=page,
        last=last,
        kept=session.scalars(ordered.where(ImportRow.kept.is_not(None)).limit(SHOWN)).all(),
        undo_until=made.done_at + MAY_BE_UNDONE if made.done_at and made.state == ImportState.DONE else None,
        job=session.get(Job, (made.county_id, made.job_id)) if made.job_id else None,
    )


def kinds_for(actor: Actor) -> dict[ImportKind, Importer]:
    """Return what this actor may import."""
    able = partial(allows, actor.roles, overlay=actor.overlay)
    return {kind: importer for kind, importer in IMPORTERS.items() if able(importer.action)}


def see_imports(session: Session, actor: Actor, most: int = 30) -> Sequence[Import]:
    """Return the acting unit's imports that this actor may make themselves, newest first."""
    there = (
        select(Import)
        .filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
        .where(Import.kind.in_(kinds_for(actor)))
    )
    return session.scalars(there.order_by(Import.made_at.desc(), Import.id).limit(most)).all()


def wrong_rows(session: Session, actor: Actor, import_id: UUID) -> Wrong:
    """Return the wrong rows as they were uploaded."""
    made, _ = _seen(session, actor, import_id)
    cells = dict(made.lines["lines"])
    rows = session.scalars(_rows(made).filter_by(outcome=Outcome.WRONG)).all()
    return Wrong(made, headings(made), [(cells[row.line], "；".join(map(str, faults_of(row)))) for row in rows])


def faults_of(row: ImportRow) -> list[Fault]:
    """Return what is wrong with a row."""
    return [Fault(row.line, place, what, right) for place, what, right in row.faults["said"]]


def _rows(made: Import) -> Select[tuple[ImportRow]]:
    there = select(ImportRow).filter_by(county_id=made.county_id, import_id=made.id)
    return there.order_by(ImportRow.line)


def _seen(session: Session, actor: Actor, import_id: UUID) -> tuple[Import, Importer]:
    made = session.get(Import, (actor.county_id, import_id))
    if made is None:
        raise NotFound("没有这次导入。")
    importer = importer_of(made.kind)
    return see(session, actor, importer.action, Import, import_id), importer
