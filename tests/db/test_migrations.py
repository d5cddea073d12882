"""Migrations and models: what one says, the other says."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    CheckConstraint,
    Connection,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
    create_engine,
    inspect,
    make_url,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from services.cli.database import Urls, prepare
from shared.db.schema import METADATA


@pytest.fixture(scope="module")
def migrated(admin_database_url: str, urls: Urls) -> Iterator[Connection]:
    engine = create_engine(make_url(admin_database_url).set(database=make_url(urls.app).database))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_the_migrations_make_exactly_what_the_models_describe(migrated: Connection) -> None:
    options = {"compare_type": True, "compare_server_default": True}
    differences = compare_metadata(MigrationContext.configure(migrated, opts=options), METADATA)

    assert differences == []


@pytest.mark.parametrize("table", sorted(METADATA.tables))
def test_checks_are_the_same_by_name(migrated: Connection, table: str) -> None:
    described = {str(one.name) for one in METADATA.tables[table].constraints if isinstance(one, CheckConstraint)}
    there = {one["name"] for one in inspect(migrated).get_check_constraints(table)}

    assert there == described


def test_keys_and_checks_are_the_same_by_name(migrated: Connection) -> None:
    kinds = {PrimaryKeyConstraint: "p", UniqueConstraint: "u", ForeignKeyConstraint: "f", ExcludeConstraint: "x"}
    kinds[CheckConstraint] = "c"
    described = {
        (table.name, str(one.name), kinds[type(one)])
        for table in METADATA.tables.values()
        for one in table.constraints
        if type(one) in kinds
    }
    keys = """SELECT conrelid::regclass::text, conname, contype FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'p', 'u', 'f', 'x')
        AND conrelid <> 'alembic_version'::regclass"""

    assert set(migrated.execute(text(keys)).tuples()) == described


def test_a_check_on_states_lists_the_same_states(migrated: Connection) -> None:
    inspector = inspect(migrated)
    for table in METADATA.tables.values():
        there = {one["name"]: one["sqltext"] for one in inspector.get_check_constraints(table.name)}
        for check in table.constraints:
            if isinstance(check, CheckConstraint) and " IN (" in str(check.sqltext):
                listed = {part for part in str(check.sqltext).split("'")[1::2] if part}
                assert listed == {part for part in there[str(check.name)].split("'")[1::2] if part}, check.name


def test_a_second_preparation_changes_nothing(admin_database_url: str, urls: Urls) -> None:
    database = make_url(urls.app).database
    assert database

    assert prepare(admin_database_url, database) == urls
