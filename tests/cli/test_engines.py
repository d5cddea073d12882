"""The embedded services: they start, say why they cannot, and nothing that dies blocks the next start."""

import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from services.cli.engines import leftovers
from services.cli.engines.faults import CannotStart, explain
from services.cli.engines.start import Engines, free_port, start_engines
from shared.config import ROOT, Settings, read_settings

# Servers are started, killed and started again: with ./jifen test --all.
pytestmark = pytest.mark.long

EMBEDDED = read_settings({})
HOLDER = """
import sys, time
from pathlib import Path
from services.cli.engines.start import start_engines
engines = start_engines(Path(sys.argv[1]), durable=False)
print(engines.database_admin_url, flush=True)
time.sleep(600)
"""


@pytest.fixture
def data() -> Iterator[Path]:
    """Not pytest's folder: where PostgreSQL has to run as nobody, nobody could not pass it."""
    with tempfile.TemporaryDirectory(prefix="jifen-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "data"


@pytest.fixture
def start(data: Path) -> Iterator[Callable[[], Engines]]:
    started: list[Engines] = []

    def one() -> Engines:
        started.append(start_engines(data, durable=False, given=EMBEDDED))
        return started[-1]

    yield one
    for engines in started:
        engines.stop()


@pytest.fixture
def holder(data: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has started the services in the same folder."""
    bare = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    argv = [sys.executable, "-c", HOLDER, str(data)]
    process = subprocess.Popen(
        argv, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**bare, "PYTHONPATH": str(ROOT)}
    )
    assert process.stdout
    assert process.stdout.readline().startswith("postgresql")
    yield process
    process.kill()
    process.wait()
    process.stdout.close()
    eventually(lambda: not running(data))


def ask(engines: Engines, query: str) -> object:
    with psycopg.connect(engines.database_admin_url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def pid_of(data: Path, service: str) -> int:
    file = {"postgres": "postgres/postmaster.pid", "valkey": "valkey/valkey.pid"}[service]
    try:
        return int((data / file).read_text().split()[0])
    except (FileNotFoundError, IndexError):
        return 0


def running(data: Path) -> list[str]:
    """Command lines of the servers that still run in the folder."""
    commands = (leftovers.command_of(int(path.name)) for path in Path("/proc").glob("[0-9]*"))
    return [command for command in commands if f"{data}/" in command]


def eventually(holds: Callable[[], bool], within_s: float = 20.0) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come to that in time"
        time.sleep(0.05)


def answers(engines: Engines) -> bool:
    try:
        return ask(engines, "SELECT 1") == 1
    except psycopg.OperationalError:
        return False


def test_a_second_start_finds_what_the_first_one_kept(start: Callable[[], Engines]) -> None:
    first = start()
    ask(first, "CREATE TABLE kept AS SELECT 42 AS answer")
    first.stop()

    second = start()

    assert ask(second, "SELECT answer FROM kept") == 42
    assert second.database_admin_url == first.database_admin_url


def test_it_listens_on_this_machine_only_and_asks_for_the_password(
    start: Callable[[], Engines], data: Path
) -> None:
    engines = start()
    wrong = engines.database_admin_url.replace("+psycopg", "").replace(":", ":x", 2).replace("x//", "//", 1)

    assert ask(engines, "SHOW listen_addresses") == "127.0.0.1"
    assert ask(engines, "SHOW unix_socket_directories") == ""
    assert ask(engines, "SELECT DISTINCT auth_method FROM pg_hba_file_rules") == "scram-sha-256"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    for private in (data / "secrets.json", data / "running.json", data / "valkey" / "valkey.conf"):
        assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert not data.stat().st_mode & 0o066


def test_stopping_leaves_no_process(start: Callable[[], Engines], data: Path) -> None:
    start().stop()

    assert running(data) == []


def test_a_second_jifen_joins_the_services_that_run(holder: subprocess.Popen[str], data: Path) -> None:
    joined = start_engines(data, given=EMBEDDED)
    assert ask(joined, "SELECT 1") == 1

    joined.stop()

    assert ask(joined, "SELECT 1") == 1


def test_servers_end_with_a_parent_that_was_killed(holder: subprocess.Popen[str], data: Path) -> None:
    assert running(data)

    holder.kill()

    eventually(lambda: not running(data))


def test_a_start_right_after_a_crash_succeeds(
    holder: subprocess.Popen[str], data: Path, start: Callable[[], Engines]
) -> None:
    holder.kill()
    holder.wait()

    assert ask(start(), "SELECT 1") == 1


@pytest.mark.parametrize("service", ["postgres", "valkey"])
def test_a_server_that_is_killed_comes_back(service: str, start: Callable[[], Engines], data: Path) -> None:
    engines = start()
    ask(engines, "CREATE TABLE kept AS SELECT 1")
    before = pid_of(data, service)

    os.kill(before, signal.SIGKILL)

    eventually(lambda: pid_of(data, service) not in {0, before})
    eventually(lambda: answers(engines))
    assert ask(engines, "SELECT count(*) FROM kept") == 1


def test_a_pid_file_that_names_a_stranger_does_not_block(start: Callable[[], Engines], data: Path) -> None:
    start().stop()
    (data / "postgres" / "postmaster.pid").write_text(f"{os.getppid()}\n{data / 'postgres'}\n0\n0\n\n\n0 0\n")
    (data / "valkey" / "valkey.pid").write_text("1\n")

    assert ask(start(), "SELECT 1") == 1


def test_an_interrupted_first_start_is_made_again(start: Callable[[], Engines], data: Path) -> None:
    making = data / "postgres" / "making"
    making.mkdir(parents=True, mode=0o700)
    (making / "PG_VERSION").write_text("18\n")
    data.chmod(0o700)

    assert ask(start(), "SELECT 1") == 1


def test_a_folder_with_something_else_in_it_is_left_alone(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "diary.txt").write_text("mine")

    with pytest.raises(CannotStart, match="里有别的文件"):
        start_engines(data, given=EMBEDDED)
    assert (data / "postgres" / "diary.txt").read_text() == "mine"


def test_data_of_another_version_is_named(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "PG_VERSION").write_text("9\n")

    with pytest.raises(CannotStart, match=r"是 PostgreSQL 9 的数据，现有的是 \d+"):
        start_engines(data, given=EMBEDDED)


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(CannotStart, match="不是文件夹"):
        start_engines(tmp_path / "file", given=EMBEDDED)
    with pytest.raises(CannotStart, match="不是文件夹"):
        start_engines(tmp_path / "file" / "below", given=EMBEDDED)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder that belongs to somebody else")
def test_a_folder_of_somebody_else_is_named(data: Path) -> None:
    data.mkdir()
    os.chown(data, 12345, 12345)

    with pytest.raises(CannotStart, match="属于用户 12345"):
        start_engines(data, given=EMBEDDED)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(CannotStart, match="没有权限"):
        start_engines(tmp_path / "data", given=EMBEDDED)


def test_what_a_server_says_when_it_gives_up_becomes_a_sentence(tmp_path: Path) -> None:
    log = tmp_path / "postgres.log"
    log.write_text("old\nFATAL:  could not map anonymous shared memory: Cannot allocate memory\n")

    assert "内存不够" in str(explain("PostgreSQL", log, 4))
    assert "没有说明" in str(explain("PostgreSQL", tmp_path / "none.log", 0))


def test_outside_services_replace_the_embedded_ones(data: Path) -> None:
    given: Settings = replace(EMBEDDED, database_url="postgresql+psycopg://db/x", redis_url="redis://cache/0")

    engines = start_engines(data, given=given)

    assert (engines.database_admin_url, engines.redis_url) == ("postgresql+psycopg://db/x", "redis://cache/0")
    assert not data.exists()


def test_a_port_that_is_taken_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port: int = taken.getsockname()[1]

        assert free_port(port) != port
