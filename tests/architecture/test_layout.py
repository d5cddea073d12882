"""The house: where files stand, how long they are, and what must not be said in them."""

import ast
import subprocess
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from shared.usecases.rules import load_book, shipped_books

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("services", "shared")
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "lib", "stuff"}
# A test may be longer than what it tests, its tables are its point; the first migration is made from the models.
LONGEST = {"services": 250, "shared": 250, "migrations": 1200, "benchmarks": 250, "tests": 400}
SENDING = {"apply_async", "send_task", "retry", "signature", "subtask"}
DEMONSTRATION = "services/cli/demonstration/"


@cache
def files() -> list[str]:
    """Every file of the repository as it is committed or about to be."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return sorted(name for name in names if (ROOT / name).is_file())


@cache
def text(name: str) -> str:
    """One file's text."""
    return (ROOT / name).read_text("utf-8", errors="replace")


@cache
def tree(name: str) -> ast.Module:
    """One Python file, parsed."""
    return ast.parse(text(name))


def python(*folders: str) -> list[str]:
    """The Python files under some folders."""
    return [name for name in files() if name.endswith(".py") and name.split("/")[0] in (folders or LONGEST)]


@cache
def nodes(name: str) -> list[ast.AST]:
    """Everything in one Python file."""
    return list(ast.walk(tree(name)))


@cache
def spoken(name: str) -> set[str]:
    """Every name in a file, dotted as it is written, and what it imports."""
    said = {ast.unparse(node) for node in nodes(name) if isinstance(node, ast.Attribute | ast.Name)}
    for node in nodes(name):
        if isinstance(node, ast.Import | ast.ImportFrom):
            said |= {alias.name for alias in node.names} | {getattr(node, "module", None) or ""}
    return said


def calls(name: str) -> list[ast.Call]:
    """Every call in a file."""
    return [node for node in nodes(name) if isinstance(node, ast.Call)]


def test_every_file_says_in_its_first_line_what_it_is_for() -> None:
    silent = [name for name in python() if text(name) and not text(name).startswith('"""')]

    assert silent == []


def test_packages_are_marked_by_empty_files() -> None:
    assert [name for name in python() if name.endswith("__init__.py") and text(name)] == []


def test_there_are_no_drawers() -> None:
    assert [name for name in files() if DRAWERS & {Path(part).stem for part in name.split("/")}] == []


def test_the_folders_are_the_houses_rooms() -> None:
    rooms = {name.split("/")[1] for name in python("shared") if name.count("/") > 1}
    houses = {name.split("/")[1] for name in python("services") if name.count("/") > 1}

    assert rooms <= {"domain", "db", "authz", "usecases", "papers", "stores", "telemetry"}
    assert houses <= {"api", "worker", "cli", "admin"}


@pytest.mark.parametrize("folder", LONGEST)
def test_no_file_is_too_long(folder: str) -> None:
    long = {name: text(name).count("\n") for name in python(folder) if text(name).count("\n") > LONGEST[folder]}

    assert long == {}


def test_no_function_is_too_long() -> None:
    long = [
        f"{name}:{function.name}"
        for name in python(*PRODUCT)
        for function in nodes(name)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and _statements(function) > 25
    ]

    assert long == []


def test_one_noun_has_one_file_name_in_every_layer() -> None:
    """A noun is in the plural and nowhere in the singular: `objections.py` from the domain to the pages.

    Commands are called as people type them, and a database's session is not a person's.
    """
    stems = {Path(name).stem for name in python(*PRODUCT) if not name.startswith("services/cli/")}

    assert sorted(stem for stem in stems - {"session"} if f"{stem}s" in stems) == []


@pytest.mark.parametrize(
    "forbidden", ["datetime.now", "datetime.utcnow", "date.today", "time.time", "uuid4", "random"]
)
def test_the_domain_asks_for_no_clock_and_no_chance(forbidden: str) -> None:
    assert [name for name in python("shared") if "/domain/" in name and forbidden in spoken(name)] == []


def test_the_use_cases_ask_for_no_clock_of_their_own() -> None:
    asking = [
        name
        for name in python("shared")
        if "/usecases/" in name and {"datetime.now", "date.today", "time.time"} & spoken(name)
    ]

    assert asking == []


def test_no_use_case_commits() -> None:
    committing = {
        name
        for name in python("shared")
        if "/usecases/" in name
        for call in calls(name)
        if isinstance(call.func, ast.Attribute) and call.func.attr in {"commit", "rollback"}
    }

    assert committing == set()


def test_what_waits_is_a_row_never_the_queue() -> None:
    waiting = {
        name
        for name in python(*PRODUCT)
        for call in calls(name)
        if isinstance(call.func, ast.Attribute)
        and (
            call.func.attr == "delay"
            or (call.func.attr in SENDING and {"eta", "countdown"} & {keyword.arg for keyword in call.keywords})
        )
    }

    assert waiting == set()


def test_state_is_assigned_in_one_place() -> None:
    """Only `carry_out` moves a row along its machine; a row's first state comes with the row."""
    assigning = {
        name
        for name in python("shared")
        for node in nodes(name)
        if isinstance(node, ast.Assign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and target.attr in {"state", "stage"}
    }

    assert assigning <= {"shared/usecases/outcomes.py"}


def test_the_code_knows_no_book_and_no_item() -> None:
    books = [load_book(name) for name in shipped_books()]
    known = set(shipped_books()) | set(chain.from_iterable(book.items for book in books))
    told = {
        (name, node.value)
        for name in python(*PRODUCT)
        if not name.startswith(DEMONSTRATION)
        for node in nodes(name)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in known
    }

    assert told == set()


@pytest.mark.parametrize(
    "secret",
    # Written in pieces, so that this file does not say what no file may say.
    ["/" + "work/", "/" + "tmp/", "/" + "root/", "/" + "home/", "pypi" + ".org", "files.python" + "hosted"],
)
def test_no_file_names_a_machine_or_a_registry(secret: str) -> None:
    lock = {"requirements.lock", "requirements-dev.lock", "uv.lock"}
    here = str(Path(__file__).relative_to(ROOT))

    assert [name for name in files() if name not in {*lock, here} and secret in text(name)] == []


def _statements(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the statements within, the docstring aside."""
    inner = sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1
    return inner - (ast.get_docstring(function) is not None)
