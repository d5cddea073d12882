"""Reports in which group leaders, heads and contacts tell of others."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped

from shared.db.base import Stateful, one_of, to
from shared.domain.reports import ReportKind, ReportState


class Report(Stateful):
    """What somebody tells of a member, and what the member says to it; only a record made of it counts."""

    __tablename__ = "report"
    __table_args__ = (
        to("unit", "unit_id"),
        to("member", "member_id"),
        to("person", "reported_by"),
        to("record", "record_id"),
        one_of("state", ReportState),
        one_of("kind", ReportKind),
        Index("ix_report_member", "county_id", "member_id"),
        CheckConstraint("state <> 'entered' OR record_id IS NOT NULL", name="entered_is_recorded"),
        CheckConstraint("state <> 'set_aside' OR reason IS NOT NULL", name="set_aside_is_reasoned"),
    )

    member_id: Mapped[UUID]
    reported_by: Mapped[UUID]
    kind: Mapped[str]
    item: Mapped[str | None]
    happened_on: Mapped[date]
    text: Mapped[str]
    reported_at: Mapped[datetime]
    reply: Mapped[str | None]
    replied_at: Mapped[datetime | None]
    record_id: Mapped[UUID | None]
    reason: Mapped[str | None]
