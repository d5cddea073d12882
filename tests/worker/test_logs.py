"""The log of the worker: what a task writes says which task and which county, and is a line of ours."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from services.cli.database import Urls
from services.cli.processes import Processes
from services.worker.app import app
from shared.db.session import Db, acting
from tests.builders import Branch, a_county
from tests.telemetry.collectors import collecting
from tests.telemetry.lines import parsed, written
from tests.worker.rounds import start
from tests.worker.test_running import eventually

log = logging.getLogger("jifen.tests")


@pytest.fixture(scope="module")
def branch(db: Db) -> Branch:
    """A branch that a task works for."""
    return a_county(db, members=1)[0]


@pytest.fixture
def failing(db: Db, branch: Branch) -> Iterator[str]:
    """A task that enters a county, says something and fails with a telephone number; its name."""

    @app.task(name="tests.fail")
    def fail() -> None:
        with acting(db, branch.county_id, branch.unit_id):
            log.info("begun")
            raise RuntimeError("13912345678 is nobody's\r\nforged")

    yield "tests.fail"
    del app.tasks["tests.fail"]


def test_each_line_of_a_task_says_which_task_and_which_county(failing: str, branch: Branch) -> None:
    number = str(uuid4())
    with written() as stream:
        app.tasks[failing].apply(task_id=number)
        log.info("after")

    begun, failed, after = parsed(stream)
    for line in (begun, failed):
        assert (line["task"], line["task_id"], line["tenant"]) == (failing, number, str(branch.county_id))
    assert failed["exception"]["message"] == r"*** is nobody's\r\nforged"
    assert not {"task", "tenant"} & after.keys()


@pytest.mark.long
def test_a_worker_and_a_beat_write_nothing_but_lines(
    urls: Urls, queue_url: str, processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIFEN_LOGS", "json")
    start(processes, urls, queue_url, tmp_path / "data", "worker", "beat")
    assert eventually(lambda: "deadlines.fire_due" in processes.log("worker").read_text())
    assert eventually(lambda: "succeeded" in processes.log("worker").read_text())
    processes.stop()

    for name in ("worker", "beat"):
        lines = [json.loads(line) for line in processes.log(name).read_text("utf-8").splitlines()]
        assert {line["service"] for line in lines} == {name}
        assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
    of_tasks = [
        json.loads(line) for line in processes.log("worker").read_text("utf-8").splitlines() if "task_id" in line
    ]
    assert {"deadlines.fire_due"} <= {line["task"] for line in of_tasks}
    assert all(UUID(line["task_id"]) for line in of_tasks)


@pytest.mark.long
def test_a_worker_s_children_send_what_they_trace(
    urls: Urls, queue_url: str, processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with collecting() as collector:
        monkeypatch.setenv("JIFEN_OTLP", collector.receiver.url)
        start(processes, urls, queue_url, tmp_path / "data", "worker", "beat")
        assert eventually(lambda: "deadlines.fire_due" in {span.name for span in collector.spans()})
        processes.stop()

        spans = {span.span_id: span for span in collector.spans()}
        statements = [span for span in spans.values() if span.name == "SELECT jifen.due"]
        above = {spans[spans[span.parent_span_id].parent_span_id].name for span in statements}
    assert above == {"deadlines.fire_due"}
