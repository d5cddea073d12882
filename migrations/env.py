"""Runs the migrations as the schema's owner, in one transaction, on the connection that the caller gives."""

from alembic import context
from sqlalchemy import Connection, create_engine, text

from shared.db.schema import METADATA


def run(connection: Connection) -> None:
    """Run what is missing; the migrator logs in, the owner owns (it cannot log in)."""
    connection.execute(text("SET ROLE jifen_owner"))
    context.configure(connection=connection, target_metadata=METADATA, transaction_per_migration=False)
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    """Take the caller's connection, or the address given with -x url=."""
    connection = context.config.attributes.get("connection")
    if connection is not None:
        run(connection)
        return
    engine = create_engine(context.get_x_argument(as_dictionary=True)["url"])
    with engine.begin() as own:
        run(own)


main()
