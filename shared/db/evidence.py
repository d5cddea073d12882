"""Evidence: which files came with what; the files themselves stand in a store, under their digests."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped

from shared.db.base import Owned, one_of, to
from shared.domain.evidence import MediaType, SubjectKind


class Evidence(Owned):
    """A file that came with a claim or an objection, known by the digest of its content.

    `digest` is of what is kept, `original` of what was handed in, `size` in bytes. What was taken back has
    `removed_at`, and no file any more; what was destroyed also has the rule under which it was, in
    `destroyed_under`, and no name: the row is the stone that stays in the file's place.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        to("unit", "unit_id"),
        one_of("subject_kind", SubjectKind),
        one_of("media_type", MediaType),
        CheckConstraint("digest ~ '^[0-9a-f]{64}$' AND original ~ '^[0-9a-f]{64}$'", name="digests"),
        CheckConstraint(
            "destroyed_under IS NULL OR (removed_at IS NOT NULL AND name = '')", name="destroyed_is_nameless"
        ),
        Index("ix_evidence_subject", "county_id", "subject_id"),
    )

    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    digest: Mapped[str]
    original: Mapped[str]
    added_by: Mapped[UUID | None]
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    destroyed_under: Mapped[str | None]
