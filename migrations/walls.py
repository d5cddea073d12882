"""The wall around a table of a county: forced row-level security, and what the logins may do behind it."""

from alembic import op

LOGINS = "jifen_app, jifen_worker, jifen_admin"
OF_COUNTY = "county_id = (SELECT jifen.county())"
OF_UNIT = "unit_id = ANY ((SELECT jifen.units())::uuid[])"
OF_PERSON = "person_id = (SELECT jifen.person())"
OWNED = f"{OF_COUNTY} AND {OF_UNIT}"


def opened_by(column: str) -> str:
    """Return the fence of a table whose rows a case may open, by this column, to another unit."""
    return f"{OF_COUNTY} AND ({OF_UNIT} OR {column} = ANY ((SELECT jifen.opened())::uuid[]))"


def wall(table: str, fence: str = OWNED, check: str | None = None) -> None:
    """Force row-level security; the fence is restrictive, so that no later policy can widen it."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY tenant ON {table} AS RESTRICTIVE TO {LOGINS} USING ({fence}) WITH CHECK ({check or fence})"
    )
    op.execute(f"CREATE POLICY known ON {table} TO {LOGINS} USING (true)")
    op.execute(f"CREATE POLICY verifies ON {table} FOR SELECT TO jifen_verifier USING (true)")


def grant(table: str, *rights: str) -> None:
    """Let the application and the worker read the table, and do with it what is named: INSERT, UPDATE, DELETE."""
    op.execute(f"GRANT {', '.join(('SELECT', *rights))} ON {table} TO jifen_app, jifen_worker")
    op.execute(f"GRANT SELECT ON {table} TO jifen_verifier, jifen_backup")


def grant_to_app(table: str, *rights: str) -> None:
    """Let the application alone read and write what people sign in with; a backup copies it, nobody else sees it."""
    op.execute(f"GRANT {', '.join(('SELECT', *rights))} ON {table} TO jifen_app")
    op.execute(f"GRANT SELECT ON {table} TO jifen_backup")
