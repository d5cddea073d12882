"""Programs that run beside a command: they come back when they die, and end when it ends, however it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.cli.engines.leftovers import command_of
from services.cli.processes import Processes, Program
from shared.config import ROOT

# Writes its pid, then sleeps; with "pool" it has a child of its own, as Celery has.
CHILD = """
import os, subprocess, sys, time
if sys.argv[2:] == ["pool"]:
    pool = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    open(sys.argv[1] + ".pool", "w").write(str(pool.pid))
open(sys.argv[1] + ".making", "w").write(str(os.getpid()))
os.rename(sys.argv[1] + ".making", sys.argv[1])
time.sleep(600)
"""
PARENT = """
import sys, time
from pathlib import Path
from services.cli.processes import Processes, Program, interruptible
folder = Path(sys.argv[1])
with interruptible():
    processes = Processes(folder)
    try:
        processes.start(Program("child", (sys.executable, *sys.argv[2:])))
        processes.wait()
    finally:
        processes.stop()
"""


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    started = Processes(tmp_path / "logs")
    yield started
    started.stop()


def child(pid_file: Path, *more: str) -> Program:
    return Program("child", (sys.executable, "-c", CHILD, str(pid_file), *more), grace_s=5.0)


def eventually(holds: Callable[[], bool], within_s: float = 60.0) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come to that in time"
        time.sleep(0.02)


def pid_in(pid_file: Path) -> int:
    eventually(pid_file.exists)
    return int(pid_file.read_text())


def gone(pid: int) -> bool:
    return command_of(pid) == ""


def test_a_program_that_is_killed_comes_back_and_its_orphans_do_not_stay(
    processes: Processes, tmp_path: Path
) -> None:
    pid_file = tmp_path / "pid"
    processes.start(child(pid_file, "pool"))
    processes.keep()
    first, pool = pid_in(pid_file), pid_in(tmp_path / "pid.pool")
    pid_file.unlink()

    os.kill(first, signal.SIGKILL)

    assert pid_in(pid_file) != first
    eventually(lambda: gone(pool))


def test_a_program_that_is_not_kept_stays_dead(processes: Processes, tmp_path: Path) -> None:
    processes.start(Program("child", (sys.executable, "-c", "print('last words'); raise SystemExit(3)")))

    eventually(lambda: not processes.alive("child"))

    assert processes.log("child").read_text() == "last words\n"


def test_stopping_ends_a_program_and_its_own_children(processes: Processes, tmp_path: Path) -> None:
    processes.start(child(tmp_path / "pid", "pool"))
    pids = pid_in(tmp_path / "pid"), pid_in(tmp_path / "pid.pool")

    processes.stop()

    # Killed at once, but an orphan is only gone when its new parent has reaped it.
    eventually(lambda: all(gone(pid) for pid in pids))


def test_a_program_that_does_not_listen_is_killed_after_its_grace(processes: Processes, tmp_path: Path) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + CHILD
    processes.start(Program("child", (sys.executable, "-c", deaf, str(tmp_path / "pid")), grace_s=0.3))
    pid = pid_in(tmp_path / "pid")

    processes.stop()

    eventually(lambda: gone(pid))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_programs_end_with_their_parent(how: signal.Signals, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    argv = [sys.executable, "-c", PARENT, str(tmp_path), "-c", CHILD, str(pid_file), "pool"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen(argv, env=env, cwd=ROOT, stderr=subprocess.DEVNULL)
    pids = pid_in(pid_file), pid_in(tmp_path / "pid.pool")

    parent.send_signal(how)
    parent.wait(timeout=60)

    eventually(lambda: all(gone(pid) for pid in pids))


@pytest.mark.long
def test_ctrl_c_is_heard_by_a_command_that_a_shell_started_in_the_background(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    script = 'trap "" INT; exec "$@"'
    argv = ["sh", "-c", script, "sh", sys.executable, "-c", PARENT, str(tmp_path), "-c", CHILD, str(pid_file)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen(argv, env=env, cwd=ROOT, stderr=subprocess.DEVNULL)
    child_pid = pid_in(pid_file)

    parent.send_signal(signal.SIGINT)

    assert parent.wait(15) != 0
    eventually(lambda: gone(child_pid))
