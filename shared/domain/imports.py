"""Imports: a spreadsheet on its way into rows: its columns found, every cell read, every fault with its place."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from shared.domain.cells import Unread, column_letter, identity_of, plain
from shared.domain.machine import Machine

IDENTITY = "identity"
# The heading stands among the first lines, below a title and notes.
LOOKED_AT = 15


class ImportKind(StrEnum):
    """What comes in."""

    UNITS = "units"
    ROSTER = "roster"
    RECORDS = "records"
    CLAIMS = "claims"
    YEAR = "year"
    TAKEN = "taken"
    BALANCES = "balances"


class ImportState(StrEnum):
    """Where an import stands."""

    UPLOADED = "uploaded"
    CHECKED = "checked"
    CONFIRMED = "confirmed"
    DONE = "done"
    UNDONE = "undone"
    DROPPED = "dropped"


class ImportCommand(StrEnum):
    """The steps of an import."""

    CHECK = "check"
    CONFIRM = "confirm"
    CARRY_OUT = "carry_out"
    UNDO = "undo"
    DROP = "drop"


class Outcome(StrEnum):
    """What becomes of one row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"


S, C = ImportState, ImportCommand

IMPORT: Machine[ImportState, ImportCommand] = Machine(
    noun="这次导入",
    initial=S.UPLOADED,
    edges={
        (S.UPLOADED, C.CHECK): S.CHECKED,
        (S.CHECKED, C.CHECK): S.CHECKED,
        (S.CHECKED, C.CONFIRM): S.CONFIRMED,
        # Once more, where its job has failed in the middle.
        (S.CONFIRMED, C.CONFIRM): S.CONFIRMED,
        (S.CONFIRMED, C.CARRY_OUT): S.DONE,
        (S.DONE, C.UNDO): S.UNDONE,
        (S.UPLOADED, C.DROP): S.DROPPED,
        (S.CHECKED, C.DROP): S.DROPPED,
    },
    words={
        S.UPLOADED: "待对列",
        S.CHECKED: "已试导，待确认",
        S.CONFIRMED: "正在导入",
        S.DONE: "已导入",
        S.UNDONE: "已撤销",
        S.DROPPED: "已放弃",
        C.CHECK: "试导",
        C.CONFIRM: "确认导入",
        C.CARRY_OUT: "导入完成",
        C.UNDO: "撤销导入",
        C.DROP: "放弃",
    },
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column that an import knows: its title in the template, other headings for it, how its cells are read.

    `read` returns the value as text, or raises Unread. `note` says to whoever fills it in what belongs there,
    `example` stands in the template and is clearly made up.
    """

    key: str
    title: str
    read: Callable[[str], str]
    note: str
    example: str
    others: tuple[str, ...] = ()
    needed: bool = False
    choices: tuple[str, ...] = ()


ID_NUMBER = Column(
    IDENTITY, "身份证号", identity_of, "", "", ("身份证", "身份证号码", "公民身份号码", "公民身份证号", "证件号码")
)


@dataclass(frozen=True, slots=True)
class Grid:
    """What a file holds: lines with their numbers, from 1, and which cells are joined (first, last, column)."""

    sheet: str
    lines: Sequence[tuple[int, Sequence[str]]]
    joined: Sequence[tuple[int, int, int]] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row, in which cell, and what would be right; no column where it is the whole row."""

    line: int
    place: int | None
    what: str
    right: str

    @property
    def where(self) -> str:
        """第12行 D列."""
        return f"第{self.line}行" + ("" if self.place is None else f" {column_letter(self.place)}列")

    def __str__(self) -> str:
        return f"{self.where}：{self.what}。{self.right}"


@dataclass(slots=True)
class Reading:
    """A row as it was read: its values by column, only those that the file has and that are filled in."""

    line: int
    cells: Sequence[str]
    places: Mapping[str, int]
    values: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, key: str, what: str, right: str) -> None:
        """Note a fault at the column of this key."""
        self.faults.append(Fault(self.line, self.places.get(key), what, right))


def heading_line(grid: Grid, columns: Sequence[Column]) -> int | None:
    """Return the place of the line that names the columns: the one with most known headings, at least two."""
    known = {_bare(name) for column in columns for name in (column.title, *column.others)}
    best, most = None, 1
    for place, (_, cells) in enumerate(grid.lines[:LOOKED_AT]):
        found = len({_bare(cell) for cell in cells} & known)
        if found > most:
            best, most = place, found
    return best


def match_columns(
    headings: Sequence[str], columns: Sequence[Column], remembered: Mapping[str, str]
) -> dict[str, int]:
    """Return where each column stands, by its headings, those first that the unit has matched before.

    `remembered` leads from a heading to a key, an empty one where the column is not to be used.
    """
    by_name = {_bare(name): column.key for column in columns for name in (column.title, *column.others)}
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        key = remembered.get(_bare(heading), by_name.get(_bare(heading), ""))
        if key and key not in found:
            found[key] = place
    return found


def heading_key(heading: str) -> str:
    """Return a heading as it is remembered."""
    return _bare(heading)


def _bare(heading: str) -> str:
    """Return a heading without stars, brackets' content and blanks: 出生日期*（必填） is 出生日期."""
    text = plain(heading).replace(" ", "").strip("*:")
    head, opened, _ = text.partition("(")
    return head.rstrip("*") if opened and head else text


def read_row(line: int, cells: Sequence[str], columns: Sequence[Column], places: Mapping[str, int]) -> Reading:
    """Read every cell of a row whose column is known; all faults at once."""
    reading = Reading(line, cells, places)
    for column in columns:
        if column.key not in places:
            continue
        written = cells[places[column.key]] if places[column.key] < len(cells) else ""
        if plain(written):
            _read_cell(reading, column, written)
        elif column.needed:
            reading.fault(column.key, f"没有填{column.title}", column.note or f"填上{column.title}")
    return reading


def _read_cell(reading: Reading, column: Column, written: str) -> None:
    try:
        value = column.read(written)
    except Unread as unread:
        reading.fault(column.key, unread.what, unread.right)
    else:
        if value:
            reading.values[column.key] = value


def missing(columns: Sequence[Column], places: Mapping[str, int]) -> list[str]:
    """Return the titles of the columns without which nothing can be read."""
    return [column.title for column in columns if column.needed and column.key not in places]


def joined_faults(grid: Grid, heading: int) -> list[Fault]:
    """Return where cells are joined below the heading: only the first of them holds what stands there."""
    below = grid.lines[heading][0]
    return [
        Fault(first, place, "是合并单元格，只有第一格有内容", "取消合并，把每一行都填上再上传")
        for first, last, place in grid.joined
        if last > below and last > first
    ]
