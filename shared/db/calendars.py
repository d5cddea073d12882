"""The holiday calendar as installed, one row a published year."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Table


class CalendarYear(Table):
    """A year as the State Council's notice gives it; belongs to the installation, not to a county."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str]
    text: Mapped[str]
    installed_at: Mapped[datetime]
