"""Rule books as text: checked and read into the typed book, inherited parts merged in, and written out whole."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.domain.errors import Invalid
from shared.domain.inheritance import whole
from shared.domain.rule_checks import faults_of
from shared.domain.rule_reading import read
from shared.domain.rule_text import Fault, Node, parse
from shared.domain.rules import RuleBook

# Gives file name and text of the book of that name, or None where there is none.
Source = Callable[[str], tuple[str, str] | None]


@dataclass(frozen=True, slots=True)
class Checked:
    """A book as far as it could be read, its merged tree, all faults and warnings, and the text itself."""

    book: RuleBook
    tree: Node
    faults: tuple[Fault, ...]
    text: str = ""

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults without the warnings."""
        return tuple(fault for fault in self.faults if not fault.warning)


def check(text: str, file: str, source: Source) -> Checked:
    """Read and check a book; raises `rule_text.Unreadable` where the text is no YAML mapping at all."""
    faults: list[Fault] = []

    def find(name: str, faults: list[Fault]) -> Node | None:
        found = source(name)
        return None if found is None else parse(found[1], found[0], faults)

    tree = whole(parse(text, file, faults), find, faults)
    book = read(tree, faults)
    faults.extend(faults_of(book))
    order = sorted(dict.fromkeys(faults), key=lambda fault: (fault.place.file, fault.place.line))
    return Checked(book, tree, tuple(order), text)


def book_of(text: str, file: str = "", source: Source = lambda _: None) -> RuleBook:
    """Return a sound book; Invalid names every fault."""
    checked = check(text, file, source)
    if checked.errors:
        raise Invalid(*map(str, checked.errors))
    return checked.book


def text_of(tree: Node) -> str:
    """Return a merged tree as one text that `book_of` reads again: JSON, which is YAML.

    It says what it was merged from, and inherits nothing any more.
    """
    written = plain(tree)
    if isinstance(written, dict) and "inherits" in written:
        written = {"merged_from" if key == "inherits" else key: value for key, value in written.items()}
    return json.dumps(written, ensure_ascii=False, indent=2)


def plain(node: Node) -> object:
    """Return a tree as plain values: numbers that are whole as int, others and days as text."""
    value = node.value
    if isinstance(value, dict):
        return {key: plain(child) for key, child in value.items()}
    if isinstance(value, list):
        return [plain(child) for child in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value
