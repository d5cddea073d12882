"""What tables have in common: the columns of whatever belongs to a unit, and keys named as the models name them."""

from typing import Any

import sqlalchemy as sa
from alembic import op


def owned(table: str, *others: tuple[str, str]) -> tuple[sa.schema.SchemaItem, ...]:
    """Return what every table of a unit has, and its keys to others as (table, column)."""
    return (
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("unit_id", "county_id", "id")),
        *(to(table, other, column) for other, column in (("unit", "unit_id"), *others)),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f(f"pk_{table}")),
    )


def to(table: str, other: str, column: str) -> sa.ForeignKeyConstraint:
    """Return a key that carries the county."""
    target = [f"{other}.county_id", f"{other}.id"]
    return sa.ForeignKeyConstraint(["county_id", column], target, name=op.f(f"fk_{table}_{column}"))


def check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    """Return a condition that every row keeps."""
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def words(name: str, nullable: bool = False) -> sa.Column[Any]:
    """Return a column of text."""
    return sa.Column(name, sa.Text(), nullable=nullable)


def instant(name: str, nullable: bool = False) -> sa.Column[Any]:
    """Return a column of instants."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
