"""Tallies: how many of each kind stand where, kept by triggers with each change of state."""

from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from shared.db.base import Owned, one_of, to

COUNTED = ("round", "claim", "line", "notice", "objection", "filing")


class Tally(Owned):
    """So many of a noun of a unit in a period stand in a state: the sum of `number` over the rows that say so.

    There may be several: who finds a row held by another transaction waits for nobody and opens one more. So a
    single `number` may be negative, the sum never is. Only triggers write here.
    """

    __tablename__ = "tally"
    __table_args__ = (
        to("unit", "unit_id"),
        one_of("noun", COUNTED),
        Index("ix_tally_unit", "county_id", "unit_id", "period", "noun", "state"),
        Index("ix_tally_period", "county_id", "period", "unit_id"),
    )

    unit_id: Mapped[UUID]
    period: Mapped[str]
    noun: Mapped[str]
    state: Mapped[str]
    number: Mapped[int]
