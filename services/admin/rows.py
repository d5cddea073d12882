"""Rows: the masked views that the panel's login may read; nothing else of the database is known here."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Date, DateTime, MetaData, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Shown(DeclarativeBase):
    """A view of the panel."""

    metadata = MetaData(schema="panel")
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        UUID: Uuid(),
        datetime: DateTime(timezone=True),
        date: Date(),
    }


class OfUnit(Shown):
    """A row of a unit, with the unit's name."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_name: Mapped[str]


class Unit(Shown):
    """A unit of the tree."""

    __tablename__ = "unit"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[UUID | None]
    parent_name: Mapped[str | None]
    kind: Mapped[str]
    name: Mapped[str]
    code: Mapped[str]
    since: Mapped[date | None]
    until: Mapped[date | None]


class Person(OfUnit):
    """Somebody, by name and unit."""

    __tablename__ = "person"

    name: Mapped[str]


class Member(OfUnit):
    """A membership of a branch."""

    __tablename__ = "member"

    member_no: Mapped[str]
    name: Mapped[str]
    present_from: Mapped[date | None]
    present_to: Mapped[date | None]


class Holding(OfUnit):
    """Who holds which role, from when until when."""

    __tablename__ = "holding"

    person_name: Mapped[str | None]
    role: Mapped[str]
    department: Mapped[str | None]
    since: Mapped[date]
    until: Mapped[date | None]


class Book(OfUnit):
    """A version of a rule book, and how many units have taken it up."""

    __tablename__ = "book"

    name: Mapped[str]
    version: Mapped[int]
    effective_from: Mapped[date]
    digest: Mapped[str]
    adopted: Mapped[int]


class Adoption(OfUnit):
    """Which unit uses which version from when on."""

    __tablename__ = "adoption"

    book: Mapped[str]
    version: Mapped[int]
    since: Mapped[date]


class Calendar(Shown):
    """A year's holidays as installed."""

    __tablename__ = "calendar"

    year: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    installed_at: Mapped[datetime]


class Round(OfUnit):
    """A round of a branch and where it stands."""

    __tablename__ = "round"

    period: Mapped[str]
    state: Mapped[str]
    book: Mapped[str]
    version: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date]
    claims_close_at: Mapped[datetime]


class Filing(OfUnit):
    """A package on its way up."""

    __tablename__ = "filing"

    to_unit_name: Mapped[str]
    period: Mapped[str]
    number: Mapped[int]
    edition: Mapped[int]
    state: Mapped[str]
    due_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    filed_at: Mapped[datetime | None]


class Audit(OfUnit):
    """A sampling audit: of what, how much, how it stands; not what was found."""

    __tablename__ = "audit"

    period: Mapped[str]
    state: Mapped[str]
    branch_percent: Mapped[int]
    line_percent: Mapped[int]
    population: Mapped[int]
    drawn_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Look(OfUnit):
    """That somebody has looked at a member's points; not what they saw."""

    __tablename__ = "look"

    member_no: Mapped[str]
    member_name: Mapped[str]
    actor_name: Mapped[str]
    role: Mapped[str]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class Deadline(OfUnit):
    """An instant at which the clock does something."""

    __tablename__ = "deadline"

    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    command: Mapped[str]
    due_at: Mapped[datetime]
    try_at: Mapped[datetime]
    fired_at: Mapped[datetime | None]
    state: Mapped[str]
    attempts: Mapped[int]


class Message(OfUnit):
    """A message of the outbox, without its text."""

    __tablename__ = "message"

    topic: Mapped[str]
    state: Mapped[str]
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    next_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    attempts: Mapped[int]


class Delivery(OfUnit):
    """A notification on its way by one channel; neither to whom nor what."""

    __tablename__ = "delivery"

    channel: Mapped[str]
    state: Mapped[str]
    due_at: Mapped[datetime]
    attempts: Mapped[int]
    done_at: Mapped[datetime | None]


class Notification(OfUnit):
    """That somebody was told something, and whether they have seen it."""

    __tablename__ = "notification"

    topic: Mapped[str]
    state: Mapped[str]
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class History(OfUnit):
    """A step: who, what, when; not what was noted."""

    __tablename__ = "history"

    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    command: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]
    actor_name: Mapped[str]
    role: Mapped[str]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
