"""What every test may ask for."""

import os

import pytest


@pytest.fixture(scope="session")
def database_url() -> str:
    """A PostgreSQL that the tests may use, as a psycopg connection string."""
    dsn = os.environ.get("JIFEN_TEST_DATABASE_URL")
    if not dsn:
        pytest.skip("JIFEN_TEST_DATABASE_URL is not set")
    return dsn
