"""Jobs, and the files that they have made; a file is kept for some days only."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Owned, Stateful, one_of, to
from shared.domain.jobs import OPEN, JobState

_OPEN = ", ".join(f"'{state}'" for state in sorted(OPEN))


class Job(Stateful):
    """Long work that somebody has asked for, and how far it has come."""

    __tablename__ = "job"
    __table_args__ = (
        to("unit", "unit_id"),
        to("person", "asked_by"),
        one_of("state", JobState),
        CheckConstraint("done >= 0 AND total >= 0", name="counts"),
        Index("ix_job_person", "county_id", "asked_by", "asked_at"),
        Index("ix_job_open", "county_id", "asked_at", postgresql_where=text(f"state IN ({_OPEN})")),
    )

    kind: Mapped[str]
    title: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int]
    said: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class JobFile(Owned):
    """A file that a job has made for whoever asked for it; `made_at` by the world's clock."""

    __tablename__ = "job_file"
    __table_args__ = (
        to("unit", "unit_id"),
        to("job", "job_id"),
        Index("ix_job_file_job", "county_id", "job_id"),
    )

    job_id: Mapped[UUID]
    name: Mapped[str]
    media_type: Mapped[str]
    content: Mapped[bytes]
    made_at: Mapped[datetime]
