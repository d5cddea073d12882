"""Kinships: whom an officer has declared as kin among the county's members, and which of them a row concerns."""

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
    """`relative_id`, a member of `to_unit_id`, is `kin` to the officer `person_id`, by the officer's own word.

    It holds from `declared_at` to `ended_at`, in whatever unit the officer acts. Both names are kept as they were
    declared: who is a member of another branch is nobody's to look up here.
    """

    __tablename__ = "kinship"
    __table_args__ = (
        to("unit", "unit_id"),
        to("unit", "to_unit_id"),
        to("person", "person_id"),
        to("person", "relative_id"),
        one_of("kin", Kin),
        Index(
            "uq_kinship_in_force",
            "county_id",
            "person_id",
            "relative_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_kinship_relative", "county_id", "relative_id"),
    )

    to_unit_id: Mapped[UUID]
    person_id: Mapped[UUID]
    officer: Mapped[str]
    relative_id: Mapped[UUID]
    relative: Mapped[str]
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
    shown = or_(Member.id.in_(members), Member.id.in_(of_lines))
    people = select(Member.person_id).where(Member.county_id == county_id, shown)
    concerned = or_(Kinship.relative_id.in_(people), Kinship.relative_id.in_(raised))
    told = session.scalars(
        _in_force(county_id, person_id).where(concerned).order_by(Kinship.declared_at, Kinship.id)
    )
    return [(one.relative, Kin(one.kin)) for one in told]


def kin_of(session: Session, county_id: UUID, person_id: UUID) -> Mapping[UUID, Kin]:
    """Return what each person whom somebody has declared is to them."""
    return {one.relative_id: Kin(one.kin) for one in session.scalars(_in_force(county_id, person_id))}


def who_declared(session: Session, county_id: UUID, person_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Return the officers who have declared any of these people as kin, each with the name of the first."""
    declared = _in_force(county_id).where(Kinship.relative_id.in_(person_ids)).order_by(Kinship.declared_at.desc())
    return {one.person_id: one.relative for one in session.scalars(declared)}


def _in_force(county_id: UUID, person_id: UUID | None = None) -> Select[tuple[Kinship]]:
    declared = select(Kinship).where(Kinship.county_id == county_id, Kinship.ended_at.is_(None))
    return declared if person_id is None else declared.where(Kinship.person_id == person_id)
