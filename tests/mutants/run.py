"""The core's mutants against its tests, by hand: `python -m tests.mutants.run [EVERY] [MODULE ...]`.

EVERY takes each so-manieth mutant alone. What survives is printed, and is either killed by a new test or explained
in docs/reference/mutants.md.
"""

import ast
import importlib.abc
import importlib.util
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import hypothesis
import pytest

from tests.mutants.changes import Mutant, mutants

ROOT = Path(__file__).parents[2]
EXPLAINED = ROOT / "docs" / "reference" / "mutants.md"
# A mutant that loops for ever is found out as well.
WITHIN_S = 120
TESTS = {
    "scoring": ("test_scoring", "test_caps", "test_grades"),
    "reckoning": ("test_scoring", "test_caps", "test_grades"),
    "caps": ("test_scoring", "test_caps"),
    "windows": ("test_windows",),
    "ballots": ("test_ballots",),
    "seals": ("test_seals",),
}


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Has one module read from a changed tree, in this process."""

    def __init__(self, name: str, tree: ast.Module) -> None:
        self.name, self.tree = name, tree

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self) if name == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.tree, f"<{self.name}>", "exec"), module.__dict__)


def survivors(names: Sequence[str], every: int = 1, first: int = 0) -> Iterator[str]:
    """Yield what outlives the tests of its module, by module and place."""
    for name in names:
        source = (ROOT / "shared" / "domain" / f"{name}.py").read_text("utf-8")
        for mutant in list(mutants(source))[first::every]:
            if not killed(name, mutant):
                yield f"{name}.{mutant.place}"


def killed(name: str, mutant: Mutant) -> bool:
    """Whether a test fails; asked in a process of its own, where nothing of the module has been read."""
    child = os.fork()
    if child == 0:
        os._exit(_tested(name, mutant))
    _, status = os.waitpid(child, 0)
    return status != 0


def _tested(name: str, mutant: Mutant) -> int:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(WITHIN_S)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    for read in [read for read in sys.modules if read.startswith(("shared", "tests.domain"))]:
        del sys.modules[read]
    sys.meta_path.insert(0, Changed(f"shared.domain.{name}", mutant.tree))
    hypothesis.settings.register_profile("mutants", database=None, derandomize=True, deadline=None)
    hypothesis.settings.load_profile("mutants")
    paths = [str(ROOT / "tests" / "domain" / f"{test}.py") for test in TESTS[name]]
    return int(pytest.main(["-x", "-q", "--noconftest", "-p", "no:cacheprovider", "-m", "not long", *paths]))


def explained() -> set[str]:
    """Return the survivors that the reference explains."""
    lines = EXPLAINED.read_text("utf-8").splitlines()
    return {line.removeprefix("- `").partition("`")[0] for line in lines if line.startswith("- `")}


def main() -> None:
    """Print each survivor as it is found."""
    given = sys.argv[1:]
    every = int(given.pop(0)) if given and given[0].isdigit() else 1
    known = explained()
    for one in survivors(given or list(TESTS), every):
        sys.stdout.write(f"{'explained' if one in known else 'SURVIVES '} {one}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
