"""`jifen test`: the checks and the tests side by side, then one line for each."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import click

from services.cli import chromium

ROOT = Path(__file__).resolve().parents[2]
PYTHON = [sys.executable, "-P"]
IMPORT_LINTER = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
CHECKS = {
    "ruff check": [*PYTHON, "-m", "ruff", "check", "--quiet", "--output-format", "concise"],
    "ruff format": [*PYTHON, "-m", "ruff", "format", "--check", "--quiet"],
    "mypy": [*PYTHON, "-m", "mypy"],
    "lint-imports": [*PYTHON, "-c", IMPORT_LINTER],
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one check ended: its name, exit status, seconds taken and what it printed."""

    name: str
    status: int
    seconds: float
    output: str = ""


def check(name: str) -> Outcome:
    """Runs one check at the root and keeps what it prints for when it fails."""
    begun = time.monotonic()
    done = subprocess.run(
        CHECKS[name], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return Outcome(name, done.returncode, time.monotonic() - begun, done.stdout)


def complaints(outcomes: list[Outcome]) -> Iterator[str]:
    """What the checks that failed have printed."""
    for outcome in outcomes:
        if outcome.status and outcome.output:
            yield f"── {outcome.name}\n{outcome.output.rstrip()}"


def pytest(paths: tuple[str, ...], everything: bool) -> Outcome:
    """The tests on two processes, their progress shown as they run; `everything` adds those marked long."""
    begun = time.monotonic()
    chosen = [] if everything else ["-m", "not long"]
    # In the order of the folders: by number of tests, the few that play a whole round would come last, alone.
    side_by_side = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    argv = [*PYTHON, "-m", "pytest", *side_by_side, *chosen, *paths]
    status = subprocess.run(argv, cwd=ROOT, check=False).returncode
    return Outcome("pytest", status, time.monotonic() - begun)


@click.command()
@click.option("--all", "everything", is_flag=True, help="也跑耗时长的测试。")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, resolve_path=True))
def command(everything: bool, paths: tuple[str, ...]) -> None:
    """全部检查和测试；给出路径时只跑其中的测试。"""
    # mypy alone takes as long as the others and the browser together: it goes on beside the tests.
    with ThreadPoolExecutor(len(CHECKS) + 1) as pool:
        browser = pool.submit(chromium.install)
        checking = [pool.submit(check, name) for name in CHECKS]
        if browser.result():
            click.echo(browser.result())
        tests = pytest(paths, everything)
        outcomes = [*(done.result() for done in checking), tests]
    for complaint in complaints(outcomes):
        click.echo(complaint)
    for outcome in outcomes:
        verdict = "通过" if outcome.status == 0 else "未通过"
        click.echo(f"{outcome.name:<14}{verdict}  {outcome.seconds:6.1f} 秒")
    sys.exit(any(outcome.status for outcome in outcomes))
