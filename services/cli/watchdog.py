"""Ends the programs of a `jifen` that was killed before it could end them itself.

Run as a script with nothing but the standard library. Each line on standard input is `+PID SIGNAL` or
`-PID`. When the parent is gone (end of input, or another parent: a forked helper may still hold the pipe)
what is left is stopped. A death signal (PR_SET_PDEATHSIG) would not do: entering a user namespace clears
it, and macOS has none.
"""

import contextlib
import os
import select
import signal
import sys
import time

GRACE_S = 8.0


def listen(parent: int) -> dict[int, int]:
    """Follows the parent until it is gone; returns what still runs, pid to the signal that stops it."""
    programs: dict[int, int] = {}
    rest = b""
    while os.getppid() == parent:
        if not select.select([0], [], [], 1.0)[0]:
            continue
        read = os.read(0, 4096)
        if not read:
            break
        *lines, rest = (rest + read).split(b"\n")
        for line in lines:
            if line.startswith(b"+"):
                pid, stop_signal = line[1:].split()
                programs[int(pid)] = int(stop_signal)
            else:
                programs.pop(int(line[1:]), None)
    return programs


def alive(pid: int) -> bool:
    """Whether there still is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def end(pid: int, stop_signal: int) -> None:
    """Asks, waits, then kills the program with its whole group."""
    with contextlib.suppress(OSError):
        os.kill(pid, stop_signal)
    deadline = time.monotonic() + GRACE_S
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)


def main() -> None:
    """Waits for the parent's end and cleans up after it, last started first."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    for pid, stop_signal in reversed(listen(int(sys.argv[1])).items()):
        end(pid, stop_signal)


if __name__ == "__main__":
    main()
