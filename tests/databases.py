"""A migrated database of a test's own, copied from one that was migrated once for the run."""

from sqlalchemy import create_engine, text

from services.cli.database import Urls, prepare

PATTERN = "jifen_pattern"


def of_its_own(admin_url: str, name: str) -> Urls:
    """Return the logins of a new database: copying takes a tenth of the time that migrating takes."""
    engine = create_engine(admin_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        # PostgreSQL copies no database that somebody else is about to make or to copy.
        connection.execute(text("SELECT pg_advisory_lock(7426113)"))
        made = set(connection.scalars(text("SELECT datname FROM pg_database")))
        if PATTERN not in made:
            prepare(admin_url, PATTERN)
        if name not in made:
            connection.execute(
                text(f'CREATE DATABASE "{name}" OWNER jifen_owner TEMPLATE {PATTERN} STRATEGY file_copy')
            )
    engine.dispose()
    return prepare(admin_url, name)
