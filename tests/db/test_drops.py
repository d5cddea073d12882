"""Drops: every constraint, trigger and policy is taken away in turn, and a check of the catalog says so."""

from collections.abc import Callable, Iterator, Sequence

import pytest
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.orm import Session

from tests.databases import of_its_own
from tests.db import test_catalog, test_migrations, test_promises

# Hundreds of drops, each looked for by every check.
pytestmark = pytest.mark.long

CONSTRAINTS = """SELECT format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', conrelid::regclass, conname)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'p', 'u', 'x')
    AND conrelid <> 'alembic_version'::regclass ORDER BY 1"""
TRIGGERS = """SELECT format(how, tgrelid::regclass, tgname) FROM pg_trigger,
    unnest(ARRAY['ALTER TABLE %s DISABLE TRIGGER %I', 'DROP TRIGGER %2$I ON %1$s']) how
    WHERE NOT tgisinternal ORDER BY 1"""
# What functions look through is tried where they look: who dropped it would see nothing due.
POLICIES = """SELECT format('DROP POLICY %I ON %I', policyname, tablename) FROM pg_policies
    WHERE NOT roles @> '{jifen_owner}' ORDER BY 1"""
WALLS = """SELECT format('ALTER TABLE %s %s ROW LEVEL SECURITY', oid::regclass, verb)
    FROM pg_class, unnest('{DISABLE,NO FORCE}'::text[]) verb
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relrowsecurity ORDER BY 1"""


@pytest.fixture(scope="module")
def alone(admin_database_url: str) -> Iterator[Connection]:
    """A database of its own, which nobody waits for while a table is locked."""
    urls = of_its_own(admin_database_url, "jifen_drops")
    engine = create_engine(make_url(admin_database_url).set(database=make_url(urls.app).database))
    with engine.connect() as connection:
        yield connection
        connection.rollback()
    engine.dispose()


def every_trigger(connection: Connection) -> None:
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        test_promises.test_every_trigger_of_the_database_is_tried_here(session)


WATCHERS: Sequence[Callable[[Connection], None]] = [
    every_trigger,
    test_migrations.test_keys_and_checks_are_the_same_by_name,
    test_catalog.test_every_table_of_a_county_forces_row_level_security,
    test_catalog.test_every_wall_is_restrictive_and_names_the_county,
    test_catalog.test_every_wall_has_its_two_doors_and_no_function_sees_more_than_it_reads,
    test_catalog.test_every_append_only_table_has_its_guard,
]


def seen(connection: Connection) -> bool:
    """Return whether one of the checks fails."""
    for watcher in WATCHERS:
        try:
            watcher(connection)
        except AssertionError:
            return True
    return False


def test_with_everything_there_every_check_is_content(alone: Connection) -> None:
    assert not seen(alone)


@pytest.mark.parametrize(
    "kind", [CONSTRAINTS, TRIGGERS, POLICIES, WALLS], ids=["constraint", "trigger", "policy", "wall"]
)
def test_nothing_is_dropped_unseen(alone: Connection, kind: str) -> None:
    drops = list(alone.scalars(text(kind)))
    unseen = []
    for drop in drops:
        with alone.begin_nested() as point:
            alone.execute(text(drop))
            if not seen(alone):
                unseen.append(drop)
            point.rollback()

    assert len(drops) > 30
    assert unseen == []
