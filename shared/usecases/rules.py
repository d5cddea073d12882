"""Where rule books are found: by name among those that ship with the product, or by path."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from shared.domain.errors import Invalid, NotFound
from shared.domain.rule_books import Checked, Source, check
from shared.domain.rule_text import Fault, Unreadable
from shared.domain.rules import Place, RuleBook

SHIPPED = Path(__file__).resolve().parents[2] / "policies" / "rules"


def shipped_books() -> list[str]:
    """Return the names of the books that ship with the product."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


@cache
def examples() -> Mapping[str, str]:
    """Return the shipped books that stand on their own, name and title: what a county can begin from."""
    books = {name: load_book(name) for name in shipped_books()}
    return {name: book.title for name, book in books.items() if book.inherits is None}


def book_file(name: str) -> Path:
    """Return the file of a book given by name or by path; NotFound where there is none."""
    shipped = SHIPPED / f"{name}.yaml"
    if "/" not in name and shipped.is_file():
        return shipped
    if Path(name).is_file():
        return Path(name)
    raise NotFound(f"找不到规则“{name}”；应写规则名（{'、'.join(shipped_books())}）或 YAML 文件的路径")


def check_book(name: str) -> Checked:
    """Read and check a book with all that it inherits; Unreadable or NotFound where it cannot be read."""
    path = book_file(name)
    return check(_text(path), _shown(path), _source(path.parent))


def load_book(name: str) -> RuleBook:
    """Return a sound book, inherited parts merged in; Invalid names every fault."""
    checked = check_book(name)
    if checked.errors:
        raise Invalid(*map(str, checked.errors))
    return checked.book


def _source(folder: Path) -> Source:
    def find(name: str) -> tuple[str, str] | None:
        for path in (folder / f"{name}.yaml", SHIPPED / f"{name}.yaml"):
            if "/" not in name and path.is_file():
                return _shown(path), _text(path)
        return None

    return find


def _shown(path: Path) -> str:
    """A shipped book is shown by its file name, another by the path that the person gave."""
    return path.name if path.parent == SHIPPED else str(path)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        fault = Fault(Place(str(path), 1), "文件读不出来或不是 UTF-8 编码", "检查权限，另存为 UTF-8 编码的 YAML")
        raise Unreadable(fault) from error
