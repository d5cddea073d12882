"""The script at the root: prepares what is missing once, repairs what is broken, and says what it cannot do."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shared.config import ROOT

# Stands in for uv: makes a real environment without packages, and writes down what it was asked to install.
UV = """#!/bin/sh
echo "$@" >>"{log}"
case "$1" in
venv) for last; do :; done; exec "{python}" -m venv --without-pip "$last" ;;
pip) sleep {seconds}; exit {status} ;;
esac
"""
MAIN = """
import os, sys
print(os.getcwd(), sys.argv[1:], sys.prefix)
"""


class Clone:
    """A made-up clone: the real script and locks, a main module that tells how it was called, and a uv of ours."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a clone"
        self.tools = folder / "tools"
        self.log = folder / "uv.log"
        cli = self.root / "services" / "cli"
        cli.mkdir(parents=True)
        self.tools.mkdir()
        for name in ("jifen", "requirements.lock", "requirements-dev.lock"):
            shutil.copy(ROOT / name, self.root / name)
        for package in (cli.parent, cli):
            (package / "__init__.py").touch()
        (cli / "main.py").write_text(MAIN)
        self.uv()

    def uv(self, seconds: float = 0, status: int = 0) -> None:
        """Puts uv on the PATH: an installation takes `seconds` and ends with `status`."""
        script = self.tools / "uv"
        python = Path(sys.base_prefix) / "bin" / "python3"
        script.write_text(UV.format(log=self.log, python=python, seconds=seconds, status=status))
        script.chmod(0o755)

    def start(self, *arguments: str, cwd: Path | None = None, path: str | None = None) -> subprocess.Popen[str]:
        """Runs the script in a group of its own."""
        env = {
            "HOME": str(self.root.parent),
            "PIP_NO_INDEX": "1",
            "PATH": path or f"{self.tools}:{Path(sys.base_prefix) / 'bin'}:/usr/bin:/bin",
        }
        return subprocess.Popen(
            [str(self.root / "jifen"), *arguments],
            cwd=cwd or self.root,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, cwd: Path | None = None, path: str | None = None) -> tuple[int, str, str]:
        """Exit status, standard output, standard error."""
        process = self.start(*arguments, cwd=cwd, path=path)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def installed(self) -> list[str]:
        """The locks that were installed, in order."""
        asked = self.log.read_text().splitlines() if self.log.exists() else []
        return [Path(line).name for line in asked if line.startswith("pip install")]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_the_first_run_prepares_and_the_second_one_only_hands_on(clone: Clone) -> None:
    first = clone.run("up", "--port", "1")
    begun = time.monotonic()
    second = clone.run("up", "--port", "1")
    took = time.monotonic() - begun

    assert first[0] == second[0] == 0
    assert "['up', '--port', '1']" in second[1]
    assert str(clone.root / ".venv") in second[1]
    assert second[2] == ""
    assert clone.installed() == ["requirements.lock"]
    assert took < 1


@pytest.mark.parametrize("command", ["test", "bench", "setup"])
def test_what_needs_the_tools_of_development_gets_them(clone: Clone, command: str) -> None:
    clone.run("demo")
    clone.run(command)
    clone.run("demo")

    assert clone.installed() == ["requirements.lock", "requirements-dev.lock"]


def test_a_changed_lock_is_installed_again(clone: Clone) -> None:
    clone.run("demo")
    with (clone.root / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    clone.run("demo")

    assert len(clone.installed()) == 2


def test_a_half_made_environment_is_repaired(clone: Clone) -> None:
    broken = clone.root / ".venv" / "bin"
    broken.mkdir(parents=True)
    (broken / "python").symlink_to("/nowhere/python3")

    assert clone.run("demo")[0] == 0


@pytest.mark.long
def test_a_moved_clone_works(clone: Clone) -> None:
    clone.run("demo")
    moved = clone.root.with_name("moved")
    clone.root.rename(moved)
    clone.root = moved

    status, out, _ = clone.run("demo")

    assert status == 0
    assert str(moved) in out


@pytest.mark.long
def test_two_runs_at_once_prepare_once(clone: Clone) -> None:
    clone.uv(seconds=1)

    runs = [clone.start("demo") for _ in range(3)]

    assert [run.wait(60) for run in runs] == [0, 0, 0]
    assert len(clone.installed()) == 1
    for run in runs:
        run.communicate()


@pytest.mark.long
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_preparation_that_was_cut_short_does_not_block_the_next(clone: Clone, how: signal.Signals) -> None:
    clone.uv(seconds=30)
    cut = clone.start("demo")
    while not clone.installed():
        time.sleep(0.02)
    os.killpg(cut.pid, how)
    cut.communicate(timeout=10)
    clone.uv()

    assert clone.run("demo")[0] == 0


@pytest.mark.long
def test_it_works_from_elsewhere_and_leaves_the_user_where_they_stand(clone: Clone, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "services" / "cli").mkdir(parents=True)
    (elsewhere / "services" / "__init__.py").write_text("raise SystemExit('not this one')")

    status, out, _ = clone.run("score", "book.yaml", cwd=elsewhere)

    assert status == 0
    assert out.startswith(f"{elsewhere} ['score', 'book.yaml']")


@pytest.mark.long
def test_packages_that_cannot_be_had_are_named_in_a_sentence(clone: Clone) -> None:
    clone.uv(status=1)
    lock = clone.root / "requirements.lock"
    lock.write_text("nothing-of-this-name==1.0 --hash=sha256:" + "0" * 64 + "\n")

    status, out, err = clone.run("demo")

    assert status == 1
    assert "依赖没有装上" in err
    assert out == ""
    assert not (clone.root / ".venv" / "jifen-runtime").exists()


@pytest.mark.long
def test_a_machine_without_a_new_enough_python_is_told_so(clone: Clone) -> None:
    for tool in ("sh", "dirname", "cksum", "cat", "id"):
        (clone.tools / tool).symlink_to(shutil.which(tool) or tool)
    old = clone.tools / "python3"
    old.write_text("#!/bin/sh\nexit 0\n")
    old.chmod(0o755)

    status, _, err = clone.run("demo", path=str(clone.tools))

    assert status == 1
    assert err.startswith("没有找到 3.11 或更新的 Python")


def test_continuous_integration_calls_exactly_the_test_command() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()

    said = [line for line in lines if not line.startswith("#")]
    assert said == ["export JIFEN_REQUIRE_BROWSER=1", "exec ./jifen test"]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_the_locks_pin_every_package_by_hash_and_name_no_host(name: str) -> None:
    text = (ROOT / name).read_text()
    packages = re.findall(r"^[a-z0-9][^\\\n]*==", text, flags=re.MULTILINE)
    pinned = re.findall(r"^[a-z0-9].*\\\n    --hash=sha256:", text, flags=re.MULTILINE)

    assert len(packages) == len(pinned) > 40
    assert "://" not in text
    assert "--index" not in text


def test_the_tools_of_development_add_to_what_runs_and_change_nothing() -> None:
    running, developing = (
        set(re.findall(r"^([a-z0-9][^\s;]*==\S+)", (ROOT / name).read_text(), flags=re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    )

    assert running <= developing
