"""A RabbitMQ of the tests' own: one node on ports of 127.0.0.1, in a folder that goes with it."""

import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from services.cli.engines.start import free_port

# Where Debian puts it; the scripts on the PATH change to an account of their own.
PROGRAMS = Path("/usr/lib/rabbitmq/bin")
STARTS_WITHIN_S = 90.0


@dataclass
class Node:
    """One broker, which can be killed and started again on what it has on disk."""

    home: Path
    port: int = field(default_factory=free_port)
    distribution: int = field(default_factory=free_port)
    names: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where Celery finds it."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    @property
    def environment(self) -> Mapping[str, str]:
        """What keeps it apart from every other node of the machine."""
        return {
            **os.environ,
            "HOME": str(self.home),
            "ERL_EPMD_PORT": str(self.names),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"jifen{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self.distribution),
            "RABBITMQ_MNESIA_BASE": str(self.home / "data"),
            "RABBITMQ_LOG_BASE": str(self.home / "logs"),
            "RABBITMQ_CONFIG_FILE": str(self.home / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.home / "plugins"),
        }

    def start(self) -> None:
        """Return once it takes connections."""
        self.home.mkdir(exist_ok=True)
        with (self.home / "said").open("ab") as said:
            argv = [PROGRAMS / "rabbitmq-server"]
            self.process = subprocess.Popen(
                argv, env=self.environment, stdout=said, stderr=said, start_new_session=True
            )
        ends = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < ends:
            if self.asked("await_startup", "--timeout", "20") is not None:
                return
            assert self.process.poll() is None, (self.home / "said").read_text()
        raise AssertionError((self.home / "said").read_text())

    def asked(self, *argv: str) -> str | None:
        """Return what the node answers to a question, or None where it does not."""
        done = subprocess.run(
            [PROGRAMS / "rabbitmqctl", "--quiet", *argv],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return None if done.returncode else done.stdout

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self.process is not None
        os.killpg(self.process.pid, 9)
        self.process.wait()

    def stop(self) -> None:
        """End it, and the name server that it has started."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        subprocess.run(["epmd", "-kill"], env=self.environment, capture_output=True, check=False)
