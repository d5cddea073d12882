"""Units: the tree of county, bureaus, townships and branches; groups; and who holds which role where."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, or_, select, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.db.base import InCounty, Owned, one_of, to
from shared.domain.roles import ADMINISTRATORS
from shared.domain.units import Standing, UnitKind

# A tuple of words is written in Python as it is in SQL.
_ADMINISTERS = text(f"role IN {ADMINISTRATORS}")


class Unit(InCounty):
    """An organisation as it is now; a county is the unit whose id is its county's.

    `since` and `until` are its first and last day, None as far as is known and as long as it lasts. What it was
    called before, and where it stood, is in its periods, which the database writes.
    """

    __tablename__ = "unit"
    __table_args__ = (
        to("unit", "parent_id"),
        one_of("kind", UnitKind),
        UniqueConstraint("county_id", "code"),
        Index("ix_unit_parent", "county_id", "parent_id"),
        CheckConstraint("until >= since", name="ends_after_it_begins"),
    )

    parent_id: Mapped[UUID | None]
    kind: Mapped[str]
    name: Mapped[str]
    code: Mapped[str]
    telephone: Mapped[str | None]
    address: Mapped[str | None]
    demonstration: Mapped[bool] = mapped_column(default=False)
    since: Mapped[date | None]
    until: Mapped[date | None]


class UnitPeriod(Owned):
    """What a unit was called and where it stood, from a day to a day; written by a trigger of the unit's row."""

    __tablename__ = "unit_period"
    __table_args__ = (
        to("unit", "unit_id"),
        to("unit", "parent_id"),
        one_of("kind", UnitKind),
        Index("ix_unit_period_parent", "county_id", "parent_id"),
        # A unit has one name and one place on any day.
        ExcludeConstraint(
            ("county_id", "="),
            ("unit_id", "="),
            (text("daterange(since, until, '[]')"), "&&"),
            using="gist",
            name="ex_unit_period_one_at_a_time",
        ),
    )

    parent_id: Mapped[UUID | None]
    kind: Mapped[str]
    name: Mapped[str]
    since: Mapped[date | None]
    until: Mapped[date | None]


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
    """Return the units directly below that have not been dissolved, by code."""
    below = select(Unit).where(Unit.county_id == county_id, Unit.parent_id == unit_id, Unit.until.is_(None))
    below = below.order_by(Unit.code)
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


def tree_on(session: Session, county_id: UUID, day: date) -> dict[UUID, Standing]:
    """Return the county's tree as it stood on a day, by unit; who was not there yet, or no more, is not in it."""
    stood = select(UnitPeriod).where(
        UnitPeriod.county_id == county_id,
        or_(UnitPeriod.since.is_(None), UnitPeriod.since <= day),
        or_(UnitPeriod.until.is_(None), UnitPeriod.until >= day),
    )
    return {one.unit_id: _standing(one) for one in session.scalars(stood)}


def unit_on(session: Session, county_id: UUID, unit_id: UUID, day: date) -> Standing | None:
    """Return what a unit was called and where it stood on a day; the first known of it for a day before."""
    stood = select(UnitPeriod).where(UnitPeriod.county_id == county_id, UnitPeriod.unit_id == unit_id)
    periods = list(session.scalars(stood.order_by(UnitPeriod.since.nulls_first())))
    begun = [one for one in periods if one.since is None or one.since <= day]
    chosen = begun[-1:] or periods[:1]
    return _standing(chosen[0]) if chosen else None


def periods_of(session: Session, county_id: UUID, unit_id: UUID) -> list[Standing]:
    """Return what a unit has been, the newest first."""
    stood = select(UnitPeriod).where(UnitPeriod.county_id == county_id, UnitPeriod.unit_id == unit_id)
    return [_standing(one) for one in session.scalars(stood.order_by(UnitPeriod.since.desc().nulls_last()))]


def _standing(period: UnitPeriod) -> Standing:
    return Standing(
        period.unit_id, period.parent_id, UnitKind(period.kind), period.name, period.since, period.until
    )
