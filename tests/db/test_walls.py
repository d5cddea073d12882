"""The walls with the queries' own conditions taken off: nothing foreign is seen, pointed at or written."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DatabaseError, ProgrammingError
from sqlalchemy.orm import Session

from services.cli.database import Urls
from shared.db.schema import METADATA
from shared.db.session import Db, acting
from shared.usecases.openings import open_to
from tests.builders import FOUNDED
from tests.leaks.leftovers import leave
from tests.quarters import Quarter, a_full_county

TENANT = sorted(
    name for name, table in METADATA.tables.items() if "county_id" in table.c and name != "moved_clock"
)
# The tree, as it is and as it was, the rule books, that nothing is done in a county for a while, and that one was
# erased, are the whole county's to read.
COUNTY_WIDE = {"unit", "unit_period", "issued_book", "suspension", "tombstone"}
# What a branch is told of how it works belongs to those who say it.
ADDRESSED = {"supervision": "branch_id"}
# How people sign in is nothing that the worker needs to read.
CLOSED_TO_THE_WORKER = ("account", "card", "kept_answer", "one_time_code", "sign_in", "token")
# A new table about which these tests say nothing until tests/leaks leaves a row of it.
NEVER_FILLED = {"notice_verdict"}
READABLE = [
    (table, login)
    for table in TENANT
    for login in ("db", "clockwork")
    if login == "db" or table not in CLOSED_TO_THE_WORKER
]


@pytest.fixture(scope="module")
def everything(admin_database_url: str, urls: Urls) -> Iterator[Session]:
    engine = create_engine(make_url(admin_database_url).set(database=make_url(urls.app).database))
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture(scope="module")
def ours(db: Db, clockwork: Db, everything: Session) -> list[Quarter]:
    """Two branches of one county, with something in every table."""
    return filled(everything, a_full_county(db, clockwork))


@pytest.fixture(scope="module")
def theirs(db: Db, clockwork: Db, everything: Session) -> list[Quarter]:
    """And of another county."""
    return filled(everything, a_full_county(db, clockwork, branches=1))


def filled(everything: Session, quarters: list[Quarter]) -> list[Quarter]:
    """Leave something in the tables that the quarters have not come to."""
    for quarter in quarters:
        leave(everything, quarter)
    everything.commit()
    return quarters


@pytest.mark.parametrize(("table", "login"), READABLE)
def test_a_bare_select_shows_nothing_foreign(
    table: str, login: str, ours: list[Quarter], theirs: list[Quarter], request: pytest.FixtureRequest
) -> None:
    branch = ours[0].branch
    maker: Db = request.getfixturevalue(login)

    with acting(maker, branch.county_id, branch.unit_id) as session:
        seen = session.execute(text(f"SELECT * FROM {table}")).mappings().all()

    assert {row["county_id"] for row in seen} <= {branch.county_id}
    if table not in COUNTY_WIDE:
        addressed = ADDRESSED.get(table, "to_unit_id")
        assert all(branch.unit_id in {row["unit_id"], row.get(addressed)} for row in seen)


def test_there_was_something_foreign_to_see(
    everything: Session, ours: list[Quarter], theirs: list[Quarter]
) -> None:
    """The test above would be empty if nobody else had rows: they have, in every table."""
    mine, other = ours[0].branch, theirs[0].branch
    filled = {
        table
        for table in set(TENANT) - COUNTY_WIDE
        if set(everything.scalars(text(f"SELECT DISTINCT unit_id FROM {table}"))) - {mine.unit_id}
        and other.county_id in set(everything.scalars(text(f"SELECT DISTINCT county_id FROM {table}")))
    }

    assert set(TENANT) - filled <= NEVER_FILLED | COUNTY_WIDE, "leave a row of it in tests/leaks"


@pytest.mark.parametrize("table", CLOSED_TO_THE_WORKER)
def test_the_worker_may_not_read_how_people_sign_in(table: str, clockwork: Db, ours: list[Quarter]) -> None:
    branch = ours[0].branch

    with (
        pytest.raises(ProgrammingError, match=f"permission denied for table {table}"),
        acting(clockwork, branch.county_id, branch.unit_id) as session,
    ):
        session.execute(text(f"SELECT count(*) FROM {table}"))


@pytest.mark.parametrize(("table", "login"), READABLE)
def test_without_context_there_is_nothing(
    table: str, login: str, ours: list[Quarter], request: pytest.FixtureRequest
) -> None:
    maker: Db = request.getfixturevalue(login)

    with maker.begin() as session:
        assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0


def test_the_context_is_gone_after_the_commit_and_after_a_rollback(db: Db, ours: list[Quarter]) -> None:
    branch = ours[0].branch
    with db() as session:
        for end in (session.commit, session.rollback):
            enter = text("SELECT set_config('jifen.county', :c, true), set_config('jifen.units', :u, true)")
            session.execute(enter, {"c": str(branch.county_id), "u": f"{{{branch.unit_id}}}"})
            assert session.scalar(text("SELECT count(*) FROM line"))
            end()
            assert session.scalar(text("SELECT count(*) FROM line")) == 0


@pytest.mark.parametrize("other", ["county", "unit"])
def test_saying_another_unit_with_our_county_shows_nothing_of_either(
    db: Db, ours: list[Quarter], theirs: list[Quarter], other: str
) -> None:
    mine, yours = ours[0].branch, theirs[0].branch
    county = yours.county_id if other == "county" else mine.county_id
    unit = mine.unit_id if other == "county" else yours.unit_id

    with acting(db, county, unit) as session:
        assert session.scalar(text("SELECT count(*) FROM ledger_entry")) == 0


def test_an_opened_row_is_seen_where_it_is_opened_to_and_no_other_row(db: Db, ours: list[Quarter]) -> None:
    mine, neighbour = ours[0].branch, ours[1].branch
    with acting(db, mine.county_id, mine.unit_id) as session:
        line: UUID = session.scalars(text("SELECT line_id FROM ledger_entry ORDER BY line_id LIMIT 1")).one()
        entries = session.scalar(text("SELECT count(*) FROM ledger_entry WHERE line_id = :l"), {"l": line})
        open_to(session, mine.county_id, mine.unit_id, mine.parent_id, [line], "抽查", FOUNDED)

    with acting(db, mine.county_id, mine.parent_id) as session:
        assert set(session.scalars(text("SELECT id FROM line"))) == {line}
        assert set(session.scalars(text("SELECT DISTINCT line_id FROM ledger_entry"))) == {line}
        assert session.scalar(text("SELECT count(*) FROM ledger_entry")) == entries
        assert session.scalar(text("SELECT count(*) FROM seal")) == 0
    with acting(db, mine.county_id, neighbour.unit_id) as session:
        assert session.scalar(text("SELECT count(*) FROM line WHERE id = :l"), {"l": line}) == 0


def test_a_row_cannot_point_into_another_county(db: Db, ours: list[Quarter], theirs: list[Quarter]) -> None:
    """Foreign keys are checked past row-level security: only the county in the key keeps them at home."""
    mine, yours = ours[0].branch, theirs[0].branch

    with (
        pytest.raises(DatabaseError, match="fk_line_member_id"),
        acting(db, mine.county_id, mine.unit_id) as session,
    ):
        session.execute(
            text("""INSERT INTO line (county_id, id, unit_id, round_id, member_id, state, stage, edition)
                 VALUES (:county, :id, :unit, :round, :member, 'open', 0, 0)"""),
            {
                "county": mine.county_id,
                "id": uuid4(),
                "unit": mine.unit_id,
                "round": ours[0].round_id,
                "member": yours.members[0].id,
            },
        )


@pytest.mark.parametrize("login", ["db", "clockwork"])
def test_nothing_is_written_into_another_unit(
    login: str, ours: list[Quarter], request: pytest.FixtureRequest
) -> None:
    mine, neighbour = ours[0].branch, ours[1].branch
    maker: Db = request.getfixturevalue(login)
    group = {"county": mine.county_id, "id": uuid4(), "unit": neighbour.unit_id}

    with (
        pytest.raises(DatabaseError, match="row-level security"),
        acting(maker, mine.county_id, mine.unit_id) as session,
    ):
        session.execute(
            text("""INSERT INTO party_group (county_id, id, unit_id, number, name)
                 VALUES (:county, :id, :unit, 9, '第九党小组')"""),
            group,
        )
    with acting(maker, mine.county_id, mine.unit_id) as session:
        changed = session.execute(text("UPDATE line SET points = 99 WHERE unit_id = :unit"), group)
        assert changed.rowcount == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize("column", ["unit_id", "county_id"])
def test_no_row_moves_to_another_owner(db: Db, ours: list[Quarter], theirs: list[Quarter], column: str) -> None:
    mine = ours[0].branch
    away = ours[1].branch.unit_id if column == "unit_id" else theirs[0].branch.county_id

    with pytest.raises(DatabaseError), acting(db, mine.county_id, mine.unit_id) as session:
        session.execute(text(f"UPDATE party_group SET {column} = :away"), {"away": away})
