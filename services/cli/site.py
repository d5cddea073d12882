"""The site: the services, the API, the worker and the clock that knocks, started together and ended together."""

import contextlib
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex

from services.cli.database import Urls, prepare
from services.cli.engines.faults import CannotStart
from services.cli.engines.start import Engines, start_engines
from services.cli.processes import Processes, Program, interruptible
from shared.config import Settings, settings

ANSWERS_WITHIN_S = 60.0
PYTHON = (sys.executable, "-P", "-m")
CELERY = (*PYTHON, "celery", "-A", "services.worker.app")


@dataclass(frozen=True, slots=True)
class Site:
    """A product that is up: where its pages are, its databases' URLs, its services and programs."""

    address: str
    urls: Urls
    engines: Engines
    processes: Processes
    broker_url: str
    secret: str
    data: Path


def programs(urls: Urls, engines: Engines, given: Settings) -> tuple[Program, ...]:
    """The API, the worker and beat, each with the rights that it needs and no more."""
    shared = {
        "REDIS_URL": engines.redis_url,
        "BROKER_URL": given.broker_url or engines.redis_url,
        "JIFEN_DATA": str(given.data),
    }
    worker = {**shared, "DATABASE_URL": urls.worker, "WORKER_DATABASE_URL": urls.worker}
    api = {
        **shared,
        "DATABASE_URL": urls.app,
        "JIFEN_SECRET": given.secret or "",
        "JIFEN_HOST": given.host,
        "JIFEN_PORT": str(given.port),
    }
    served = (
        "services.api.app:app",
        "--host",
        given.host,
        "--port",
        str(given.port),
        "--log-level",
        "warning",
        "--timeout-graceful-shutdown",
        "5",
    )
    schedule = ("--schedule", str(given.data / f"beat-schedule-{given.port}"), "--pidfile=")
    return (
        Program("worker", (*CELERY, "worker", "--concurrency", str(given.workers), "--loglevel", "INFO"), worker),
        Program("beat", (*CELERY, "beat", *schedule, "--loglevel", "INFO"), worker),
        Program("api", (*PYTHON, "uvicorn", *served), api),
    )


def with_secret(given: Settings) -> Settings:
    """The settings with the installation's secret: the operator's, or the one in the data folder, made once."""
    if given.secret:
        return given
    file = given.data / "secret"
    if not file.exists():
        given.data.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(token_hex(32))
    return replace(given, secret=file.read_text().strip())


def require_free(host: str, port: int) -> None:
    """Raises CannotStart where the address cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as fault:
            raise CannotStart(
                f"不能在 {host}:{port} 上开放页面：端口被占用或地址不可用，请换一个（--port、--host）。"
            ) from fault


def await_answer(processes: Processes, given: Settings) -> None:
    """Returns once the API takes connections; raises CannotStart with its last words when it has died."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(given.host, given.host)  # noqa: S104 - read, not bound
    deadline = time.monotonic() + ANSWERS_WITHIN_S
    while time.monotonic() < deadline and processes.alive("api"):
        with contextlib.suppress(OSError), socket.create_connection((host, given.port), timeout=1):
            return
        time.sleep(0.05)
    log = processes.log("api")
    said = log.read_text(errors="replace").strip().splitlines() or ["没有说明"]
    raise CannotStart(f"页面没有启动：{said[-1]}。日志：{log}")


@contextlib.contextmanager
def site(given: Settings) -> Iterator[Site]:
    """Everything started and ready within; everything ended afterwards, however it ends."""
    with interruptible():
        require_free(given.host, given.port)
        engines = start_engines(given.data, given=given)
        try:
            given = with_secret(given)
            urls = prepare(engines.database_admin_url)
            processes = Processes(given.data / "logs")
            try:
                for program in programs(urls, engines, given):
                    processes.start(program)
                await_answer(processes, given)
                processes.keep()
                yield Site(
                    f"http://{given.host}:{given.port}/",
                    urls,
                    engines,
                    processes,
                    given.broker_url or engines.redis_url,
                    given.secret or "",
                    given.data,
                )
            finally:
                processes.stop()
        finally:
            engines.stop()


def chosen(host: str | None, port: int | None, admin_port: int | None, data: Path | None) -> Settings:
    """The environment's settings, with what the command line says instead."""
    given = settings()
    return replace(
        given,
        host=host or given.host,
        port=port or given.port,
        admin_port=admin_port or given.admin_port,
        data=(data or given.data).resolve(),
    )
