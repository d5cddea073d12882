"""A county full of data, and a superuser who tampers with it in a transaction that leaves nothing."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, make_url
from sqlalchemy.orm import Session

from services.cli.database import Urls
from shared.db.session import Db
from tests.quarters import Quarter, a_full_county
from tests.usecases.tampering import disarm


@pytest.fixture(scope="module")
def quarters(db: Db, clockwork: Db) -> list[Quarter]:
    """Two branches with claims, seals, entries, a reversal, packages and a year."""
    return a_full_county(db, clockwork)


@pytest.fixture(scope="module")
def superuser(admin_database_url: str, urls: Urls) -> Iterator[Session]:
    """Who may do anything to the tests' database."""
    engine = create_engine(make_url(admin_database_url).set(database=make_url(urls.app).database))
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def tamper(superuser: Session, quarters: list[Quarter]) -> Iterator[Session]:
    """A superuser's transaction with triggers and foreign keys off and every check dropped; nothing stays."""
    superuser.rollback()
    disarm(superuser)
    yield superuser
    superuser.rollback()
