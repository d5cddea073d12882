"""The schema could be spread over machines by county: the rules of Citus, held against the catalog.

That each key, foreign key and index begins with the county and each wall compares it is tested in `test_catalog`:
so a query of the product's own logins is of one county whatever it joins. What is left is what looks past the
walls, and what a table may have that cannot be spread.
"""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, make_url, text

from services.cli.database import Urls
from shared.db.schema import METADATA

OF_COUNTIES = {name for name, table in METADATA.tables.items() if "county_id" in table.c}
# Asked of every machine, the answers put together: each reads rows of one table at a time, and joins no county's
# rows to another's.
ASKED_EVERYWHERE = {
    "delivery_figures": "counts by state for monitoring",
    "due": "whose deadlines have come, and of the clocks that were moved the one furthest ahead",
    "kept": "which files any county still speaks of: a file stands once, under its digest",
    "outlived": "which files have outlived their term",
    "running": "what a suspended county has still running, in three lists",
    "stale_imports": "whose import is a week old",
    "stale_job_files": "whose file is a week old",
    "undelivered": "for whom something waits to be sent",
    "unfinished_jobs": "whose work waits",
    "unsent": "which messages wait",
    "work_figures": "counts by state for monitoring",
    "untold": "which programs wait to be told",
}
PLACE = re.compile(r"(?:\bFROM|\bJOIN|\bUPDATE|,)[\s(]+(?:public\.)?(\w+)(?: AS)?(?:\s+(\w+))?", re.IGNORECASE)
NO_NAME = {"cross", "for", "group", "join", "left", "limit", "on", "order", "set", "union", "using", "where"}


@pytest.fixture(scope="module")
def catalog(admin_database_url: str, urls: Urls) -> Iterator[Connection]:
    engine = create_engine(make_url(admin_database_url).set(database=make_url(urls.app).database))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def loose(body: str) -> set[str]:
    """The names under which a body reads tables of counties without saying which county, or whose."""
    plain = re.sub(r"--[^\n]*|'[^']*'", "", body)
    if re.search(r"\bUSING \(county_id\b", plain):
        return set()
    called = {
        table if name in {"", *NO_NAME} else name
        for table, name in ((one[1], (one[2] or "").lower()) for one in PLACE.finditer(plain))
        if table in OF_COUNTIES
    }
    return {
        name for name in called if not re.search(rf"\b{name}\.county_id\s*=|=\s*\(*{name}\.county_id\b", plain)
    }


def test_the_reader_of_joins_finds_one_without_its_county() -> None:
    assert loose("SELECT FROM public.claim c JOIN public.round r ON r.id = c.round_id") == {"c", "r"}
    assert loose("SELECT FROM public.claim c JOIN public.round r ON r.county_id = c.county_id") == set()


def test_every_function_joins_within_one_county_but_those_that_every_machine_is_asked(catalog: Connection) -> None:
    functions = catalog.execute(
        text("SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'jifen'::regnamespace")
    ).all()

    found = {name: loose(body) for name, body in functions}
    assert len(found) > 40
    # An UPDATE names its own table without an alias; its WHERE is of one county as well.
    assert {name for name, without in found.items() if without - {"unit_period"}} == set(ASKED_EVERYWHERE)


def test_what_every_machine_is_asked_joins_nothing(catalog: Connection) -> None:
    bodies = catalog.scalars(
        text("SELECT prosrc FROM pg_proc WHERE pronamespace = 'jifen'::regnamespace AND proname = ANY (:names)"),
        {"names": list(ASKED_EVERYWHERE)},
    ).all()

    assert [body for body in bodies if re.search(r"\bJOIN\b", body)] == []


def test_every_view_joins_within_one_county(catalog: Connection) -> None:
    views = catalog.execute(
        text("SELECT viewname, definition FROM pg_views WHERE schemaname = ANY ('{public,jifen,panel}')")
    ).all()

    assert len(views) > 10
    # What stands alone in its FROM is joined to nothing; its wall says which county.
    assert {name for name, body in views if re.search(r"\bJOIN\b", body) and loose(body) - {"a"}} == set()


def test_what_must_be_unique_or_apart_is_so_within_its_county(catalog: Connection) -> None:
    elsewhere = set(
        catalog.scalars(
            text("""
            SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
            JOIN pg_class t ON t.oid = x.indrelid AND t.relnamespace = 'public'::regnamespace
            WHERE x.indisunique AND NOT EXISTS (
                SELECT FROM pg_attribute a WHERE a.attrelid = x.indrelid AND a.attnum = ANY (x.indkey)
                AND a.attname = 'county_id')
            UNION
            SELECT c.conname FROM pg_constraint c WHERE c.contype = 'x' AND NOT EXISTS (
                SELECT FROM unnest(c.conkey, c.conexclop) AS compared (attnum, op)
                JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = compared.attnum
                JOIN pg_operator o ON o.oid = compared.op
                WHERE a.attname = 'county_id' AND o.oprname = '=')""")
        )
    )

    assert elsewhere == {"alembic_version_pkc", "pk_calendar_year"}


def test_no_table_is_of_a_kind_that_cannot_be_spread(catalog: Connection) -> None:
    kinds = set(catalog.scalars(text("SELECT relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace")))
    pointed_at = set(
        catalog.scalars(text("SELECT DISTINCT confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"))
    )

    # A sequence numbers the messages: in its type there is room for a range for each machine.
    assert kinds <= {"r", "i", "v", "c", "S"}
    assert pointed_at <= OF_COUNTIES
