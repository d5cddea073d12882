"""Imports: what was uploaded and what its rows become; and which column holds what, as the unit knows it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Owned, Stateful, one_of, to
from shared.domain.imports import ImportKind, ImportState, Outcome


class Import(Stateful):
    """A spreadsheet on its way into rows; `lines` is what it holds, without ID numbers, until it is swept."""

    __tablename__ = "import"
    __table_args__ = (
        to("unit", "unit_id"),
        to("person", "made_by"),
        to("round", "round_id"),
        to("job", "job_id"),
        one_of("kind", ImportKind),
        one_of("state", ImportState),
        Index("ix_import_made", "county_id", "unit_id", "made_at"),
    )

    kind: Mapped[str]
    name: Mapped[str]
    round_id: Mapped[UUID | None]
    # Headings by their places, and sentences about the file as a whole.
    file: Mapped[dict[str, Any]]
    lines: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    # Which place each column stands at, by its key.
    places: Mapped[dict[str, Any]]
    # How many rows of each outcome.
    counts: Mapped[dict[str, Any]]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    job_id: Mapped[UUID | None]


class ImportRow(Owned):
    """What becomes of one row of the file: `target_id` is the row it means or makes, `place_id` the unit of that.

    `before` and `after` hold the values that change. `kept` says why it was not carried out, or not undone.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        to("unit", "unit_id"),
        to("import", "import_id"),
        one_of("outcome", Outcome),
        UniqueConstraint("county_id", "import_id", "line"),
        Index("ix_import_row_target", "county_id", "target_id"),
        Index("ix_import_row_person", "county_id", "person_id"),
    )

    import_id: Mapped[UUID]
    line: Mapped[int]
    outcome: Mapped[str]
    title: Mapped[str]
    place_id: Mapped[UUID | None]
    target_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    # Each with its place, what is wrong and what would be right.
    faults: Mapped[dict[str, Any]]
    kept: Mapped[str | None]


class ColumnMatch(Owned):
    """Under which heading a unit's files hold which column; an empty key where it is not used."""

    __tablename__ = "column_match"
    __table_args__ = (to("unit", "unit_id"), UniqueConstraint("county_id", "unit_id", "kind", "heading"))

    kind: Mapped[str]
    heading: Mapped[str]
    key: Mapped[str]
