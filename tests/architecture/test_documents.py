"""Documents say what is there: drawn parts equal the tables, links lead somewhere, commands exist."""

import re
import shlex
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import click
import pytest

from docs.draw import BLOCK, BOOKS, DRAWN, filled
from services.cli.main import COMMANDS, group
from shared.config import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
NAMED = re.compile(r"(?:\./)?\bjifen ([a-z]+)(?: ([a-z]+))?")
ANY_DOCUMENT = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def named_commands(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command that code in a document names, with the word after it."""
    for code in CODE.findall(text):
        yield from NAMED.findall(code)


def anchors(path: Path) -> set[str]:
    """Return what GitHub makes of a document's headings."""
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@ANY_DOCUMENT
def test_what_is_drawn_equals_what_the_code_gives(path: Path) -> None:
    text = path.read_text("utf-8")

    assert filled(text) == text, "run .venv/bin/python -m docs.draw"


def test_every_lifecycle_is_drawn_and_every_book_has_its_round() -> None:
    drawn = {found[2] for path in DOCUMENTS for found in BLOCK.finditer(path.read_text("utf-8"))}

    assert drawn == set(DRAWN)
    assert set(BOOKS) == {path.stem for path in (ROOT / "policies" / "rules").glob("*.yaml")}


@ANY_DOCUMENT
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    broken = []
    for link in LINK.findall(CODE.sub("", path.read_text("utf-8"))):
        target, _, anchor = link.partition("#")
        if "://" in target:
            continue
        found = (path.parent / target) if target else path
        if not found.exists() or (anchor and anchor not in anchors(found)):
            broken.append(link)

    assert broken == []


@ANY_DOCUMENT
def test_every_command_that_is_named_is_there(path: Path) -> None:
    missing = []
    for name, word in named_commands(path.read_text("utf-8")):
        if name not in COMMANDS or find_spec(COMMANDS[name][0].partition(":")[0]) is None:
            missing.append(name)
            continue
        command = group.get_command(click.Context(group), name)
        if isinstance(command, click.Group) and word and word not in command.commands:
            missing.append(f"{name} {word}")

    assert missing == []


def test_readers_are_told_the_command_that_ci_calls() -> None:
    called = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()[-1].removeprefix("exec ").strip()

    assert shlex.split(called)[0] == "./jifen"
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        assert called in path.read_text("utf-8")


@ANY_DOCUMENT
def test_no_document_names_a_place_on_somebodys_machine(path: Path) -> None:
    text = path.read_text("utf-8")

    assert not re.search(r"(?<![\w/.…])/(?:work|tmp|home|root|Users)/", text)
