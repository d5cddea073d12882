"""The site: the services, the API, the panel, the worker and the clock that knocks, started and ended together."""

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
from shared.usecases.keys import key_for

ANSWERS_WITHIN_S = 60.0
PYTHON = (sys.executable, "-P", "-m")
CELERY = (*PYTHON, "celery", "--quiet", "-A", "services.worker.app")


@dataclass(frozen=True, slots=True)
class Site:
    """A product that is up: where its pages and its panel are, its databases' URLs, its services and programs."""

    address: str
    urls: Urls
    engines: Engines
    processes: Processes
    broker_url: str
    secret: str
    data: Path
    panel: str = ""


def programs(urls: Urls, engines: Engines, given: Settings) -> tuple[Program, ...]:
    """The API, the panel, the worker and beat, each with the rights that it needs and no more."""
    shared = {
        "REDIS_URL": engines.redis_url,
        "BROKER_URL": given.broker_url or engines.redis_url,
        "JIFEN_DATA": str(given.data),
    }
    webhooks = {"JIFEN_WEBHOOKS_SECRET": webhooks_secret(given)}
    beat = {**shared, "DATABASE_URL": urls.worker, "WORKER_DATABASE_URL": urls.worker}
    api = {
        **shared,
        "DATABASE_URL": urls.app,
        **webhooks,
        "JIFEN_SECRET": given.secret or "",
        "JIFEN_HOST": given.host,
        "JIFEN_PORT": str(given.port),
    }
    # It signs in and changes as the application does; all that it shows it reads with a login that can only read.
    admin = {**api, "ADMIN_DATABASE_URL": urls.admin}
    schedule = ("--schedule", str(given.data / f"beat-schedule-{given.port}"), "--pidfile=")
    return (
        Program(
            "worker",
            (*CELERY, "worker", "--concurrency", str(given.workers), "--loglevel", "INFO"),
            beat | webhooks,
        ),
        Program("beat", (*CELERY, "beat", *schedule, "--loglevel", "INFO"), beat),
        Program("api", _serving("services.api.app:app", given.host, given.port), api),
        Program("admin", _serving("services.admin.app:app", given.host, given.admin_port), admin),
    )


def _serving(app: str, host: str, port: int) -> tuple[str, ...]:
    quietly = ("--log-level", "warning", "--no-access-log", "--timeout-graceful-shutdown", "5")
    return (*PYTHON, "uvicorn", app, "--host", host, "--port", str(port), *quietly)


def webhooks_secret(given: Settings) -> str:
    """What opens the webhooks' secrets: the operator's, or derived, so that the worker is told no more."""
    return given.webhooks_secret or key_for((given.secret or "").encode(), "the worker's webhooks").hex()


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
                f"不能在 {host}:{port} 上开放页面：端口被占用或地址不可用，"
                "请换一个（--port、--admin-port、--host）。"
            ) from fault


def await_answer(processes: Processes, name: str, host: str, port: int) -> None:
    """Returns once the program takes connections; raises CannotStart with its last words when it has died."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not bound
    deadline = time.monotonic() + ANSWERS_WITHIN_S
    while time.monotonic() < deadline and processes.alive(name):
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
            return
        time.sleep(0.05)
    log = processes.log(name)
    said = log.read_text(errors="replace").strip().splitlines() or ["没有说明"]
    raise CannotStart(f"页面没有启动：{said[-1]}。日志：{log}")


@contextlib.contextmanager
def site(given: Settings) -> Iterator[Site]:
    """Everything started and ready within; everything ended afterwards, however it ends."""
    with interruptible():
        for port in (given.port, given.admin_port):
            require_free(given.host, port)
        engines = start_engines(given.data, given=given)
        try:
            given = with_secret(given)
            urls = prepare(engines.database_admin_url)
            processes = Processes(given.data / "logs")
            try:
                for program in programs(urls, engines, given):
                    processes.start(program)
                await_answer(processes, "api", given.host, given.port)
                await_answer(processes, "admin", given.host, given.admin_port)
                processes.keep()
                yield Site(
                    f"http://{given.host}:{given.port}/",
                    urls,
                    engines,
                    processes,
                    given.broker_url or engines.redis_url,
                    given.secret or "",
                    given.data,
                    f"http://{given.host}:{given.admin_port}/",
                )
            finally:
                processes.stop()
        finally:
            engines.stop()


def chosen(host: str | None, port: int | None, admin_port: int | None, data: Path | None) -> Settings:
    """The environment's settings, with what the command line says instead; the panel stands beside a port."""
    given = settings()
    beside = port + 1 if port and port < 65535 else given.admin_port
    return replace(
        given,
        host=host or given.host,
        port=port or given.port,
        admin_port=admin_port or beside,
        data=(data or given.data).resolve(),
    )
