"""Findings: what an investigation of an objection heard and found, written before the answer."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from shared.db.base import Owned, to


class Finding(Owned):
    """What one investigator found, whom they heard, and on which day. Append-only: what is added is a new one."""

    __tablename__ = "finding"
    __table_args__ = (
        to("unit", "unit_id"),
        to("objection", "objection_id"),
        to("person", "person_id"),
        Index("ix_finding_objection", "county_id", "objection_id"),
    )

    objection_id: Mapped[UUID]
    person_id: Mapped[UUID]
    heard: Mapped[str]
    held_on: Mapped[date]
    text: Mapped[str]
    written_at: Mapped[datetime]
