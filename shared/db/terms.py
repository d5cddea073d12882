"""Terms: for how long the leading body of a unit has been elected."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from shared.db.base import Owned, to


class Term(Owned):
    """One term of a unit's leading body: the how-manieth, from a day to a day, by which election."""

    __tablename__ = "term"
    __table_args__ = (
        to("unit", "unit_id"),
        UniqueConstraint("county_id", "unit_id", "number"),
        CheckConstraint("until > since", name="ends_after_it_begins"),
    )

    number: Mapped[int]
    since: Mapped[date]
    until: Mapped[date]
    minute: Mapped[str]
    entered_by: Mapped[UUID | None]
