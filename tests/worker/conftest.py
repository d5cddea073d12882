"""A database and a queue of the worker's own: what fires everywhere must not meet other tests' counties."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from services.cli.database import Urls
from services.cli.processes import Processes
from shared.db.session import Db, connect
from tests.databases import of_its_own

WHICH = os.environ.get("PYTEST_XDIST_WORKER", "alone")


@pytest.fixture(scope="session")
def urls(admin_database_url: str) -> Urls:
    """The logins of a database in which no other folder's tests work."""
    return of_its_own(admin_database_url, f"jifen_worker_{WHICH}")


@pytest.fixture(scope="session")
def db(urls: Urls) -> Db:
    """Sessions of the API's login."""
    return connect(urls.app)


@pytest.fixture(scope="session")
def clockwork(urls: Urls) -> Db:
    """Sessions of the worker's login."""
    return connect(urls.worker)


@pytest.fixture
def queue_url(redis_url: str) -> Iterator[str]:
    """A numbered database of the run's Valkey, empty before and after."""
    number = {"gw0": 11, "gw1": 12}.get(WHICH, 13)
    url = f"{redis_url.rsplit('/', 1)[0]}/{number}"
    with Redis.from_url(url) as queue:
        queue.flushdb()
        yield url
        queue.flushdb()


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    """Programs of the test's own, under the supervisor that `jifen up` has."""
    running = Processes(tmp_path / "logs")
    yield running
    running.stop()
