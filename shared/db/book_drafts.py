"""Drafts of rule books, and every edition that somebody has saved of one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from shared.db.base import Owned, Stateful, one_of, to
from shared.domain.book_drafts import OPEN, BookDraftState

_OPEN = ", ".join(f"'{state}'" for state in sorted(OPEN))


class BookDraft(Stateful):
    """A version of a unit's rule book that is being written; `edition` is the newest that was saved.

    `inherits` is the book above that it lays itself over. Who approves has saved none of its editions: the trigger
    `book_draft_has_two_minds` looks. `issued_id` is the version that it has become.
    """

    __tablename__ = "book_draft"
    __table_args__ = (
        to("unit", "unit_id"),
        to("issued_book", "issued_id"),
        to("person", "started_by"),
        to("person", "submitted_by"),
        to("person", "approved_by"),
        one_of("state", BookDraftState),
        CheckConstraint("approved_by IS NULL OR approved_by <> submitted_by", name="two_people"),
        CheckConstraint(
            "state <> 'approved' OR (approved_by IS NOT NULL AND issued_id IS NOT NULL)",
            name="approved_by_whom",
        ),
        Index(
            "ix_book_draft_open",
            "county_id",
            "unit_id",
            "name",
            unique=True,
            postgresql_where=text(f"state IN ({_OPEN})"),
        ),
    )

    name: Mapped[str]
    version: Mapped[int]
    inherits: Mapped[str | None]
    edition: Mapped[int]
    started_by: Mapped[UUID]
    started_at: Mapped[datetime]
    submitted_by: Mapped[UUID | None]
    submitted_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    issued_id: Mapped[UUID | None]


class BookEdition(Owned):
    """A draft's whole text as somebody saved it; never changed. `said` is what they changed, in words."""

    __tablename__ = "book_edition"
    __table_args__ = (
        to("unit", "unit_id"),
        to("book_draft", "draft_id"),
        to("person", "person_id"),
        UniqueConstraint("county_id", "draft_id", "edition"),
    )

    draft_id: Mapped[UUID]
    edition: Mapped[int]
    text: Mapped[str]
    said: Mapped[str]
    person_id: Mapped[UUID]
    person_name: Mapped[str]
    saved_at: Mapped[datetime]
