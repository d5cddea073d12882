"""A database of their own: what the controls damage on purpose must not be found in other tests' counties."""

import os

import pytest

from services.cli.database import Urls
from shared.db.session import Db, connect
from tests.databases import of_its_own


@pytest.fixture(scope="session")
def urls(admin_database_url: str) -> Urls:
    """The logins of a database in which no other folder's tests work."""
    return of_its_own(admin_database_url, f"jifen_faults_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")


@pytest.fixture(scope="session")
def db(urls: Urls) -> Db:
    """Sessions of the API's login."""
    return connect(urls.app)


@pytest.fixture(scope="session")
def clockwork(urls: Urls) -> Db:
    """Sessions of the worker's login."""
    return connect(urls.worker)
