"""What every table has: its county first in each key, its unit, and names for all constraints."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKeyConstraint, MetaData, Numeric, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

POINTS = Numeric(12, 2)


class Table(DeclarativeBase):
    """A table of the product; instants are aware, points exact, text unbounded."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_1_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        UUID: Uuid(),
        Decimal: POINTS,
        datetime: DateTime(timezone=True),
        date: Date(),
        dict[str, Any]: JSONB(),
    }


class InCounty(Table):
    """A row that belongs to a county: the county leads its key, so that a county can live on one shard."""

    __abstract__ = True

    county_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)


class Owned(InCounty):
    """A row that belongs to one unit: row-level security shows it to whoever acts in that unit."""

    __abstract__ = True

    unit_id: Mapped[UUID]


class Stateful(Owned):
    """A row with a life: its state, and the number of steps taken, which deadlines name."""

    __abstract__ = True

    state: Mapped[str]
    stage: Mapped[int] = mapped_column(default=0)


def to(table: str, column: str) -> ForeignKeyConstraint:
    """Return a foreign key that carries the county, so that no row can point into another county."""
    return ForeignKeyConstraint(["county_id", column], [f"{table}.county_id", f"{table}.id"])


def one_of(column: str, values: type[StrEnum] | Iterable[str]) -> CheckConstraint:
    """Return a check that `column` holds one of the values: the database knows the states as well."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
