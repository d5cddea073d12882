"""Tallies: what stands where is counted as it happens, by whomever, without anybody waiting for anybody."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from services.cli.database import Urls
from shared.db.session import Db, acting
from shared.db.verification.tallies import COUNTED
from shared.usecases.tallies import counts_of_periods, counts_of_unit, of_the_last_year, periods_counted
from tests.builders import Branch, a_county

HUNG = text("""
INSERT INTO notice (county_id, id, unit_id, kind, period, code, title, state, stage, provisional, why)
VALUES (:county, :id, :unit, 'first', :period, :code, '公示', 'drafted', 0, false, '')
""")
DROPPED = text("UPDATE notice SET state = 'approved', stage = 1 WHERE county_id = :county AND id = :id")


@pytest.fixture(scope="module")
def branch(db: Db) -> Branch:
    return a_county(db, members=1)[0]


@pytest.fixture
def engine(admin_database_url: str, urls: Urls) -> Iterator[Engine]:
    """Who is stopped by no wall, and waits for nobody longer than a moment."""
    address = make_url(admin_database_url).set(database=make_url(urls.app).database)
    made = create_engine(address, connect_args={"options": "-c lock_timeout=100"})
    yield made
    made.dispose()


def hang(connection: Connection, branch: Branch, period: str = "2026-Q1") -> dict[str, UUID]:
    notice = {"county": branch.county_id, "id": uuid4()}
    connection.execute(HUNG, {**notice, "unit": branch.unit_id, "period": period, "code": uuid4().hex})
    return notice


def counted(db: Db, branch: Branch, period: str) -> dict[str, int]:
    """What the county sees of the branch's notices of a period; a recount must say the same."""
    with acting(db, branch.county_id, branch.county_id) as session:
        found = {one.state: one.number for one in counts_of_periods(session, [period])}
        assert found == {
            one.state: one.number for one in counts_of_unit(session, branch.unit_id) if one.period == period
        }
        return found


def test_a_step_takes_from_one_state_what_it_gives_to_another(db: Db, engine: Engine, branch: Branch) -> None:
    with engine.begin() as connection:
        one, _ = hang(connection, branch, "2025-Q1"), hang(connection, branch, "2025-Q1")
        connection.execute(DROPPED, one)

    assert counted(db, branch, "2025-Q1") == {"drafted": 1, "approved": 1}


def test_nobody_waits_for_another_s_count_and_none_is_lost(db: Db, engine: Engine, branch: Branch) -> None:
    with engine.begin() as connection:
        hung = [hang(connection, branch) for _ in range(3)]
    with engine.connect() as first, engine.connect() as second, engine.connect() as third:
        first.execute(DROPPED, hung[0])
        second.execute(DROPPED, hung[1])
        hang(third, branch)
        second.commit()
        third.rollback()
        first.commit()

    assert counted(db, branch, "2026-Q1") == {"drafted": 1, "approved": 2}
    with Session(engine) as session:
        assert COUNTED.first(session, branch.county_id) is None


def test_a_number_that_was_changed_is_named(db: Db, engine: Engine, branch: Branch) -> None:
    with Session(engine) as session:
        hang(session.connection(), branch, "2024-Q4")
        session.execute(text("UPDATE tally SET number = 5 WHERE period = '2024-Q4'"))

        wrong = COUNTED.first(session, branch.county_id)

    assert wrong is not None
    assert (wrong.table, wrong.unit_id, wrong.period) == ("tally", branch.unit_id, "2024-Q4")
    assert (wrong.found, wrong.should) == (
        {"noun": "notice", "state": "drafted", "number": 5},
        {"noun": "notice", "state": "drafted", "number": 1},
    )


def test_a_unit_sees_of_which_periods_there_is_anything_below_it(db: Db, engine: Engine, branch: Branch) -> None:
    with engine.begin() as connection:
        hang(connection, branch, "2023-Q3")

    with acting(db, branch.county_id, branch.parent_id) as session:
        assert "2023-Q3" in periods_counted(session)
    elsewhere = a_county(db, members=1)[0]
    with acting(db, elsewhere.county_id, elsewhere.county_id) as session:
        assert periods_counted(session) == []


def test_the_last_year_is_that_before_today_or_before_the_last_work_there_was() -> None:
    periods = ["2026", "2025", "2026-Q1", "2025-Q4", "2025-Q1", "2024-Q4"]

    assert of_the_last_year(periods, date(2026, 4, 10)) == ["2026", "2025", "2026-Q1", "2025-Q4"]
    assert of_the_last_year(["2024-Q1", "2023-Q2", "2023-Q1"], date(2026, 4, 10)) == ["2024-Q1", "2023-Q2"]
    assert of_the_last_year([], date(2026, 4, 10)) == []
