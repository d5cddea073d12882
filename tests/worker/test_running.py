"""Real workers and beats: nothing happens without them, once with any number, and through whatever kills them."""

import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import text

from services.cli.database import Urls
from services.cli.engines.start import start_engines
from services.cli.processes import Processes
from services.worker.deadlines import fire_all_due
from shared.config import settings
from shared.db.session import Db, acting
from tests.builders import Branch, a_county, set_clock
from tests.worker.rounds import (
    CLOSES,
    as_deployed,
    count,
    open_rounds,
    publish_quarter,
    start,
    story,
)

# What takes minutes together: with ./jifen test --all.
pytestmark = pytest.mark.long

LATER = CLOSES + timedelta(days=40)
WAITING = f"SELECT count(*) FROM deadline WHERE fired_at IS NULL AND due_at <= '{LATER.isoformat()}'"
UNTOLD = "SELECT count(*) FROM message WHERE done_at IS NULL"
EARLY = "SELECT count(*) FROM deadline WHERE fired_at < due_at"


def eventually(true: Callable[[], bool], within_s: float = 60.0) -> bool:
    """Whether it becomes true in time."""
    ends = time.monotonic() + within_s
    while time.monotonic() < ends:
        if true():
            return True
        time.sleep(0.1)
    return False


def quiet(clockwork: Db, branches: Sequence[Branch]) -> bool:
    """Whether a county's clock has nothing left to do, and everybody has been told."""
    return count(clockwork, branches, WAITING) == 0 and count(clockwork, branches, UNTOLD) == 0


def children(process_id: int) -> list[int]:
    """The processes that a process has started."""
    found = Path(f"/proc/{process_id}/task/{process_id}/children")
    return [int(child) for child in found.read_text().split()] if found.exists() else []


def told_in_time(db: Db, clockwork: Db, branches: int) -> dict[str, list[tuple[object, ...]]]:
    """The story of a county whose deadlines were fired as they came."""
    county = a_county(db, branches=branches, members=2)
    publish_quarter(db, clockwork, county)
    for day in range(46):
        set_clock(db, county[0].county_id, CLOSES + timedelta(days=day - 5))
        fire_all_due(clockwork)
    set_clock(db, county[0].county_id, LATER + timedelta(hours=1))
    return story(clockwork, county)


def test_without_a_worker_nothing_happens_and_with_one_everything_at_its_instant(
    db: Db, clockwork: Db, urls: Urls, queue_url: str, processes: Processes, tmp_path: Path
) -> None:
    in_time = told_in_time(db, clockwork, 1)
    county = a_county(db, members=2)
    publish_quarter(db, clockwork, county)
    set_clock(db, county[0].county_id, LATER)
    before = story(clockwork, county)
    start(processes, urls, queue_url, tmp_path / "data", "beat")
    time.sleep(1.5)
    assert story(clockwork, county) == before

    start(processes, urls, queue_url, tmp_path / "data", "worker")

    assert eventually(lambda: quiet(clockwork, county)), processes.log("worker").read_text()
    assert story(clockwork, county) == in_time
    assert count(clockwork, county, EARLY) == 0
    assert count(clockwork, county, "SELECT count(*) FROM notification") > 0


@pytest.mark.long
def test_a_worker_survives_its_broker_being_killed_with_a_task_in_flight(
    db: Db, clockwork: Db, urls: Urls, admin_database_url: str, processes: Processes, tmp_path: Path
) -> None:
    own = replace(settings(), database_url=admin_database_url, redis_url=None, broker_url=None)
    engines = start_engines(tmp_path / "engines", given=own)
    try:
        assert engines.processes
        broker = engines.processes.running["valkey"]
        start(processes, urls, engines.redis_url, tmp_path / "data")
        loses_its_broker(db, clockwork, processes, broker.process.kill)
    finally:
        processes.stop()
        engines.stop()


@pytest.mark.long
def test_a_worker_survives_its_connections_being_cut_with_a_task_in_flight(
    db: Db, clockwork: Db, urls: Urls, queue_url: str, processes: Processes, tmp_path: Path
) -> None:
    start(processes, urls, queue_url, tmp_path / "data")
    loses_its_broker(db, clockwork, processes, lambda: cut_connections(queue_url))


def loses_its_broker(db: Db, clockwork: Db, processes: Processes, lose: Callable[[], None]) -> None:
    """Take the broker away while a task is in flight: the same worker ends it, and hears of what comes after."""
    county, later = a_county(db, members=2), a_county(db, members=1)
    notice = publish_quarter(db, clockwork, county)[0]
    worker = processes.running["worker"].process
    assert eventually(lambda: "ready." in processes.log("worker").read_text())
    with acting(db, county[0].county_id, county[0].unit_id) as session:
        # Whoever holds the notice keeps the task that closes it in flight.
        session.execute(text("SELECT 1 FROM notice WHERE id = :id FOR UPDATE"), {"id": notice.id})
        set_clock(db, county[0].county_id, LATER)
        assert eventually(lambda: _waits_for_a_lock(clockwork))
        lose()
        time.sleep(2)
    assert eventually(lambda: quiet(clockwork, county)), processes.log("worker").read_text()[-3000:]
    open_rounds(db, later[0])
    set_clock(db, later[0].county_id, LATER)
    assert eventually(lambda: quiet(clockwork, later)), processes.log("worker").read_text()[-3000:]
    assert worker.poll() is None


def _waits_for_a_lock(db: Db) -> bool:
    waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"
    with db.begin() as session:
        return bool(session.scalar(text(waiting)))


def cut_connections(queue_url: str) -> None:
    """Cut everybody off from a numbered database of the broker, ourselves excepted."""
    with Redis.from_url(queue_url) as queue:
        number = queue_url.rsplit("/", 1)[1]
        mine = str(queue.client_id())
        for client in queue.client_list():
            if client["db"] == number and client["id"] != mine:
                queue.client_kill_filter(_id=client["id"])


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc").exists(), reason="children are found in /proc")
def test_each_deadline_is_fired_once_while_workers_are_killed(
    db: Db, clockwork: Db, urls: Urls, queue_url: str, processes: Processes, tmp_path: Path
) -> None:
    in_time = told_in_time(db, clockwork, 12)
    county = a_county(db, branches=12, members=2)
    publish_quarter(db, clockwork, county)
    start(processes, urls, queue_url, tmp_path / "data")
    processes.keep()
    assert eventually(lambda: "ready." in processes.log("worker").read_text())
    for day in range(46):
        set_clock(db, county[0].county_id, CLOSES + timedelta(days=day - 5))
        time.sleep(0.2)
        worker = processes.running["worker"].process.pid
        for child in [*children(worker), *([worker] if day % 10 == 9 else [])]:
            _kill(child)
        if day % 7 == 3:
            _kill(processes.running["beat"].process.pid)
    set_clock(db, county[0].county_id, LATER + timedelta(hours=1))
    _deliver_again(clockwork, county)

    assert eventually(lambda: quiet(clockwork, county), 120), processes.log("worker").read_text()[-3000:]
    assert story(clockwork, county) == in_time
    assert count(clockwork, county, EARLY) == 0


def _kill(process_id: int) -> None:
    try:
        os.kill(process_id, signal.SIGKILL)
    except ProcessLookupError:
        return


@pytest.mark.long
def test_three_beats_and_an_emptied_queue_leave_the_same_story(
    db: Db, clockwork: Db, urls: Urls, queue_url: str, processes: Processes, tmp_path: Path
) -> None:
    in_time = told_in_time(db, clockwork, 3)
    county = a_county(db, branches=3, members=2)
    publish_quarter(db, clockwork, county)
    start(processes, urls, queue_url, tmp_path / "data")
    beat = as_deployed(urls, queue_url, tmp_path / "data")["beat"]
    for n in (2, 3):
        schedule = tuple(part.replace("beat-schedule", f"beat-schedule-{n}") for part in beat.argv)
        processes.start(replace(beat, name=f"beat-{n}", argv=schedule))
    with Redis.from_url(queue_url) as queue:
        for day in range(46):
            set_clock(db, county[0].county_id, CLOSES + timedelta(days=day - 5))
            time.sleep(0.2)
            queue.flushdb()
    set_clock(db, county[0].county_id, LATER + timedelta(hours=1))
    _deliver_again(clockwork, county)

    assert eventually(lambda: quiet(clockwork, county), 60), processes.log("worker").read_text()[-3000:]
    assert story(clockwork, county) == in_time


def _deliver_again(clockwork: Db, county: Sequence[Branch]) -> None:
    """Let the minutes pass after which a message that the queue has lost is sent again."""
    units = [*(branch.unit_id for branch in county), county[0].parent_id, county[0].county_id]
    with acting(clockwork, county[0].county_id, *units) as session:
        session.execute(text("UPDATE message SET next_at = now() - interval '1 day' WHERE done_at IS NULL"))
