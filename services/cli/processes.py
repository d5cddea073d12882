"""Programs of ours that run beside the command: started, brought back when they die, ended with it."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import click

from shared.domain.errors import Refusal

POLL_S = 0.1
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0
LOG_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. `env` stands beside the inherited environment; `before` runs ahead of every start."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    grace_s: float = 15.0
    account: tuple[int, int] | None = None
    before: Callable[[], None] | None = None


@dataclass(slots=True)
class Running:
    """A started program: its process, since when, and how long to pause before bringing it back."""

    program: Program
    process: subprocess.Popen[bytes]
    since: float
    pause_s: float = FIRST_PAUSE_S
    due: float | None = None
    kept: bool = False


class Processes:
    """Keeps programs running until `stop`. A thread brings back the dead, a watchdog outlives a kill -9."""

    def __init__(self, logs: Path) -> None:
        """`logs`: the folder that gets one log for each program."""
        self.logs = logs
        self.running: dict[str, Running] = {}
        self.guard = threading.RLock()
        self.ended = threading.Event()
        logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        script = Path(__file__).with_name("watchdog.py")
        argv = [sys.executable, "-I", "-S", str(script), str(os.getpid())]
        self.watchdog = subprocess.Popen(argv, stdin=subprocess.PIPE, start_new_session=True)
        threading.Thread(target=self._tend, daemon=True).start()

    def start(self, program: Program) -> None:
        """Starts `program`; `keep` makes it come back when it dies."""
        with self.guard:
            self.running[program.name] = Running(program, self._spawn(program), time.monotonic())

    def keep(self) -> None:
        """From now on whatever has been started comes back whenever it dies."""
        with self.guard:
            for running in self.running.values():
                running.kept = True

    def alive(self, name: str) -> bool:
        """Whether the program runs at this moment."""
        return self.running[name].process.poll() is None

    def log(self, name: str) -> Path:
        """Where the program's output goes."""
        return self.logs / f"{name}.log"

    def wait(self) -> None:
        """Returns once the programs have been stopped from elsewhere; a signal breaks the wait."""
        while not self.ended.wait(1.0):
            pass

    def stop(self) -> None:
        """Ends every program, last started first: asked all at once, each killed when its grace is over."""
        self.ended.set()
        with self.guard:
            leaving = list(reversed(self.running.values()))
            for running in leaving:
                self._signal(running)
            for running in leaving:
                self._reap(running)
            self.running.clear()
        if self.watchdog.stdin:
            self.watchdog.stdin.close()
        self.watchdog.wait()

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        if program.before:
            program.before()
        log = self.log(program.name)
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        uid, gid = program.account or (None, None)
        with log.open("ab") as output:
            process = subprocess.Popen(
                program.argv,
                env={**os.environ, **program.env},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                user=uid,
                group=gid,
                extra_groups=None if uid is None else [],
            )
        self._tell(f"+{process.pid} {program.stop_signal.value}")
        return process

    def _tell(self, line: str) -> None:
        # A watchdog that somebody killed must not take the programs with it.
        with contextlib.suppress(OSError, ValueError):
            if self.watchdog.stdin:
                self.watchdog.stdin.write(line.encode() + b"\n")
                self.watchdog.stdin.flush()

    def _signal(self, running: Running) -> None:
        # Only the program itself: Celery's pool must be left to finish what it holds.
        if running.process.poll() is None:
            running.process.send_signal(running.program.stop_signal)

    def _reap(self, running: Running) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.process.wait(running.program.grace_s)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(running.process.pid, signal.SIGKILL)
        running.process.wait()
        self._tell(f"-{running.process.pid}")

    def _tend(self) -> None:
        while not self.ended.wait(POLL_S):
            with self.guard:
                for running in [] if self.ended.is_set() else list(self.running.values()):
                    self._revive(running)

    def _revive(self, running: Running) -> None:
        now = time.monotonic()
        if not running.kept:
            return
        if running.due is not None:
            if now >= running.due:
                self._again(running, now)
        elif (status := running.process.poll()) is not None:
            self._reap(running)
            running.pause_s = FIRST_PAUSE_S if now - running.since > LONGEST_PAUSE_S else running.pause_s
            running.due = now + running.pause_s
            why = f"信号 {-status}" if status < 0 else f"状态 {status}"
            click.echo(f"{running.program.name} 意外结束（{why}），{running.pause_s:g} 秒后重新启动。", err=True)
            running.pause_s = min(running.pause_s * 2, LONGEST_PAUSE_S)

    def _again(self, running: Running, now: float) -> None:
        try:
            running.process = self._spawn(running.program)
        except (OSError, Refusal) as fault:
            running.due = now + running.pause_s
            click.echo(f"{running.program.name} 没能重新启动：{fault}", err=True)
        else:
            running.since, running.due = now, None


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM and SIGHUP end the command as Ctrl-C does: `finally` runs. nohup's SIGHUP stays ignored.

    SIGINT is taken even where it was ignored, as a shell does for what it starts with `&`.
    """

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
