"""The catalog: no table, view, key, function, login or right escapes the walls."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, make_url, text

from services.cli.database import Urls
from shared.db.base import InCounty
from shared.db.schema import METADATA

# What belongs to the installation, or is asked before a tenant is known; nothing personal is in them.
OF_NO_COUNTY = {"alembic_version", "calendar_year"}
WITHOUT_WALL = {*OF_NO_COUNTY, "moved_clock"}
APPEND_ONLY = {"annual_line", "award", "history", "issued_book", "ledger_entry", "notice_line", "opinion", "score"}
APPEND_ONLY |= {
    "book_edition",
    "filing_edition",
    "finding",
    "notice_verdict",
    "retention",
    "seal",
    "signature",
    "transfer_statement",
    "vote",
}
# What people sign in with: the application's alone, and in a backup.
SIGNING_IN = {"account", "card", "kept_answer", "one_time_code", "sign_in", "token"}
# Drafts, what is over, and what an import has made within the last day.
DELETED = {
    f"{one} DELETE"
    for one in ("draft", "job_file", "opening", "import_row", "member", "person", "unit", "unit_period")
}
LOGINS = {"migrator", "app", "worker", "admin", "verifier", "backup"}


@pytest.fixture(scope="module")
def catalog(admin_database_url: str, urls: Urls) -> Iterator[Connection]:
    engine = create_engine(make_url(admin_database_url).set(database=make_url(urls.app).database))
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        yield connection
    engine.dispose()


def names(catalog: Connection, sql: str) -> set[str]:
    return set(catalog.scalars(text(sql)))


def test_every_table_of_a_county_forces_row_level_security(catalog: Connection) -> None:
    open_ones = names(
        catalog,
        """SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
           AND NOT (relrowsecurity AND relforcerowsecurity)""",
    )

    assert open_ones == WITHOUT_WALL


def test_every_wall_is_restrictive_and_names_the_county(catalog: Connection) -> None:
    walled = names(
        catalog,
        """SELECT tablename FROM pg_policies WHERE permissive = 'RESTRICTIVE' AND cmd = 'ALL'
           AND roles @> '{jifen_app,jifen_worker,jifen_admin}' AND qual LIKE '%jifen.county()%'
           AND with_check LIKE '%jifen.county()%'""",
    )
    tables = names(catalog, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")

    assert walled == tables - WITHOUT_WALL


def test_every_wall_has_its_two_doors_and_no_function_sees_more_than_it_reads(catalog: Connection) -> None:
    tables = names(catalog, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    # A function that is called by one that sees reads with its eyes.
    reading, seeing = (
        names(
            catalog,
            f"""SELECT DISTINCT found[3] FROM pg_proc,
            regexp_matches(pg_get_functiondef(oid), '(FROM|JOIN|UPDATE|INTO|USING) (public\\.)?(\\w+)', 'g') found
            WHERE pronamespace = 'jifen'::regnamespace AND prosecdef >= {definer}""",
        )
        for definer in ("false", "true")
    )

    for policy in ("known", "verifies"):
        behind = names(catalog, f"SELECT tablename FROM pg_policies WHERE policyname = '{policy}'")
        assert behind == tables - WITHOUT_WALL
    seen = names(catalog, "SELECT tablename FROM pg_policies WHERE roles @> '{jifen_owner}'")
    assert seeing & (tables - WITHOUT_WALL) <= seen <= reading


def test_nobody_but_the_verifier_and_the_functions_is_let_past_a_wall(catalog: Connection) -> None:
    past = names(
        catalog,
        """SELECT DISTINCT unnest(roles)::text FROM pg_policies WHERE permissive = 'PERMISSIVE'
           AND policyname <> 'known'""",
    )
    writing = names(
        catalog, "SELECT policyname FROM pg_policies WHERE permissive = 'PERMISSIVE' AND cmd <> 'SELECT'"
    )

    assert past == {"jifen_verifier", "jifen_owner"}
    # What counts as things happen is kept by the functions alone: nobody who logs in may write there.
    assert writing == {"known", "keeps"}
    assert names(catalog, "SELECT tablename FROM pg_policies WHERE policyname = 'keeps'") == {"tally"}


def test_every_table_has_its_county_but_for_those_of_no_county(catalog: Connection) -> None:
    without = names(
        catalog,
        """SELECT tablename FROM pg_tables t WHERE schemaname = 'public' AND NOT EXISTS (
           SELECT FROM information_schema.columns c WHERE c.table_schema = 'public' AND c.table_name = t.tablename
           AND c.column_name = 'county_id' AND c.is_nullable = 'NO')""",
    )

    assert without == OF_NO_COUNTY


def test_every_key_of_a_county_s_table_begins_with_the_county(catalog: Connection) -> None:
    elsewhere = names(
        catalog,
        """SELECT c.conname FROM pg_constraint c JOIN pg_attribute a
           ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
           WHERE c.contype IN ('p', 'u', 'f') AND c.connamespace = 'public'::regnamespace
           AND a.attname <> 'county_id'""",
    )

    assert elsewhere == {"pk_alembic_version", "alembic_version_pkc", "pk_calendar_year"} & elsewhere


def test_every_foreign_key_carries_the_county_on_both_sides(catalog: Connection) -> None:
    keys = catalog.execute(
        text("""SELECT c.conname,
            (SELECT array_agg(a.attname::text) FROM pg_attribute a
             WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)) AS own,
            (SELECT array_agg(a.attname::text) FROM pg_attribute a
             WHERE a.attrelid = c.confrelid AND a.attnum = ANY (c.confkey)) AS theirs
            FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace""")
    ).all()

    assert len(keys) > 60
    assert [key.conname for key in keys if "county_id" not in key.own or "county_id" not in key.theirs] == []


def test_every_index_begins_with_the_county_but_those_that_wake_the_clock(catalog: Connection) -> None:
    elsewhere = names(
        catalog,
        """SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
           JOIN pg_class t ON t.oid = x.indrelid AND t.relnamespace = 'public'::regnamespace
           JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]
           WHERE a.attname <> 'county_id'""",
    )

    assert {name for name in elsewhere if not name.startswith(("ix_deadline_due", "ix_message_unsent"))} <= {
        "alembic_version_pkc",
        "pk_calendar_year",
    }


def test_definer_functions_pin_their_path_and_belong_to_the_owner(catalog: Connection) -> None:
    loose = names(
        catalog,
        """SELECT proname FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
           WHERE prosecdef AND pronamespace = ANY ('{jifen,public}'::regnamespace[]) AND (rolname <> 'jifen_owner'
           OR NOT coalesce(proconfig, '{}') @> '{"search_path=pg_catalog, public"}')""",
    )

    assert loose == set()


def test_definer_functions_return_places_and_numbers_never_rows(catalog: Connection) -> None:
    whole_rows = names(
        catalog,
        """SELECT p.proname FROM pg_proc p JOIN pg_type t ON t.oid = p.prorettype
           WHERE p.prosecdef AND p.pronamespace = 'jifen'::regnamespace
           AND (t.typrelid <> 0
                OR p.proargnames && '{points,name_sort,text,reason,note,body,telephone,birth_date}')""",
    )

    assert whole_rows == set()


def test_what_looks_across_tenants_is_for_the_login_that_needs_it(catalog: Connection) -> None:
    to_all = names(
        catalog,
        """SELECT proname FROM pg_proc WHERE pronamespace = 'jifen'::regnamespace AND prosecdef
           AND has_function_privilege('jifen_admin', oid, 'EXECUTE') AND prorettype <> 'trigger'::regtype""",
    )

    # These read the acting units and below, a county's clock, or what is opened to the acting units.
    assert to_all <= {"counts", "waiting", "instant", "opened"}


def test_logins_have_no_power_over_the_walls(catalog: Connection) -> None:
    roles = catalog.execute(
        text("""SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolinherit, rolcanlogin,
             pg_has_role(rolname, 'jifen_owner', 'USAGE') AS owns FROM pg_roles WHERE rolname LIKE 'jifen\\_%'""")
    ).all()
    by_name = {role.rolname.removeprefix("jifen_"): role for role in roles}

    assert set(by_name) == {*LOGINS, "owner"}
    assert not by_name["owner"].rolcanlogin
    assert {name for name in LOGINS if by_name[name].rolbypassrls} == {"backup"}
    for name in LOGINS:
        role = by_name[name]
        powers = (role.rolsuper, role.rolcreaterole, role.rolcreatedb, role.rolinherit, role.owns)
        assert not any(powers), name


def test_only_the_migrator_can_become_the_owner(catalog: Connection) -> None:
    members = names(
        catalog,
        """SELECT rolname FROM pg_roles WHERE rolname LIKE 'jifen\\_%' AND rolname <> 'jifen_owner'
           AND pg_has_role(rolname, 'jifen_owner', 'MEMBER')""",
    )

    assert members == {"jifen_migrator"}


@pytest.mark.parametrize("login", sorted(LOGINS - {"migrator"}))
def test_nobody_may_change_what_is_append_only(catalog: Connection, login: str) -> None:
    changing = names(
        catalog,
        f"""SELECT relname || ' ' || verb FROM pg_class, unnest('{{UPDATE,DELETE,TRUNCATE}}'::text[]) AS verb
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            AND has_table_privilege('jifen_{login}', oid, verb)""",
    )

    assert {one for one in changing if one.split(" ")[0] in APPEND_ONLY} == set()
    assert {one for one in changing if one.endswith("TRUNCATE")} == set()
    assert {one for one in changing if one.endswith("DELETE")} <= DELETED


@pytest.mark.parametrize("login", ["verifier", "backup"])
def test_who_checks_and_who_copies_can_only_read(catalog: Connection, login: str) -> None:
    tables = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')"
    writes = names(
        catalog, f"{tables} AND has_table_privilege('jifen_{login}', oid, 'INSERT, UPDATE, DELETE, TRUNCATE')"
    )
    unread = names(
        catalog,
        f"{tables} AND relname <> 'alembic_version' AND NOT has_table_privilege('jifen_{login}', oid, 'SELECT')",
    )

    assert writes == set()
    assert unread == (SIGNING_IN if login == "verifier" else set())


def test_a_backup_copies_where_each_sequence_stands(catalog: Connection) -> None:
    uncopied = names(
        catalog,
        """SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'
           AND NOT has_sequence_privilege('jifen_backup', format('public.%I', sequencename), 'SELECT')""",
    )

    assert uncopied == set()


@pytest.mark.parametrize("login", ["worker", "admin", "verifier"])
def test_what_people_sign_in_with_is_the_application_s_alone(catalog: Connection, login: str) -> None:
    seen = names(
        catalog,
        f"""SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            AND has_any_column_privilege('jifen_{login}', oid, 'SELECT, INSERT, UPDATE')""",
    )

    assert seen & SIGNING_IN == set()


def test_no_view_sees_with_its_owner_s_eyes(catalog: Connection) -> None:
    escaping = names(
        catalog,
        """SELECT relname FROM pg_class WHERE relnamespace = ANY ('{public,jifen,panel}'::regnamespace[])
           AND (relkind = 'm'
                OR (relkind = 'v' AND NOT coalesce(reloptions, '{}') @> '{security_invoker=true}'))""",
    )

    assert escaping == set()


def test_every_append_only_table_has_its_guard(catalog: Connection) -> None:
    guarded = names(
        catalog,
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only' AND tgenabled = 'O'",
    )

    assert guarded == APPEND_ONLY


def test_every_model_of_a_county_is_a_table_here(catalog: Connection) -> None:
    tables = names(catalog, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    models = {mapper.class_.__tablename__ for mapper in InCounty.registry.mappers}

    assert models == set(METADATA.tables)
    assert models == tables - {"alembic_version"}
