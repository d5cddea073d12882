"""Replicas: a real streaming copy is read from while it keeps up, and never before one's own step is on it."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import create_engine, make_url, text

from services.api.app import create_app
from services.api.web.reads import COOKIE
from services.cli.database import Urls, prepare
from services.cli.engines.account import choose
from services.cli.engines.postgres import Cluster
from services.cli.engines.start import Engines, free_port, start_engines
from services.cli.processes import Processes
from shared.config import settings
from shared.db.replicas import Copies, copy_at
from shared.db.session import Db, acting, connect
from shared.db.units import Unit
from tests.api.people import words
from tests.builders import Branch, a_county


def elsewhere(url: str, port: int) -> str:
    """The same login and database at another port."""
    return make_url(url).set(port=port).render_as_string(hide_password=False)


def test_without_a_copy_or_for_who_has_just_written_the_original_is_read(db: Db, urls: Urls) -> None:
    other = connect(urls.app)

    assert Copies(db).to_read(fresh=False) is db
    assert Copies(db, other).to_read(fresh=True) is db
    # Another original is no copy of this one, and is not read.
    assert Copies(db, other).to_read(fresh=False) is db


@pytest.mark.long
def test_a_copy_that_does_not_answer_is_left_alone_for_a_while(db: Db, urls: Urls) -> None:
    copies = Copies(db, copy_at(elsewhere(urls.app, free_port()), 1))

    assert copies.to_read(fresh=False) is db
    assert copies.rests_until > time.monotonic()


@dataclass(frozen=True)
class Pair:
    """An original and its streaming copy, each with a login for pages."""

    original: Db
    copy: Db
    admin_of_copy: str
    processes: Processes


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """A PostgreSQL of the test's own and a second that streams from it."""
    folder = tmp_path_factory.mktemp("pair")
    folder.chmod(0o711)
    own = replace(settings(), database_url=None, redis_url="redis://unused", broker_url=None)
    engines = start_engines(folder / "data", durable=False, given=own)
    processes = Processes(folder / "logs")
    try:
        urls = prepare(engines.database_admin_url, "jifen")
        port = _copied(engines, folder, processes)
        yield Pair(
            connect(urls.app),
            copy_at(elsewhere(urls.app, port), 2),
            elsewhere(engines.database_admin_url, port),
            processes,
        )
    finally:
        processes.stop()
        engines.stop()


def _copied(engines: Engines, folder: Path, processes: Processes) -> int:
    """Copy the cluster while it runs, start the copy behind it, and return its port."""
    password = json.loads((folder / "data" / "secrets.json").read_text())["postgres_password"]
    at, account, port = make_url(engines.database_admin_url), choose(), free_port()
    (folder / "copy").mkdir()
    home = account.home(folder / "copy")
    source = f"host=127.0.0.1 port={at.port} user=postgres password={password}"
    done = account.run("pg_basebackup", "-d", source, "-D", str(home), "-R", "--checkpoint=fast", "--no-sync")
    assert done.returncode == 0, done.stdout
    cluster = Cluster(account, home, folder / "logs", port, password, durable=False)
    processes.start(cluster.program())
    cluster.await_ready(lambda: processes.alive("postgres"), processes.log("postgres"), 0)
    return port


@pytest.fixture
def browser(pair: Pair) -> Iterator[TestClient[Litestar]]:
    """A stranger before pages that have a copy."""
    with TestClient(create_app(pair.original, "redis://127.0.0.1:1", replica=pair.copy)) as client:
        yield client


@pytest.mark.long
def test_strangers_read_from_a_real_copy_and_who_has_written_from_the_original(
    pair: Pair, browser: TestClient[Litestar]
) -> None:
    branch = a_county(pair.original)[0]
    board = f"/board/{branch.unit_id}"
    _caught_up(pair)
    assert Copies(pair.original, pair.copy).to_read(fresh=False) is pair.copy
    _paused(pair, True)
    _renamed(pair.original, branch, "柳溪村党支部（改）")

    assert "（改）" not in words(browser.get(board).text)
    browser.cookies.set(COOKIE, "1")
    assert "（改）" in words(browser.get(board).text)
    browser.cookies.clear()
    _paused(pair, False)
    _caught_up(pair)
    assert "（改）" in words(browser.get(board).text)

    pair.processes.stop()
    assert browser.get(board).status_code == 200


@pytest.mark.long
def test_whoever_does_something_is_remembered_for_a_minute(db: Db, urls: Urls, redis_url: str) -> None:
    with TestClient(create_app(db, redis_url, replica=connect(urls.app))) as client:
        said = client.post("/sign-in", data={}).headers.get_list("set-cookie")
        asked = client.get("/").headers.get_list("set-cookie")

    assert any(one.startswith(f"{COOKIE}=1") and "HttpOnly" in one for one in said)
    assert not any(one.startswith(COOKIE) for one in asked)


def _renamed(db: Db, branch: Branch, name: str) -> None:
    with acting(db, branch.county_id, branch.county_id) as session:
        session.get_one(Unit, (branch.county_id, branch.unit_id)).name = name


def _paused(pair: Pair, paused: bool) -> None:
    """Let the copy fall behind, or catch up again."""
    verb, state = ("pause", "paused") if paused else ("resume", "not paused")
    engine = create_engine(pair.admin_of_copy)
    with engine.connect() as connection:
        connection.execute(text(f"SELECT pg_wal_replay_{verb}()"))
        while connection.scalar(text("SELECT pg_get_wal_replay_pause_state()")) != state:
            time.sleep(0.02)
    engine.dispose()


def _caught_up(pair: Pair) -> None:
    """Wait until the copy has played what the original has written."""
    with pair.original.begin() as session:
        written = session.scalar(text("SELECT pg_current_wal_lsn()::text"))
    behind = text("SELECT pg_last_wal_replay_lsn() < CAST(:written AS pg_lsn)")
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        with pair.copy.begin() as session:
            if not session.scalar(behind, {"written": written}):
                return
        time.sleep(0.05)
    raise AssertionError("the copy does not catch up")
