"""The embedded Valkey (or Redis): one server on a port of 127.0.0.1, its queue kept on disk."""

import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from services.cli.engines.binaries import valkey_server
from services.cli.engines.faults import explain
from services.cli.engines.leftovers import clear
from services.cli.processes import Program

STARTS_WITHIN_S = 20.0


@dataclass(frozen=True, slots=True)
class Queue:
    """One server's folder, and how to reach it."""

    home: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        """The URL with the password."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        """Writes the configuration; a password on the command line would be everybody's to read."""
        self.home.mkdir(exist_ok=True, mode=0o700)
        settings = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "requirepass": self.password,
            "dir": f'"{self.home}"',
            # The command line must keep naming this folder: it is how a leftover server is recognised.
            "set-proc-title": "no",
            "pidfile": f'"{self.home / "valkey.pid"}"',
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": '""',
            "maxmemory-policy": "noeviction",
        }
        written = self.home / "valkey.conf"
        written.touch(0o600)
        written.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))

    def program(self) -> Program:
        """The server as a program of ours."""
        argv = (str(valkey_server()), str(self.home / "valkey.conf"))
        return Program("valkey", argv, before=self.clear, env={"LC_ALL": "C"})

    def clear(self) -> None:
        """Ends a server that a crash left running here: two of them would spoil the file they append to."""
        clear(self.home / "valkey.pid", self.home, signal.SIGTERM)

    def answers(self) -> bool:
        """Whether the server takes the password and has read its file."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as line:
                line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                said = b""
                while said.count(b"\n") < 2 and (read := line.recv(256)):
                    said += read
        except OSError:
            return False
        return b"+PONG" in said

    def await_ready(self, alive: Callable[[], bool], log: Path, since: int) -> None:
        """Returns once the server answers; raises CannotStart when it has given up."""
        begun = time.monotonic()
        while not self.answers():
            if not alive() or time.monotonic() - begun > STARTS_WITHIN_S:
                raise explain("Valkey", log, since)
            time.sleep(0.02)
