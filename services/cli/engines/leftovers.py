"""What a crash left behind: a server still running in our folder, a pid file that names somebody else."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

from services.cli.engines.faults import CannotStart

PATIENCE_S = 12.0


def command_of(pid: int) -> str:
    """The command line of a process, empty when there is no such process (or it is a zombie)."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        # The second: it ended between the opening and the reading.
        if Path("/proc/self").exists():
            return ""
    listed = subprocess.run(
        ["/bin/ps", "-o", "command=", "-p", str(pid)], stdout=subprocess.PIPE, text=True, check=False
    )
    return listed.stdout.strip()


def clear(pid_file: Path, marker: Path, stop_signal: signal.Signals) -> None:
    """Stops the server that `pid_file` names if it is ours: its command line holds `marker`. Removes the file.

    A number that by now belongs to another program is not believed: in a container numbers come again soon.
    """
    try:
        pid = int(pid_file.read_text().split(maxsplit=1)[0])
    except (FileNotFoundError, ValueError, IndexError):
        pid = 0
    if pid > 0 and str(marker) in command_of(pid):
        end(pid, marker, stop_signal)
    pid_file.unlink(missing_ok=True)


def end(pid: int, marker: Path, stop_signal: signal.Signals) -> None:
    """Asks the server to stop, then kills it; raises CannotStart when it is not ours to end."""
    try:
        for sign in (stop_signal, signal.SIGKILL):
            os.kill(pid, sign)
            deadline = time.monotonic() + PATIENCE_S
            while time.monotonic() < deadline:
                if str(marker) not in command_of(pid):
                    return
                time.sleep(0.05)
    except ProcessLookupError:
        return
    except PermissionError as fault:
        raise CannotStart(f"{marker} 里已有别的用户启动的服务（进程 {pid}）：请先结束它。") from fault


def forget(path: Path) -> None:
    """Removes a file that may not be there."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
