"""What every test may ask for: a real PostgreSQL and a real Valkey, started once for the whole run."""

import contextlib
import os
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.cli.database import Urls
from services.cli.engines.start import Engines, start_engines
from shared.config import settings, with_driver
from shared.db.session import Db, connect
from tests.databases import of_its_own

DATABASE = "JIFEN_TEST_DATABASE_URL"
REDIS = "JIFEN_TEST_REDIS_URL"
SHARED = pytest.StashKey[contextlib.ExitStack]()


@contextlib.contextmanager
def started() -> Iterator[Engines]:
    """The services under a folder that goes with the run, or those that the environment names."""
    given = settings()
    given = replace(
        given,
        database_url=with_driver(os.environ.get(DATABASE)) or given.database_url,
        redis_url=os.environ.get(REDIS) or given.redis_url,
    )
    with tempfile.TemporaryDirectory(prefix="jifen-", ignore_cleanup_errors=True) as folder:
        # Root without user namespaces runs PostgreSQL as nobody, who has to come through here.
        Path(folder).chmod(0o711)
        engines = start_engines(Path(folder) / "data", durable=False, given=given)
        try:
            yield engines
        finally:
            engines.stop()


def listen_to_signals() -> None:
    """A runner in the background, or under nohup, ignores signals that programs under test must hear."""
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    """With several processes, the one that starts them starts the services too, and they inherit the addresses."""
    listen_to_signals()
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        return
    stack = config.stash[SHARED] = contextlib.ExitStack()
    engines = stack.enter_context(started())
    os.environ[DATABASE] = engines.database_admin_url
    os.environ[REDIS] = engines.redis_url


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A file that is long as a whole is not even read where only the short ones run: they are a fifth of all."""
    if collection_path.suffix != ".py" or config.getoption("markexpr") != "not long":
        return None
    return "\npytestmark = pytest.mark.long\n" in collection_path.read_text("utf-8") or None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Ends what `pytest_configure` has started."""
    if SHARED in config.stash:
        config.stash[SHARED].close()


@pytest.fixture(scope="session")
def engines() -> Iterator[Engines]:
    """The run's PostgreSQL and Valkey, shared by every test: make a database of your own in it."""
    with started() as running:
        yield running


@pytest.fixture(scope="session")
def admin_database_url(engines: Engines) -> str:
    """The superuser's SQLAlchemy URL, at the database `postgres`."""
    return engines.database_admin_url


@pytest.fixture(scope="session")
def redis_url(engines: Engines) -> str:
    """The run's Valkey."""
    return engines.redis_url


@pytest.fixture(scope="session")
def database_url(admin_database_url: str) -> str:
    """The same PostgreSQL as a psycopg connection string, for tests that only reckon in SQL."""
    return admin_database_url.replace("postgresql+psycopg://", "postgresql://")


@pytest.fixture(scope="session")
def urls(admin_database_url: str) -> Urls:
    """The logins of a database of our own, migrated; one for each process of the run."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    return of_its_own(admin_database_url, f"jifen_{worker}")


@pytest.fixture(scope="session")
def db(urls: Urls) -> Db:
    """Sessions of the API's login: row-level security is in force."""
    return connect(urls.app)


@pytest.fixture(scope="session")
def clockwork(urls: Urls) -> Db:
    """Sessions of the worker's login."""
    return connect(urls.worker)
