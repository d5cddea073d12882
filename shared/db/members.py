"""People, and their membership of a branch from a day to a day."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.db.base import Owned, to


class Person(Owned):
    """Somebody who acts in the product; `unit_id` is the unit that entered them."""

    __tablename__ = "person"
    __table_args__ = (to("unit", "unit_id"),)

    name: Mapped[str]
    telephone: Mapped[str | None]


class Member(Owned):
    """A person's membership of one branch; after a transfer the other branch has a row of its own.

    `present_from` and `present_to` are the first and last day in the branch, both included, None is open.
    `exempt_from`: left out of scoring, with their consent, from the round that holds this day on.
    """

    __tablename__ = "member"
    __table_args__ = (
        to("unit", "unit_id"),
        to("person", "person_id"),
        to("party_group", "group_id"),
        UniqueConstraint("county_id", "unit_id", "member_no"),
        Index("ix_member_person", "county_id", "person_id"),
    )

    person_id: Mapped[UUID]
    group_id: Mapped[UUID | None]
    member_no: Mapped[str]
    name: Mapped[str]
    name_sort: Mapped[str]
    class_: Mapped[str] = mapped_column("class")
    office: Mapped[str] = mapped_column(default="")
    birth_date: Mapped[date]
    present_from: Mapped[date | None]
    present_to: Mapped[date | None]
    probationary: Mapped[bool] = mapped_column(default=False)
    exempt_from: Mapped[date | None]
    exempt_minute: Mapped[str | None]


def members_on(session: Session, county_id: UUID, unit_ids: list[UUID], day: date) -> list[Member]:
    """Return the members present on a day in these branches, by number."""
    present = (
        select(Member)
        .where(
            Member.county_id == county_id,
            Member.unit_id.in_(unit_ids),
            or_(Member.present_from.is_(None), Member.present_from <= day),
            or_(Member.present_to.is_(None), Member.present_to >= day),
        )
        .order_by(Member.unit_id, Member.member_no)
    )
    return list(session.scalars(present))
