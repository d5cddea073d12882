"""Functions that change in one place: taken as they stand in the database, so that what others changed stays."""

import sqlalchemy as sa
from alembic import op


def reword(function: str, old: str, new: str) -> None:
    """Put `new` for `old` into a function named with its arguments; RuntimeError where `old` is not there."""
    connection = op.get_bind()
    written = connection.scalar(
        sa.text("SELECT pg_get_functiondef(CAST(:name AS regprocedure))"), {"name": function}
    )
    if old not in written:
        raise RuntimeError(f"{function} is not as it was written")
    connection.exec_driver_sql(written.replace(old, new).replace("%", "%%"))
