"""Starts the embedded services under one data folder, or joins those that another `jifen` started."""

import fcntl
import json
import os
import secrets
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import click

from services.cli.engines.account import choose
from services.cli.engines.faults import CannotStart, claim_folder
from services.cli.engines.leftovers import forget
from services.cli.engines.postgres import Cluster
from services.cli.engines.valkey import Queue
from services.cli.processes import Processes
from shared.config import Settings, settings

JOINS_WITHIN_S = 60.0


@dataclass(slots=True)
class Engines:
    """The services in use. `stop` ends what this process started and leaves alone what it joined."""

    database_admin_url: str
    redis_url: str
    data: Path
    processes: Processes | None = None
    lock: IO[str] | None = None

    def stop(self) -> None:
        """Ends the servers, then lets the next `jifen` have the folder."""
        if self.processes:
            forget(self.data / "running.json")
            self.processes.stop()
        if self.lock:
            self.lock.close()


def start_engines(data: Path, *, durable: bool = True, given: Settings | None = None) -> Engines:
    """PostgreSQL and Valkey, ready to be used; DATABASE_URL and REDIS_URL replace either.

    `data` holds everything and is 0700. Raises CannotStart with a sentence, within seconds, where a start
    cannot succeed. `durable=False` gives up the disk's safety for speed, for tests.
    """
    given = given or settings()
    data = data.expanduser().resolve()
    if given.database_url and given.redis_url:
        return Engines(given.database_url, given.redis_url, data)
    claim_folder(data)
    lock = (data / "engines.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return join(data)
    try:
        return own(data, lock, durable, given)
    except BaseException:
        lock.close()
        raise


def join(data: Path) -> Engines:
    """The services of the `jifen` that holds the folder, once they are ready."""
    deadline = time.monotonic() + JOINS_WITHIN_S
    while time.monotonic() < deadline:
        try:
            running = json.loads((data / "running.json").read_text())
        except (FileNotFoundError, ValueError):
            time.sleep(0.05)
            continue
        return Engines(running["database_admin_url"], running["redis_url"], data)
    raise CannotStart(f"另一个 jifen 占着数据文件夹 {data}，但它的服务没有就绪：请结束它，或换一个（--data）。")


def own(data: Path, lock: IO[str], durable: bool, given: Settings) -> Engines:
    """Starts what is not given from outside, and tells others how to join."""
    forget(data / "running.json")
    kept = keep_secrets(data)
    processes = Processes(data / "logs")
    try:
        database_url = given.database_url or start_postgres(data, kept, processes, durable)
        redis_url = given.redis_url or start_valkey(data, kept, processes)
    except BaseException:
        processes.stop()
        raise
    processes.keep()
    engines = Engines(database_url, redis_url, data, processes, lock)
    write_private(data / "running.json", {"database_admin_url": database_url, "redis_url": redis_url})
    return engines


def start_postgres(data: Path, kept: Mapping[str, str], processes: Processes, durable: bool) -> str:
    """Returns the superuser's URL once the server is ready."""
    account = choose()
    cluster = Cluster(
        account, account.home(data), processes.logs, int(kept["postgres_port"]), kept["postgres_password"], durable
    )
    if not cluster.home.is_relative_to(data):
        click.echo(f"PostgreSQL 不能以 root 运行，它的数据在 {cluster.home}。", err=True)
    cluster.prepare()
    log = processes.log("postgres")
    since = log.stat().st_size if log.exists() else 0
    processes.start(cluster.program())
    cluster.await_ready(lambda: processes.alive("postgres"), log, since)
    return cluster.url


def start_valkey(data: Path, kept: Mapping[str, str], processes: Processes) -> str:
    """Returns the URL once the server is ready."""
    queue = Queue(data / "valkey", int(kept["valkey_port"]), kept["valkey_password"])
    queue.prepare()
    log = processes.log("valkey")
    since = log.stat().st_size if log.exists() else 0
    processes.start(queue.program())
    queue.await_ready(lambda: processes.alive("valkey"), log, since)
    return queue.url


def keep_secrets(data: Path) -> dict[str, str]:
    """Passwords, made once, and ports, kept while they are free, in a file that only its owner reads."""
    path = data / "secrets.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    for service in ("postgres", "valkey"):
        kept.setdefault(f"{service}_password", secrets.token_urlsafe(24))
        kept[f"{service}_port"] = str(free_port(int(kept.get(f"{service}_port", "0"))))
    write_private(path, kept)
    return kept


def free_port(wanted: int = 0) -> int:
    """`wanted` if nobody listens there, else one that the system hands out."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def write_private(path: Path, content: Mapping[str, str]) -> None:
    """Writes a small file 0600, whole or not at all."""
    making = path.with_suffix(f".{os.getpid()}")
    making.touch(0o600)
    making.write_text(json.dumps(content, indent=1))
    making.replace(path)
