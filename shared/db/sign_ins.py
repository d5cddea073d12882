"""Sign-ins: the browsers in which people are signed in. The token is in the cookie alone, here its digest."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from shared.db.base import Owned, one_of, to

MEANS = ("password", "handed", "card", "county")
LEVELS = ("password", "full")


class SignIn(Owned):
    """One signed-in browser, by the world's clock, whatever a demonstration's says.

    `means` is how it began, `level` whether a second factor was given. `unit_id` is the unit in which the
    person acts and `roles` what they were there when they chose it; before, the account's unit, and None.
    `for_member_id` is the member on whose behalf they act (代办). `proved_at` is when they last showed again who
    they are; before that, `made_at` is.
    """

    __tablename__ = "sign_in"
    __table_args__ = (
        to("unit", "unit_id"),
        to("person", "person_id"),
        to("member", "for_member_id"),
        one_of("means", MEANS),
        one_of("level", LEVELS),
        UniqueConstraint("county_id", "digest"),
        Index("ix_sign_in_person", "county_id", "person_id"),
    )

    person_id: Mapped[UUID]
    digest: Mapped[str]
    means: Mapped[str]
    level: Mapped[str]
    roles: Mapped[str | None]
    for_member_id: Mapped[UUID | None]
    device: Mapped[str]
    made_at: Mapped[datetime]
    proved_at: Mapped[datetime | None]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
