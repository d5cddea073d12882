"""Units: the tree of county, bureaus, townships and branches; groups; and who holds which role where."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, select, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.db.base import InCounty, Owned, one_of, to
from shared.domain.roles import ADMINISTRATORS

# A tuple of words is written in Python as it is in SQL.
_ADMINISTERS = text(f"role IN {ADMINISTRATORS}")


class UnitKind(StrEnum):
    """What a unit of the tree is."""

    COUNTY = "county"
    BUREAU = "bureau"
    TOWNSHIP = "township"
    BRANCH = "branch"


class Unit(InCounty):
    """An organisation; a county is the unit whose id is its county's."""

    __tablename__ = "unit"
    __table_args__ = (
        to("unit", "parent_id"),
        one_of("kind", UnitKind),
        UniqueConstraint("county_id", "code"),
        Index("ix_unit_parent", "county_id", "parent_id"),
    )

    parent_id: Mapped[UUID | None]
    kind: Mapped[str]
    name: Mapped[str]
    code: Mapped[str]
    telephone: Mapped[str | None]
    address: Mapped[str | None]
    demonstration: Mapped[bool] = mapped_column(default=False)


class Group(Owned):
    """A party group of a branch."""

    __tablename__ = "party_group"
    __table_args__ = (to("unit", "unit_id"), UniqueConstraint("county_id", "unit_id", "number"))

    number: Mapped[int]
    name: Mapped[str]


class Holding(Owned):
    """A role that a person holds in a unit, from a day, until one."""

    __tablename__ = "holding"
    __table_args__ = (
        to("unit", "unit_id"),
        to("person", "person_id"),
        Index("ix_holding_person", "county_id", "person_id"),
        # Nobody is two of the administrators at a time, in whatever units.
        ExcludeConstraint(
            ("county_id", "="),
            ("person_id", "="),
            ("role", "<>"),
            (text("daterange(since, until, '[]')"), "&&"),
            where=_ADMINISTERS,
            using="gist",
            name="ex_holding_administrators_apart",
        ),
    )

    person_id: Mapped[UUID]
    role: Mapped[str]
    group_id: Mapped[UUID | None]
    department: Mapped[str | None]
    since: Mapped[date]
    until: Mapped[date | None]


def level_above(session: Session, county_id: UUID, unit_id: UUID) -> Unit | None:
    """Return the unit above, or None at the top."""
    parent = select(Unit.parent_id).where(Unit.county_id == county_id, Unit.id == unit_id).scalar_subquery()
    return session.scalar(select(Unit).where(Unit.county_id == county_id, Unit.id == parent))


def children(session: Session, county_id: UUID, unit_id: UUID) -> list[Unit]:
    """Return the units directly below, by code."""
    below = select(Unit).where(Unit.county_id == county_id, Unit.parent_id == unit_id).order_by(Unit.code)
    return list(session.scalars(below))


def holders(session: Session, county_id: UUID, unit_id: UUID, role: str) -> list[UUID]:
    """Return the people who hold a role in a unit, in a stable order."""
    held = select(Holding.person_id).where(
        Holding.county_id == county_id, Holding.unit_id == unit_id, Holding.role == role
    )
    return list(session.scalars(held.order_by(Holding.since, Holding.person_id)))


def subtree(session: Session, county_id: UUID, unit_id: UUID) -> list[UUID]:
    """Return a unit and every unit below it, the ones above first."""
    top = select(Unit.id).where(Unit.county_id == county_id, Unit.id == unit_id).cte(recursive=True)
    below = top.union(select(Unit.id).where(Unit.county_id == county_id, Unit.parent_id == top.c.id))
    return list(session.scalars(select(below.c.id)))
