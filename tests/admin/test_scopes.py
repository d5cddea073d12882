"""Whose rows: another county's, and what lies beside one's own subtree, are nowhere; nothing is written."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from starlette.types import ASGIApp

from services.admin.app import VIEWS
from services.admin.rows import Shown
from services.admin.scopes import on_behalf_of
from services.cli.database import Urls
from shared.db.session import Db, acting, connect, enter
from shared.usecases.administrators import Administrator
from shared.usecases.members import add_person, appoint
from tests.admin.people import Browser, signed_in
from tests.builders import LONG_AGO, Branch, a_county, founder
from tests.quarters import posted

CANARY = "金丝雀"
MASKED = {
    "account": "password_hash",
    "claim": "id",
    "delivery": "error",
    "filing": "package",
    "history": "note",
    "issued_book": "text",
    "ledger_entry": "points",
    "line": "points",
    "member": "birth_date",
    "message": "body",
    "notification": "text",
    "person": "telephone",
    "sign_in": "digest",
    "unit": "telephone",
}


@pytest.fixture(scope="module")
def foreign(db: Db, clockwork: Db) -> Branch:
    """A branch of another county, every name in it a canary, with work in it."""
    branch = a_county(db)[0]
    posted(db, clockwork, [branch])
    with db.begin() as session:
        enter(session, branch.county_id, [branch.county_id, branch.parent_id, branch.unit_id])
        for table, column in (("unit", "name"), ("person", "name"), ("member", "name")):
            session.execute(
                text(f"UPDATE {table} SET {column} = :said || {column} WHERE county_id = :county"),
                {"said": CANARY, "county": branch.county_id},
            )
    return branch


@pytest.fixture(scope="module")
def canaries(foreign: Branch, urls: Urls) -> dict[str, list[UUID]]:
    """The ids of the other county's rows, by the table of each view."""
    backup = connect(urls.backup, 1)
    with backup.begin() as session:
        return {
            view.identity: list(
                session.scalars(
                    text(f"SELECT id FROM {_table(view.identity)} WHERE county_id = :c LIMIT 3"),
                    {"c": foreign.county_id},
                )
            )
            for view in VIEWS
            if view.identity != "calendar"
        }


def _table(identity: str) -> str:
    return {"book": "issued_book", "look": "history"}.get(identity, identity)


@pytest.mark.long
def test_another_county_is_in_no_list_search_sort_page_or_filter(audit: Browser, foreign: Branch) -> None:
    for view in VIEWS:
        for asked in (
            "",
            f"?search={CANARY}",
            "?pageSize=200",
            *(f"?sortBy={c}" for c in view.column_sortable_list),
        ):
            said = audit.opens(f"/{view.identity}/list{asked}")
            assert CANARY not in said
    assert CANARY not in audit.opens("/") + audit.opens("/tree")


def test_another_county_s_row_is_as_one_that_is_not_there(audit: Browser, canaries: dict[str, list[UUID]]) -> None:
    assert sum(map(len, canaries.values())) > 15
    for identity, ids in canaries.items():
        nobody = audit.client.get(f"/{identity}/details/{UUID(int=7)}")
        for row_id in ids:
            met = audit.client.get(f"/{identity}/details/{row_id}")
            assert (met.status_code, met.text) == (404, nobody.text)


@pytest.mark.parametrize("act", ["found", "person", "member"])
def test_nothing_is_done_in_another_county(system: Browser, foreign: Branch, act: str) -> None:
    system.opens(f"/acts/{act}/{foreign.unit_id}", 404)
    system.sends(f"/acts/{act}/{foreign.unit_id}", 404, name="新")


def test_a_township_s_administrator_sees_the_township(panel: ASGIApp, db: Db, branch: Branch) -> None:
    with acting(db, branch.county_id, branch.county_id) as session:
        by = founder(branch.county_id)
        person = add_person(session, by, branch.county_id, f"{CANARY}在县里")
        appoint(session, by, branch.county_id, person.id, "county_officer", LONG_AGO)
    browser = signed_in(panel, db, branch, "system_administrator", branch.parent_id)

    assert "柳溪镇" in browser.opens("/unit/list")
    assert "青禾县 · 柳溪镇" in browser.opens("/")
    assert "青禾县 县" not in browser.opens("/tree")
    for identity in ("person", "holding"):
        assert CANARY not in browser.opens(f"/{identity}/list?search={CANARY}")
    browser.opens(f"/unit/details/{branch.county_id}", 404)
    browser.opens(f"/person/details/{person.id}", 404)


def test_whoever_asks_for_nobody_sees_nothing(shown: Db) -> None:
    with shown() as session:
        seen = {
            name: session.scalar(text(f"SELECT count(*) FROM {name}"))
            for name in Shown.metadata.tables
            if name != "panel.calendar"
        }

    assert set(seen.values()) == {0}


def test_without_the_views_own_conditions_the_walls_hold(shown: Db, foreign: Branch, branch: Branch) -> None:
    actor = founder(branch.county_id)
    who = Administrator(actor, "", "", (branch.county_id, branch.parent_id, branch.unit_id))
    with on_behalf_of(who), shown() as session:
        for table in ("unit", "person", "member", "holding", "round", "history", "message", "filing", "deadline"):
            counties = set(session.scalars(text(f"SELECT DISTINCT county_id FROM {table}")))
            assert counties <= {branch.county_id}


@pytest.mark.parametrize(("table", "column"), MASKED.items())
def test_what_is_masked_cannot_be_read_by_sql(urls: Urls, table: str, column: str) -> None:
    with connect(urls.admin, 1)() as session, pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(f"SELECT {column} FROM {table}"))


def test_the_panel_s_login_may_write_nothing_anywhere(urls: Urls) -> None:
    with connect(urls.admin, 1)() as session:
        writable = session.scalars(
            text("""SELECT relname || ' ' || verb FROM pg_class,
                 unnest('{INSERT,UPDATE,DELETE,TRUNCATE}'::text[]) AS verb
                 WHERE relnamespace = ANY ('{public,panel}'::regnamespace[]) AND relkind IN ('r', 'v')
                 AND CASE WHEN verb IN ('INSERT', 'UPDATE') THEN has_any_column_privilege(oid, verb)
                     ELSE has_table_privilege(oid, verb) END""")
        ).all()

    assert writable == []
