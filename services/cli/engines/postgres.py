"""The embedded PostgreSQL: its cluster is made once, its server started on a port of 127.0.0.1."""

import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from services.cli.engines.account import Account
from services.cli.engines.faults import CannotStart, explain
from services.cli.engines.leftovers import clear
from services.cli.processes import Program

STARTS_WITHIN_S = 20.0
RECOVERS_WITHIN_S = 600.0
MAKING = "making"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "max_connections": "100",
    "jit": "off",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
}
# For data that nobody would miss, that of the tests: no waiting for the disk. A killed server still keeps its
# commits (they are with the operating system), a power cut would not.
FLEETING = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class Cluster:
    """One cluster on disk, and how to reach its server."""

    account: Account
    home: Path
    logs: Path
    port: int
    password: str
    durable: bool = True

    @property
    def url(self) -> str:
        """The superuser's URL, at the database `postgres`."""
        return f"postgresql+psycopg://postgres:{self.password}@127.0.0.1:{self.port}/postgres"

    def program(self) -> Program:
        """The server as a program of ours; SIGINT is its fast shutdown."""
        chosen = {**SETTINGS, "port": str(self.port), **({} if self.durable else FLEETING)}
        options = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
        return Program(
            "postgres",
            self.account.argv("postgres", "-D", str(self.home), *options),
            env={"LC_ALL": "C", "PGTZ": "UTC"},
            stop_signal=signal.SIGINT,
            account=self.account.ids,
            before=self.clear,
        )

    def clear(self) -> None:
        """Ends a server that a crash left running here, and forgets a pid that is not one."""
        clear(self.home / "postmaster.pid", self.home, signal.SIGINT)

    def major(self) -> int:
        """The major version of the server's binaries."""
        said = self.account.run("postgres", "--version").stdout
        return int(said.split()[2].split(".")[0])

    def prepare(self) -> None:
        """Makes the cluster where there is none; an interrupted attempt is made again.

        Raises CannotStart where another version made the cluster, or initdb fails.
        """
        version_file = self.home / "PG_VERSION"
        if version_file.exists():
            made_by, runs = version_file.read_text().strip(), self.major()
            if made_by != str(runs):
                raise CannotStart(
                    f"{self.home} 是 PostgreSQL {made_by} 的数据，现有的是 {runs}："
                    f"请用 {made_by} 版，或换一个数据文件夹（--data 或 JIFEN_DATA）。"
                )
            return
        self._empty()
        self._initdb()

    def _empty(self) -> None:
        """Removes an attempt that was interrupted, and nothing else."""
        self.home.mkdir(mode=0o700, exist_ok=True)
        self.home.chmod(0o700)
        self.account.own(self.home)
        found = list(self.home.iterdir())
        if found and not (self.home / MAKING).exists():
            raise CannotStart(f"{self.home} 里有别的文件，不是数据库：请移走，或换一个数据文件夹（--data）。")
        for left in found:
            shutil.rmtree(left) if left.is_dir() else left.unlink()

    def _initdb(self) -> None:
        # initdb writes PG_VERSION early: it works in a folder of its own, whose content moves up once it is whole.
        making = self.home / MAKING
        making.mkdir(mode=0o700)
        password_file = self.home / "password"
        password_file.touch(0o600)
        password_file.write_text(self.password)
        self.account.own(making)
        self.account.own(password_file)
        done = self.account.run("initdb", "-D", str(making), f"--pwfile={password_file}", *self._choices())
        password_file.unlink()
        if done.returncode:
            log = self.logs / "initdb.log"
            log.write_text(done.stdout)
            raise explain("PostgreSQL", log, 0)
        for path in sorted(making.iterdir(), key=lambda path: path.name == "PG_VERSION"):
            path.rename(self.home / path.name)
        making.rmdir()

    def _choices(self) -> tuple[str, ...]:
        # Built-in collation: the same order on every machine, whatever its C library thinks.
        builtin = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8") if self.major() >= 17 else ()
        given = ("-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync", "-k")
        return (*given, *builtin)

    def await_ready(self, alive: Callable[[], bool], log: Path, since: int) -> None:
        """Returns once the server takes the password; recovery after a crash may take its time."""
        begun = time.monotonic()
        while True:
            try:
                psycopg.connect(self.url.replace("+psycopg", ""), connect_timeout=5).close()
            except psycopg.OperationalError as fault:
                if "password authentication failed" in str(fault):
                    raise CannotStart(f"{self.home} 的密码与 secrets.json 里的不符：请恢复那个文件。") from fault
                patience = RECOVERS_WITHIN_S if "starting up" in str(fault) else STARTS_WITHIN_S
                if not alive() or time.monotonic() - begun > patience:
                    raise explain("PostgreSQL", log, since) from fault
                time.sleep(0.03)
            else:
                return
