"""Layouts: what a paper is made of; the same parts are printed, shown on screen and written as Excel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from shared.domain.periods import day_in_words

# Decimals are points, two places wherever they are shown; None leaves the cell empty, for a pen.
Cell = str | int | Decimal | None


class Size(StrEnum):
    """A sheet of paper, upright but for the wide one."""

    A3 = "a3"
    A4 = "a4"
    A4_WIDE = "a4-wide"
    A5 = "a5"


class Manner(StrEnum):
    """How a paper is set: a form with lines, a document by GB/T 9704, or a sheet for the wall."""

    FORM = "form"
    DOCUMENT = "document"
    POSTER = "poster"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its width in millimetres (0 shares what is left), and where its text stands."""

    heading: str
    width: int = 0
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings, which are repeated on every page; `sums` is the last row, set off from the others."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    sums: tuple[Cell, ...] = ()
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands at the head of a form: label and value, `across` pairs a row."""

    pairs: tuple[tuple[str, Cell], ...]
    across: int = 2


@dataclass(frozen=True, slots=True)
class Box:
    """A large field of a form; `height` in millimetres; `sign` says who signs and dates it below."""

    label: str
    text: str = ""
    height: int = 0
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Boxes:
    """Fields one below the other."""

    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Paragraphs; `small` for what explains a form, `flush` for whom a document is addressed to."""

    paragraphs: tuple[str, ...]
    small: bool = False
    flush: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a paper."""

    text: str


@dataclass(frozen=True, slots=True)
class Signatures:
    """Who signs in one row, by office; each with room for a name."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """Who issues a paper, and when; the seal goes over both."""

    unit: str
    day: date | None


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code and what is said beside it."""

    address: str
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a flow: what is done, by whom, within which term; `aside` is what leads away from it."""

    title: str
    who: str
    term: str = ""
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """Steps one after the other, joined by arrows."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Space:
    """Empty room, in millimetres."""

    height: int


@dataclass(frozen=True, slots=True)
class Break:
    """What follows begins on a new page."""


Part = Table | Facts | Boxes | Words | Heading | Signatures | Ending | Code | Flow | Space | Break


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as it is printed: `form` is the name by which people know it, `title` what stands at its head.

    `unit` stands above the title, `under` below it; `number` is the paper's own, where it has one. One that is a
    single page by its nature is not `paged`: to count its pages Typst sets it twice.
    """

    form: str
    title: str
    unit: str
    parts: tuple[Part, ...]
    size: Size = Size.A4
    manner: Manner = Manner.FORM
    under: str = ""
    number: str = ""
    paged: bool = True


def in_words(cell: Cell) -> str:
    """Return a cell as it is read: two places and a true minus sign for points, nothing for an empty one."""
    if isinstance(cell, Decimal):
        return f"{cell:.2f}".replace("-", "−")
    return "" if cell is None else str(cell)


def dated(day: date | None) -> str:
    """Return a day in words, or the blanks in which it is written by hand."""
    return day_in_words(day) if day else "　　　年　　月　　日"


def filled_up(rows: Sequence[tuple[Cell, ...]], least: int, width: int) -> tuple[tuple[Cell, ...], ...]:
    """Return the rows with empty ones below, so that a form has at least so many to write on."""
    empty: tuple[Cell, ...] = (None,) * width
    return (*rows, *(empty for _ in range(least - len(rows))))
