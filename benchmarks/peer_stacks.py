"""The same job on other stacks: installed into a folder of their own from `peers.lock`, all asked alike."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from benchmarks.clients import ask, first_answers, request
from benchmarks.serving import PROCESSES, by_uvicorn, serving

HERE = Path(__file__).parent
SOURCES, LOCK = HERE / "peers", HERE / "peers.lock"
INSTALLS_WITHIN_S = 300
MEMBERS = 20_000
STEPS = 100


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack by its name, and where it takes claims."""

    title: str
    path: str
    server: str


CLAIMS: Mapping[str, Stack] = {
    "fastapi": Stack("FastAPI 加 SQLAlchemy ORM", "/claims", "fastapi"),
    "django": Stack("Django", "/plain/claims", "django"),
    "drf": Stack("Django REST framework", "/drf/claims", "django"),
}


@dataclass(frozen=True, slots=True)
class Peers:
    """The stacks as they run: the port of each server, and what their own Python is."""

    python: str
    env: Mapping[str, str]
    ports: dict[str, int] = field(default_factory=dict)

    def ways(self, seconds: int, clients: int) -> dict[str, Callable[[], float]]:
        """Return how claims are handed in with each: claims a second."""
        return {name: self._way(stack, seconds, clients) for name, stack in CLAIMS.items()}

    def _way(self, stack: Stack, seconds: int, clients: int) -> Callable[[], float]:
        endless, port = _claims(stack.path), self.ports[stack.server]
        first_answers(port, endless, 100)
        return lambda: ask(port, endless, seconds, clients).rate

    def flow_steps(self) -> float:
        """Return how many steps a second viewflow takes, in one process, each committed."""
        argv = [self.python, str(SOURCES / "django_site.py"), str(STEPS)]
        said = subprocess.run(argv, env={**os.environ, **self.env}, capture_output=True, check=True, text=True)
        return float(json.loads(said.stdout))


@contextmanager
def peers(admin_url: str, folder: Path) -> Iterator[Peers]:
    """Install and serve them within; RuntimeError with the reason where they cannot be installed."""
    python = _installed(folder / "peers")
    name = f"jifen_peers_{os.getpid()}"
    with _database(admin_url, name) as url, ExitStack() as stack:
        env = {"PEERS_URL": url, "PYTHONPATH": str(SOURCES), "PYTHONDONTWRITEBYTECODE": "1"}
        made = Peers(python, env)
        migrate = [python, str(SOURCES / "django_site.py"), "migrate"]
        subprocess.run(migrate, env={**os.environ, **env}, check=True, capture_output=True)
        bind = ["-b", "127.0.0.1:{port}", "-w", str(2 * PROCESSES), "--log-level", "warning"]
        gunicorn = [python, "-m", "gunicorn", "django_site:application", *bind, "--keep-alive", "75"]
        # Synchronous workers close each connection; with threads they keep it, as the other servers do.
        django = [*gunicorn, "--threads", "4"]
        fastapi = {**env, "PEERS_URL": url.replace("postgresql://", "postgresql+psycopg://")}
        servers = {"fastapi": (by_uvicorn("fastapi_claims:app", python), fastapi), "django": (django, env)}
        for server, (argv, given) in servers.items():
            made.ports[server] = stack.enter_context(serving(argv, given, folder / f"{server}.log"))
        yield made


def _installed(folder: Path) -> str:
    """Return the Python of a folder with the locked packages; only whole wheels with the right digests."""
    python = str(folder / "bin" / "python")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    if uv := shutil.which("uv"):
        argv = [uv, "pip", "install", "--quiet", "--python", python]
    else:
        subprocess.run([python, "-m", "ensurepip"], check=False, capture_output=True)
        argv = [python, "-m", "pip", "install", "--quiet"]
    argv += ["--only-binary", ":all:", "--require-hashes", "-r", str(LOCK)]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=INSTALLS_WITHIN_S, check=False)
    except subprocess.TimeoutExpired as fault:
        raise RuntimeError(f"they were not installed within {INSTALLS_WITHIN_S} seconds") from fault
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["no reason given"])[-1])
    return python


@contextmanager
def _database(admin_url: str, name: str) -> Iterator[str]:
    address = make_url(admin_url).set(drivername="postgresql+psycopg")
    server = create_engine(address, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        own = create_engine(address.set(database=name))
        with own.begin() as connection:
            connection.exec_driver_sql((SOURCES / "schema.sql").read_text("utf-8"))
        own.dispose()
        yield address.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        server.dispose()


def _claims(path: str) -> Iterator[bytes]:
    body = json.dumps({"item": "D-B4", "happened_on": "2026-03-02", "text": "代办群众事项"}).encode()
    for number in cycle(range(1, MEMBERS + 1)):
        yield request("POST", path, body, Authorization=f"Bearer t{number}", Content_Type="application/json")
