"""Rehearsals: every row of a file is read and compared, and what it would become is written down; no more."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.imports import Import, ImportRow
from shared.db.session import enter
from shared.domain.imports import Column, Outcome, read_row
from shared.usecases.importers import Checked, Importer

AT_ONCE = 2000
_WRITE = text("""
INSERT INTO import_row (county_id, id, unit_id, import_id, line, outcome, title, place_id, target_id, person_id,
                        before, after, faults)
SELECT :county, gen_random_uuid(), :unit, :import, line, outcome, title, place_id, target_id, person_id,
       before, after, faults
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
    line int, outcome text, title text, place_id uuid, target_id uuid, person_id uuid,
    before jsonb, after jsonb, faults jsonb)
""")


def rehearse(session: Session, actor: Actor, made: Import, importer: Importer) -> None:
    """Say of every row what becomes of it; what an earlier rehearsal said is forgotten."""
    columns = importer.columns(actor)
    readings = [read_row(line, cells, columns, made.places) for line, cells in below_heading(made)]
    checked = importer.check(session, actor, made, readings)
    # Checking may have entered units below; the import's own rows lie where it was uploaded.
    enter(session, made.county_id, [made.unit_id], actor.person_id)
    session.execute(delete(ImportRow).filter_by(county_id=made.county_id, import_id=made.id))
    given = {"county": made.county_id, "unit": made.unit_id, "import": made.id}
    for some in _batches(checked):
        rows = json.dumps([_row(one) for one in some], default=str)
        session.execute(_WRITE, {**given, "rows": rows})
    counted = Counter(one.outcome for one in checked)
    made.counts = {str(outcome): counted[outcome] for outcome in Outcome}


def below_heading(made: Import) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the lines below the one that names the columns, but for the template's examples and notes."""
    for line, cells in made.lines["lines"][made.file["heading"] + 1 :]:
        if not is_note(cells):
            yield line, cells


def headings(made: Import) -> list[str]:
    """Return what stands in the line that names the columns."""
    written: list[str] = made.lines["lines"][made.file["heading"]][1]
    return written


def used(made: Import, columns: Sequence[Column]) -> dict[int, str]:
    """Return which column each place of the file holds, by its title."""
    titles = {column.key: column.title for column in columns}
    return {place: titles[key] for key, place in made.places.items() if key in titles}


def is_note(cells: Sequence[str]) -> bool:
    """Whether a line is one of the template's examples, or a note below a list."""
    first = next((cell.strip() for cell in cells if cell.strip()), "")
    return first.startswith(("示例", "说明：", "注："))


def _batches(checked: Sequence[Checked]) -> Iterator[Sequence[Checked]]:
    yield from (checked[start : start + AT_ONCE] for start in range(0, len(checked), AT_ONCE))


def _row(one: Checked) -> dict[str, Any]:
    return {
        "line": one.line,
        "outcome": one.outcome,
        "title": one.title,
        "place_id": one.place_id,
        "target_id": one.target_id,
        "person_id": one.person_id,
        "before": one.before,
        "after": one.after,
        "faults": {"said": [[fault.place, fault.what, fault.right] for fault in one.faults]},
    }
