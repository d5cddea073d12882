"""`jifen demo` that is broken off with Ctrl-C: it ends as broken off, and leaves no process behind."""

import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.demonstration.conftest import ROOT, demo_argv, run_demo

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are read from /proc"),
]


def left_behind(data: Path) -> list[str]:
    """The command lines of all processes that know this data folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue
        if str(data).encode() in told:
            found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


def test_ctrl_c_in_the_middle_ends_everything_and_says_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    data = tmp_path / "data"
    playing = subprocess.Popen(
        demo_argv(data, "--json"), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert playing.stderr is not None
    for line in playing.stderr:
        if "2025" in line:
            break
    time.sleep(3)
    assert left_behind(data)

    playing.send_signal(signal.SIGINT)
    printed, _ = playing.communicate(timeout=60)

    assert playing.returncode == 130
    assert printed == ""
    assert left_behind(data) == []

    again = run_demo(data, "--json")

    assert again.status == 1
    assert again.printed == ""
    assert "没有做完的示范县：加 --fresh" in again.said
    assert left_behind(data) == []
