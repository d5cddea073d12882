"""People, and their membership of a branch from a day to a day."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Owned, one_of, to
from shared.domain.records import Exemption, MemberClass
from shared.domain.transfers import Joining, Leaving


class Person(Owned):
    """Somebody who acts in the product; `unit_id` is the unit that entered them."""

    __tablename__ = "person"
    __table_args__ = (to("unit", "unit_id"), Index("ix_person_telephone", "county_id", "telephone"))

    name: Mapped[str]
    telephone: Mapped[str | None]


class Member(Owned):
    """A person's membership of one branch; after a transfer the other branch has a row of its own.

    `present_from` and `present_to` are the first and last day in the branch, both included, None is open.
    `contact_id` is who keeps in touch with them while they are away.
    `exempt_from`: left out of scoring, with their consent, from the round that holds this day on, up to and with
    the one that holds `exempt_to`, None as long as it lasts; `exempt_consent` is how they agreed, and on
    `exempt_review_on` it is looked at again. `probation_until` is the day on which a probation ends.
    """

    __tablename__ = "member"
    __table_args__ = (
        to("unit", "unit_id"),
        to("person", "person_id"),
        to("party_group", "group_id"),
        to("person", "contact_id"),
        UniqueConstraint("county_id", "unit_id", "member_no"),
        Index("ix_member_person", "county_id", "person_id"),
        Index("ix_member_number", "county_id", "member_no"),
        one_of("joined_as", Joining),
        one_of("left_as", Leaving),
        CheckConstraint("left_as IS NULL OR present_to IS NOT NULL", name="left_on_a_day"),
        # Nobody is a member of two branches on one day: a transfer splits the year without gap or overlap.
        ExcludeConstraint(
            ("county_id", "="),
            ("person_id", "="),
            (text("daterange(present_from, present_to, '[]')"), "&&"),
            using="gist",
            name="ex_member_one_branch_at_a_time",
        ),
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
    joined_as: Mapped[str | None]
    left_as: Mapped[str | None]
    probationary: Mapped[bool] = mapped_column(default=False)
    probation_until: Mapped[date | None]
    probation_extended: Mapped[bool] = mapped_column(default=False)
    contact_id: Mapped[UUID | None]
    exempt_from: Mapped[date | None]
    exempt_to: Mapped[date | None]
    exempt_minute: Mapped[str | None]
    exempt_consent: Mapped[str | None]
    exempt_review_on: Mapped[date | None]

    @property
    def away(self) -> bool:
        """Whether they live away: of the class of migrant members, or with somebody named to keep in touch."""
        return self.class_ == MemberClass.MIGRANT or self.contact_id is not None

    @property
    def exemption(self) -> Exemption | None:
        """For how long they have been left out of scoring last; None if they never were."""
        return Exemption(self.exempt_from, self.exempt_to) if self.exempt_from else None
