"""A county's rows as its owner reads, writes and takes them away: every table, in the order of their keys."""

import contextlib
import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any, cast
from uuid import UUID

import psycopg
from sqlalchemy import Connection, Engine, create_engine, text

from shared.db.schema import METADATA

# What people and programs sign in with is sealed with the installation's secret, or was typed and not handed in:
# it stays behind, and with it what speaks of it.
OF_THE_INSTALLATION = frozenset(
    {
        *("account", "card", "one_time_code", "sign_in", "token", "kept_answer"),
        *("webhook", "telling", "draft", "submission", "job", "job_file", "import", "import_row"),
    }
)
# What is left of a county that was erased stays when it comes back.
KEPT = frozenset({"tombstone"})


def tables() -> list[str]:
    """Return every table with rows of a county, those first that others point to."""
    return [table.name for table in METADATA.sorted_tables if "county_id" in table.c and table.name not in KEPT]


def archived() -> list[str]:
    """Return the tables that go into an archive."""
    return [name for name in tables() if name not in OF_THE_INSTALLATION]


def copied_out(connection: Connection, table: str, county_id: UUID) -> bytes:
    """Return a county's rows of a table as CSV with headings, in the order of their ids."""
    columns = ", ".join(f'"{column.name}"' for column in METADATA.tables[table].c)
    order = "id" if "id" in METADATA.tables[table].c else "county_id"
    chosen = f"SELECT {columns} FROM \"{table}\" WHERE county_id = '{UUID(str(county_id))}' ORDER BY {order}"  # noqa: S608
    with (
        _driver(connection).cursor() as cursor,
        cursor.copy(f"COPY ({chosen}) TO STDOUT (FORMAT csv, HEADER)") as out,
    ):
        return b"".join(bytes(some) for some in out)


def copied_in(connection: Connection, table: str, content: bytes) -> None:
    """Write a table's CSV into it, by its headings."""
    columns = ", ".join(f'"{name}"' for name in headings(content))
    with _driver(connection).cursor() as cursor:
        statement = f'COPY "{table}" ({columns}) FROM STDIN (FORMAT csv, HEADER)'
        with cursor.copy(statement) as into:
            into.write(content)


def headings(content: bytes) -> Sequence[str]:
    """Return a CSV's first row."""
    return next(csv.reader(io.StringIO(content.decode())))


@contextlib.contextmanager
def as_owner(url: str, of: Sequence[str]) -> Iterator[Connection]:
    """One transaction as the tables' owner, past their walls and promises; `url` is the migrator's login.

    Nobody else reads or writes these tables meanwhile. At its end the walls stand as before, or nothing was done.
    """
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(text("SET ROLE jifen_owner"))
            for table in of:
                connection.execute(text(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY'))
                connection.execute(text(f'ALTER TABLE "{table}" DISABLE TRIGGER USER'))
            yield connection
            for table in of:
                connection.execute(text(f'ALTER TABLE "{table}" ENABLE TRIGGER USER'))
                if METADATA.tables[table].name != "moved_clock":
                    connection.execute(text(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'))
    finally:
        engine.dispose()


def reading(url: str) -> Engine:
    """Return an engine whose transactions see one snapshot and change nothing; `url` is the backup's login."""
    return create_engine(url, isolation_level="REPEATABLE READ", execution_options={"postgresql_readonly": True})


def erased(connection: Connection, county_id: UUID) -> dict[str, int]:
    """Take away every row of a county; return how many of each table."""
    gone = {}
    for table in reversed(tables()):
        done = connection.execute(text(f'DELETE FROM "{table}" WHERE county_id = :id'), {"id": county_id})  # noqa: S608
        gone[table] = cast(Any, done).rowcount
    return gone


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    return cast("psycopg.Connection[Any]", connection.connection.driver_connection)
