"""`jifen demo --fresh` removes a demonstration, and nothing in which anybody else lives."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import create_engine, make_url, text

from services.cli.demonstration.county import founder
from services.cli.demonstration.fresh import erase
from shared.db.session import connect
from shared.domain.errors import Refusal
from shared.usecases.units import found_county
from tests.databases import of_its_own

pytestmark = pytest.mark.long

NOW = datetime(2025, 1, 2, tzinfo=UTC)
DEMONSTRATION, ANOTHER = UUID(int=71), UUID(int=72)


def found(admin_url: str, database: str, county_id: UUID) -> None:
    db = connect(of_its_own(admin_url, database).app)
    with db.begin() as session:
        found_county(session, founder(county_id), "青禾县", "qinghe", demonstration=True, now=NOW)
    db.kw["bind"].dispose()


def databases(admin_url: str) -> set[str]:
    engine = create_engine(make_url(admin_url).set(drivername="postgresql+psycopg"))
    with engine.connect() as session:
        names = set(session.scalars(text("SELECT datname FROM pg_database")))
    engine.dispose()
    return names


def test_a_demonstration_alone_is_removed_with_its_database(admin_database_url: str) -> None:
    found(admin_database_url, "jifen_fresh_alone", DEMONSTRATION)

    erase(admin_database_url, {DEMONSTRATION}, "jifen_fresh_alone")

    assert "jifen_fresh_alone" not in databases(admin_database_url)


def test_nothing_is_removed_where_another_county_lives(admin_database_url: str) -> None:
    found(admin_database_url, "jifen_fresh_shared", DEMONSTRATION)
    found(admin_database_url, "jifen_fresh_shared", ANOTHER)

    with pytest.raises(Refusal, match="这里还有别的县"):
        erase(admin_database_url, {DEMONSTRATION}, "jifen_fresh_shared")

    assert "jifen_fresh_shared" in databases(admin_database_url)
