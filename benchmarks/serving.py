"""Servers under measurement: started as they are served, ended with the measurement."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from services.cli.engines.start import free_port

STARTS_WITHIN_S, ENDS_WITHIN_S = 180.0, 30.0
# Two processes, as two cores can feed.
PROCESSES = 2


@contextmanager
def serving(argv: Sequence[str], env: Mapping[str, str], log: Path) -> Iterator[int]:
    """Run a server within; `{port}` in its arguments becomes the port that is returned. Its words go to `log`."""
    port = free_port()
    with log.open("wb") as said:
        own = [part.format(port=port) for part in argv]
        process = subprocess.Popen(
            own, env={**os.environ, **env}, stdout=said, stderr=said, start_new_session=True
        )
        try:
            _await(process, port, log)
            yield port
        finally:
            _end(process)


def by_uvicorn(app: str, python: str = sys.executable) -> list[str]:
    """Return how an application is served."""
    quietly = ("--log-level", "warning", "--no-access-log", "--workers", str(PROCESSES))
    # On a machine at full load its supervisor ends a process that is silent for five seconds.
    patiently = ("--timeout-worker-healthcheck", "60")
    return [python, "-m", "uvicorn", app, "--host", "127.0.0.1", "--port", "{port}", *quietly, *patiently]


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ask it to end, and where it does not, end it with the processes that it has started."""
    process.terminate()
    try:
        process.wait(ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _await(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    ends = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < ends and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"a server did not start: {log.read_text(errors='replace')[-2000:]}")
