"""The demonstration county, played once for the run: a part of it, or the whole."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
from celery import Celery
from redis import Redis
from sqlalchemy import Row, text

from services.cli.database import Urls, prepare
from services.cli.demo import county_of
from services.cli.demonstration.figures import count_all
from services.cli.demonstration.programme import STARTS, WHOLE, Part, perform
from services.cli.demonstration.stage import Stage
from services.cli.engines.start import start_engines
from services.cli.processes import Processes
from shared.config import read_settings
from shared.db.session import Db, connect
from shared.usecases.verification import verify
from tests.worker.rounds import start

ROOT = Path(__file__).resolve().parents[2]
QUEUE = 14
pytest.register_assert_rewrite(
    "tests.demonstration.facts",
    "tests.demonstration.appraisals",
    "tests.demonstration.books",
    "tests.demonstration.papers",
    "tests.demonstration.accounts",
)
# Branches in which the meeting doubts a claim, and objections are late, and won on appeal.
A_PART = Part(frozenset({"chaiqian"}), frozenset({7, 9, 14}))


@dataclass(frozen=True, slots=True)
class Played:
    """A demonstration that was played, which part of it, its figures, and a login that sees all of it."""

    part: Part
    county_id: UUID
    urls: Urls
    verifier: Db
    figures: dict[str, Any]

    def rows(self, query: str, **given: object) -> list[Row[Any]]:
        """Return what a query finds; `:county` is given."""
        with self.verifier.begin() as session:
            return list(session.execute(text(query), {"county": self.county_id, **given}))

    def only(self, query: str, **given: object) -> Any:
        """Return the one value of a query."""
        return self.rows(query, **given)[0][0]


def play(urls: Urls, queue_url: str, folder: Path, part: Part, number: int = 1) -> Played:
    """Play a part of the demonstration with a worker and a beat of its own; they are ended afterwards."""
    running = Processes(folder / "logs")
    try:
        start(running, urls, queue_url, folder / "data")
        broker = Celery(broker=queue_url)
        county_id = county_of(number)
        clockwork = connect(urls.worker)
        perform(
            Stage(county_id, connect(urls.app), clockwork, broker, Random(number), lambda _: None, STARTS), part
        )
    finally:
        running.stop()
    verifier = connect(urls.verifier)
    with verifier.begin() as session:
        figures = count_all(session, county_id, verify(session, county_id).finding is None)
    return Played(part, county_id, urls, verifier, figures)


@pytest.fixture(scope="session")
def queue_url(redis_url: str) -> Iterator[str]:
    """A numbered database of the run's Valkey for the demonstration's queue."""
    url = f"{redis_url.rsplit('/', 1)[0]}/{QUEUE}"
    with Redis.from_url(url) as queue:
        queue.flushdb()
        yield url
        queue.flushdb()


@pytest.fixture(scope="session")
def part_played(admin_database_url: str, queue_url: str, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """A part of the demonstration, in a quarter of the time."""
    urls = prepare(admin_database_url, "jifen_demonstration")
    return play(urls, queue_url, tmp_path_factory.mktemp("part"), A_PART)


@dataclass(frozen=True, slots=True)
class Command:
    """A run of the command: what it printed, its exit status, and its data folder."""

    data: Path
    status: int
    printed: str
    said: str


def demo_argv(data: Path, *options: str) -> list[str]:
    """The command line of `jifen demo` in a data folder, on a port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    return [sys.executable, "-P", "-m", "services.cli.main", "demo", "--data", str(data), "--port", port, *options]


def run_demo(data: Path, *options: str) -> Command:
    """Run `jifen demo` as a person does, to its end."""
    argv = demo_argv(data, *options)
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900)
    return Command(data, done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def commanded(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """The whole demonstration by its command, in a folder of its own."""
    folder = tmp_path_factory.mktemp("whole")
    folder.chmod(0o711)
    return run_demo(folder / "data", "--json")


@pytest.fixture(scope="session")
def whole_played(commanded: Command) -> Iterator[Played]:
    """The county that the command has left, its services started again."""
    assert commanded.status == 0, commanded.said
    engines = start_engines(commanded.data, given=read_settings({"JIFEN_DATA": str(commanded.data)}))
    try:
        urls = prepare(engines.database_admin_url)
        yield Played(WHOLE, county_of(1), urls, connect(urls.verifier), json.loads(commanded.printed))
    finally:
        engines.stop()
