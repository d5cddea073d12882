"""Drafts: what somebody has typed into a page and not handed in; and which forms have been handed in already."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Owned, to


class Draft(Owned):
    """What a person has typed into the form of one page, field by field; passwords and files are never in it."""

    __tablename__ = "draft"
    __table_args__ = (
        to("unit", "unit_id"),
        to("person", "person_id"),
        UniqueConstraint("county_id", "unit_id", "person_id", "page"),
    )

    person_id: Mapped[UUID]
    page: Mapped[str]
    fields: Mapped[dict[str, Any]]
    kept_at: Mapped[datetime]


class Submission(Owned):
    """A form that was handed in, by the key that the page gave it; `address` is where its sender was led."""

    __tablename__ = "submission"
    __table_args__ = (to("unit", "unit_id"), Index("ix_submission_made", "county_id", "made_at"))

    person_id: Mapped[UUID]
    address: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
