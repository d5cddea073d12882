"""Notices as they were posted, the lines or results on each, and the seals that chain a branch's notices."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Owned, Stateful, one_of, to
from shared.domain.notices import NoticeKind, NoticeState


class Notice(Stateful):
    """A notice on a branch's board; `closes_at` and `why` are stored when it is published.

    `seal_id` is set with publication: what was shown is what was sealed.
    """

    __tablename__ = "notice"
    __table_args__ = (
        to("unit", "unit_id"),
        one_of("kind", NoticeKind),
        one_of("state", NoticeState),
        UniqueConstraint("county_id", "code"),
        CheckConstraint(
            "state NOT IN ('published', 'closed') OR (published_at IS NOT NULL AND closes_at IS NOT NULL)",
            name="published_has_window",
        ),
        CheckConstraint("closed_at IS NULL OR closed_at >= closes_at", name="never_closed_early"),
    )

    kind: Mapped[str]
    period: Mapped[str]
    code: Mapped[str]
    title: Mapped[str]
    published_at: Mapped[datetime | None]
    last_day: Mapped[date | None]
    closes_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    provisional: Mapped[bool] = mapped_column(default=False)
    why: Mapped[str | None]
    taken_down_at: Mapped[datetime | None]


class NoticeLine(Owned):
    """A line as a notice shows it: member's name and group as they stood, the edition and its points."""

    __tablename__ = "notice_line"
    __table_args__ = (
        to("unit", "unit_id"),
        to("notice", "notice_id"),
        to("line", "line_id"),
        UniqueConstraint("county_id", "notice_id", "line_id"),
        Index("ix_notice_line_line", "county_id", "line_id"),
    )

    notice_id: Mapped[UUID]
    line_id: Mapped[UUID]
    round_id: Mapped[UUID]
    member_id: Mapped[UUID]
    edition: Mapped[int]
    points: Mapped[Decimal | None]
    reason: Mapped[str | None]


class NoticeVerdict(Owned):
    """A year's result as a notice shows it, with the committee's reason as it stood."""

    __tablename__ = "notice_verdict"
    __table_args__ = (
        to("unit", "unit_id"),
        to("notice", "notice_id"),
        to("verdict", "verdict_id"),
        to("member", "member_id"),
        UniqueConstraint("county_id", "notice_id", "verdict_id"),
    )

    notice_id: Mapped[UUID]
    verdict_id: Mapped[UUID]
    member_id: Mapped[UUID]
    result: Mapped[str]
    reason: Mapped[str | None]


class Seal(Owned):
    """A sealed batch: the digest of a notice's lines and awards, chained to the branch's seal before it.

    `head` is the digest over `previous` and `digest`; it is printed on the notice and filed upward.
    """

    __tablename__ = "seal"
    __table_args__ = (
        to("unit", "unit_id"),
        to("notice", "notice_id"),
        UniqueConstraint("county_id", "unit_id", "seq"),
        UniqueConstraint("county_id", "notice_id"),
        one_of("algorithm", ("sha256", "sm3")),
    )

    seq: Mapped[int]
    notice_id: Mapped[UUID]
    algorithm: Mapped[str]
    digest: Mapped[str]
    previous: Mapped[str]
    head: Mapped[str]
    sealed_at: Mapped[datetime]
