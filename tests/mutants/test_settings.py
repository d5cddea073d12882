"""Security settings: each turned to its unsafe value makes the test fail that is named for it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest

from shared.config import ROOT
from tests.mutants.settings import SETTINGS, Unsafe

# With what was compiled: each file keeps its instant, so that all but the spoilt one are read as they are.
LEFT = shutil.ignore_patterns(".git", ".venv", "data", "node_modules", ".*_cache", ".hypothesis", "screenshots")
BOUNDS = "tests/architecture/test_bounds.py"
PATTERN = "tests/databases.py", 'PATTERN = "jifen_pattern"'


def test_every_setting_stands_where_the_table_says_and_its_test_is_there() -> None:
    for name, one in SETTINGS.items():
        path, _, test = one.noticed_by.partition("::")
        assert one.safe in (ROOT / one.file).read_text("utf-8"), name
        assert f"def {test.partition('[')[0]}(" in (ROOT / path).read_text("utf-8"), name


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The project once more, to be spoilt."""
    made = tmp_path_factory.mktemp("unsafe") / "project"
    shutil.copytree(ROOT, made, ignore=LEFT, symlinks=True)
    # Some of its tests ask git which files there are.
    subprocess.run(["git", "init", "--quiet"], cwd=made, check=True)
    yield made
    shutil.rmtree(made)


@pytest.mark.long
def test_as_it_is_every_one_of_these_tests_passes(copy: Path, admin_database_url: str, redis_url: str) -> None:
    named = sorted({one.noticed_by for one in SETTINGS.values()})

    done = run(copy, admin_database_url, redis_url, "unsafe", *named)

    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.long
def test_of_numbers_each_that_is_too_wide_is_noticed_by_its_own_bound(
    copy: Path, admin_database_url: str, redis_url: str, tmp_path: Path
) -> None:
    # All at once: the bound of one number says nothing of another's.
    numbers = {name: one for name, one in SETTINGS.items() if "[" in one.noticed_by}
    report = tmp_path / "report.xml"
    kept: dict[Path, str] = {}
    for one in numbers.values():
        kept = spoilt(copy, one) | kept
    try:
        run(copy, admin_database_url, redis_url, "unsafe", "--maxfail=0", f"--junitxml={report}", BOUNDS)
    finally:
        restore(kept)

    noticed = {
        case.get("name") for case in ElementTree.parse(report).iter("testcase") if case.find("failure") is not None
    }
    assert {name for name, one in numbers.items() if one.noticed_by.partition("::")[2] not in noticed} == set()


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name, one in SETTINGS.items() if "[" not in one.noticed_by])
def test_an_unsafe_setting_is_noticed(name: str, copy: Path, admin_database_url: str, redis_url: str) -> None:
    one = SETTINGS[name]
    of_database = one.file.startswith("migrations/")
    # A setting of the database takes effect where migrations run: in a pattern of its own.
    pattern = f"unsafe{list(SETTINGS).index(name)}"
    kept = spoilt(copy, one)
    if of_database:
        kept |= spoilt(copy, Unsafe(*PATTERN, f'PATTERN = "jifen_{pattern}_pattern"', ""))
    try:
        done = run(copy, admin_database_url, redis_url, pattern if of_database else "unsafe", one.noticed_by)
    finally:
        restore(kept)

    # 1 is a test that fails; anything else is one that was not run.
    assert done.returncode == 1, f"{name}: {done.returncode}\n{done.stdout[-2000:]}"


def spoilt(copy: Path, one: Unsafe) -> dict[Path, str]:
    """Turn a setting to its unsafe value wherever its file says it; return what stood there."""
    path = copy / one.file
    kept = path.read_text("utf-8")
    path.write_text(kept.replace(one.safe, one.unsafe), "utf-8")
    return {path: kept}


def restore(kept: Mapping[Path, str]) -> None:
    """Put back what stood there."""
    for path, text in kept.items():
        path.write_text(text, "utf-8")


def run(copy: Path, database: str, redis: str, which: str, *tests: str) -> subprocess.CompletedProcess[str]:
    """Run tests of the copy, on the services of this run, in a database of their own."""
    env = {
        **os.environ,
        "JIFEN_TEST_DATABASE_URL": database,
        "JIFEN_TEST_REDIS_URL": redis,
        "PYTEST_XDIST_WORKER": which,
        # Two changes within a second may be of one length: nothing that is spoilt is kept compiled.
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(copy),
    }
    quietly = ("-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist")
    argv = [sys.executable, "-m", "pytest", *quietly, *tests]
    return subprocess.run(argv, cwd=copy, env=env, capture_output=True, text=True, timeout=600, check=False)
