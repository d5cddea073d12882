"""Kinships: whom an officer has declared as kin among the members, and which of them a row concerns."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Select, or_, select, text
from sqlalchemy.orm import Mapped, Session

from shared.db.base import Owned, one_of, to
from shared.db.members import Member
from shared.db.rounds import Line
from shared.domain.kinships import Kin


class Kinship(Owned):
    """`member_id` is `kin` to the officer `person_id`, by their own word, from `declared_at` to `ended_at`."""

    __tablename__ = "kinship"
    __table_args__ = (
        to("unit", "unit_id"),
        to("person", "person_id"),
        to("member", "member_id"),
        one_of("kin", Kin),
        Index(
            "uq_kinship_in_force",
            "county_id",
            "person_id",
            "member_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_kinship_member", "county_id", "member_id"),
    )

    person_id: Mapped[UUID]
    member_id: Mapped[UUID]
    kin: Mapped[str]
    declared_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


def kin_concerned(
    session: Session, county_id: UUID, person_id: UUID, rows: Sequence[Any]
) -> list[tuple[str, Kin]]:
    """Return the name and kin of those whom any of the rows concerns: its member, its line's, who raised it."""
    members, lines, raised = (
        {found for row in rows if (found := getattr(row, column, None)) is not None}
        for column in ("member_id", "line_id", "raised_by")
    )
    of_lines = select(Line.member_id).where(Line.county_id == county_id, Line.id.in_(lines))
    concerned = or_(Member.id.in_(members), Member.id.in_(of_lines), Member.person_id.in_(raised))
    found = _in_force(county_id).where(Kinship.person_id == person_id, concerned)
    told = session.execute(found.with_only_columns(Member.name, Kinship.kin).order_by(Member.name_sort, Member.id))
    return [(name, Kin(kin)) for name, kin in told]


def kin_of(session: Session, county_id: UUID, person_id: UUID) -> Mapping[UUID, Kin]:
    """Return what each member whom somebody has declared is to them, by the member's person."""
    found = _in_force(county_id).where(Kinship.person_id == person_id)
    return {of: Kin(kin) for of, kin in session.execute(found.with_only_columns(Member.person_id, Kinship.kin))}


def who_declared(session: Session, county_id: UUID, person_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Return the officers who have declared any of these people as kin, each with the name of the first."""
    found = _in_force(county_id).where(Member.person_id.in_(person_ids))
    rows = session.execute(found.with_only_columns(Kinship.person_id, Member.name).order_by(Kinship.declared_at))
    return {officer: name for officer, name in reversed(rows.all())}


def _in_force(county_id: UUID) -> Select[Any]:
    both = (Member.county_id == Kinship.county_id) & (Member.id == Kinship.member_id)
    return select(Kinship).join(Member, both).where(Kinship.county_id == county_id, Kinship.ended_at.is_(None))
