"""Erasures: people's requests that their files go before their term."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from shared.db.base import Stateful, one_of, to
from shared.domain.erasures import ErasureState


class Erasure(Stateful):
    """A member's request for the files that they have handed in; `files` is how many went when it was granted."""

    __tablename__ = "erasure"
    __table_args__ = (
        to("unit", "unit_id"),
        to("member", "member_id"),
        to("person", "person_id"),
        one_of("state", ErasureState),
        CheckConstraint("state <> 'refused' OR answer IS NOT NULL", name="refused_has_reason"),
        CheckConstraint("state <> 'granted' OR files IS NOT NULL", name="granted_is_counted"),
        Index(
            "ix_erasure_asked",
            "county_id",
            "member_id",
            unique=True,
            postgresql_where=text("state = 'asked'"),
        ),
    )

    member_id: Mapped[UUID]
    person_id: Mapped[UUID]
    reason: Mapped[str]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    files: Mapped[int | None]
