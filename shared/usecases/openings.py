"""Openings: single rows shown to another unit for one case, and closed again when the case ends."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.db.claims import Claim, Record
from shared.db.openings import Opening
from shared.db.rounds import Line


def open_to(
    session: Session,
    county_id: UUID,
    unit_id: UUID,
    to_unit_id: UUID,
    subjects: Sequence[UUID],
    why: str,
    now: datetime,
) -> None:
    """Show these rows of a unit to another one; what is open already stays so."""
    rows = [
        {
            "county_id": county_id,
            "unit_id": unit_id,
            "to_unit_id": to_unit_id,
            "subject_id": subject,
            "why": why,
            "opened_at": now,
        }
        for subject in subjects
    ]
    once = insert(Opening).on_conflict_do_nothing(index_elements=["county_id", "to_unit_id", "subject_id"])
    session.execute(once, rows)


def close_to(session: Session, county_id: UUID, unit_id: UUID, subjects: Sequence[UUID]) -> None:
    """Show these rows to nobody but their own unit again."""
    opened = delete(Opening).where(Opening.county_id == county_id, Opening.unit_id == unit_id)
    session.execute(opened.where(Opening.subject_id.in_(subjects)))


def case_of(session: Session, line: Line) -> list[UUID]:
    """Return the ids of what a case about this line shows: the line, its member, its claims and records."""
    of_line = {"county_id": line.county_id, "round_id": line.round_id, "member_id": line.member_id}
    claims = session.scalars(select(Claim.id).filter_by(**of_line))
    records = session.scalars(select(Record.id).filter_by(**of_line))
    return [line.id, line.member_id, *claims, *records]
