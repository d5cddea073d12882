"""RabbitMQ instead of Redis: the same story through quorum queues, with several of everything, and past a kill."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.cli.database import Urls
from services.cli.processes import Processes
from shared.db.session import Db, connect
from tests.builders import a_county, set_clock
from tests.databases import of_its_own
from tests.worker.rabbitmq import PROGRAMS, Node
from tests.worker.rounds import CLOSES, as_deployed, count, publish_quarter, start, story
from tests.worker.test_running import EARLY, eventually, loses_its_broker, quiet, told_in_time

MISSING = "没有 RabbitMQ：Debian 上 apt-get install rabbitmq-server"
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not (PROGRAMS / "rabbitmq-server").exists(), reason=MISSING),
]


@pytest.fixture(scope="module")
def urls(admin_database_url: str) -> Urls:
    """A database of this module's own: in the run's, what other tests have left unsent goes first, for minutes."""
    return of_its_own(admin_database_url, f"jifen_rabbitmq_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")


@pytest.fixture(scope="module")
def db(urls: Urls) -> Db:
    """Sessions of the API's login there."""
    return connect(urls.app)


@pytest.fixture(scope="module")
def clockwork(urls: Urls) -> Db:
    """Sessions of the worker's login there."""
    return connect(urls.worker)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A RabbitMQ of our own."""
    node = Node(tmp_path_factory.mktemp("rabbitmq"))
    node.start()
    yield node
    node.stop()


def test_several_workers_and_beats_tell_the_same_story_through_a_quorum_queue(
    db: Db, clockwork: Db, urls: Urls, broker: Node, processes: Processes, tmp_path: Path
) -> None:
    in_time = told_in_time(db, clockwork, 3)
    county = a_county(db, branches=3, members=2)
    publish_quarter(db, clockwork, county)
    programs = as_deployed(urls, broker.url, tmp_path / "data")
    for n in range(2):
        for name in ("worker", "beat"):
            argv = tuple(part.replace("beat-schedule", f"beat-schedule-{n}") for part in programs[name].argv)
            named = ("--hostname", f"{n}@localhost") if name == "worker" else ()
            processes.start(replace(programs[name], name=f"{name}-{n}", argv=(*argv, *named)))
    for day in range(46):
        set_clock(db, county[0].county_id, CLOSES + timedelta(days=day - 5))
    set_clock(db, county[0].county_id, CLOSES + timedelta(days=40, hours=1))

    assert eventually(lambda: quiet(clockwork, county), 120), processes.log("worker-0").read_text()[-3000:]
    assert story(clockwork, county) == in_time
    assert count(clockwork, county, EARLY) == 0
    queues = broker.asked("list_queues", "name", "type", "--no-table-headers") or ""
    assert "celery\tquorum" in queues.splitlines()
    for n in range(2):
        assert "ready." in processes.log(f"worker-{n}").read_text()


def test_a_worker_survives_rabbitmq_being_killed_with_a_task_in_flight(
    db: Db, clockwork: Db, urls: Urls, broker: Node, processes: Processes, tmp_path: Path
) -> None:
    def lose() -> None:
        broker.kill()
        broker.start()

    start(processes, urls, broker.url, tmp_path / "data")
    loses_its_broker(db, clockwork, processes, lose)
