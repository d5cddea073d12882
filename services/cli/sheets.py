"""Sheets: the rows of a CSV or XLSX file under a known header, each cell as text with its line."""

import csv
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

ZIP = b"PK\x03\x04"
LARGEST = 100_000_000
# A formula's error (#DIV/0!) is read as an empty cell, which would count as "no points named".
ERROR_CELL = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^>]* t="e"')
FIRST_SHEET = "xl/worksheets/sheet1.xml"
# Whatever the two readers are known to raise over a damaged archive.
DAMAGE = (
    CalamineError, zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, ValueError,
    LookupError, OSError, EOFError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file, where, and what would be right."""

    file: str
    line: int
    column: str
    what: str
    right: str

    def __str__(self) -> str:
        return f"{self.file} 第 {self.line} 行 {self.column}：{self.what}；应当：{self.right}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line in the file (from 1) and its cells by column, without spaces around them."""

    line: int
    cells: Mapping[str, str]


class Unreadable(Exception):
    """The file as a whole cannot be used; carries the fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def read(file: str, header: Sequence[str], faults: list[Fault]) -> list[Row]:
    """Return the rows under `header`; faults are added. A file that cannot be used gives no rows."""
    try:
        lines = _lines(file)
    except Unreadable as unreadable:
        faults.append(unreadable.fault)
        return []
    filled = ((number, [cell.strip() for cell in cells]) for number, cells in lines)
    rows = [(number, cells) for number, cells in filled if any(cells)]
    if not rows:
        faults.append(_whole(file, "文件是空的", f"第一行是 {','.join(header)}"))
        return []
    if not _is_header(file, rows[0], header, faults):
        return []
    found = (_row(file, number, cells, header, faults) for number, cells in rows[1:])
    return [row for row in found if row is not None]


def _whole(file: str, what: str, right: str) -> Fault:
    return Fault(file, 1, "整个文件", what, right)


def _lines(file: str) -> list[tuple[int, list[str]]]:
    try:
        if Path(file).stat().st_size > LARGEST:
            raise Unreadable(_whole(file, "文件太大", "不超过一亿字节"))
        data = Path(file).read_bytes()
    except FileNotFoundError as error:
        raise Unreadable(_whole(file, "没有这个文件", "写对路径和文件名")) from error
    except OSError as error:
        raise Unreadable(_whole(file, "文件打不开", "是一个可以读的文件")) from error
    if file.lower().endswith(".xlsx"):
        return list(_sheet(file, data))
    return list(_text(file, data))


def _text(file: str, data: bytes) -> Iterator[tuple[int, list[str]]]:
    right = "UTF-8 编码的 CSV 文本，或扩展名为 .xlsx 的工作簿"
    if data.startswith(ZIP) or (b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise Unreadable(_whole(file, "不是文本文件", right))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(Fault(file, line, "整行", "不是 UTF-8 编码", f"另存为{right}")) from error
    reader = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
    start = 1
    try:
        for cells in reader:
            yield start, cells
            last, start = start, reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(Fault(file, start, "整行", "不是合法的 CSV", "检查这一行的引号和逗号")) from error
    if text.count('"') % 2:
        # The reader takes an open quote to the end of the file, and with it every row in between.
        raise Unreadable(Fault(file, last, "整行", "引号没有成对", "每个引号都要有另一半"))


def _sheet(file: str, data: bytes) -> Iterator[tuple[int, list[str]]]:
    right = "一个没有损坏、没有密码的 .xlsx 工作簿"
    if not data:
        raise Unreadable(_whole(file, "文件是空的", right))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > 5 * LARGEST:
                raise Unreadable(_whole(file, "工作簿太大", "解压后不超过五亿字节"))
            _refuse_errors(file, archive)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        rows = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except DAMAGE as error:
        raise Unreadable(_whole(file, "不是工作簿，或已损坏", right)) from error
    for number, cells in enumerate(rows, start=1):
        yield number, [_cell(cell) for cell in cells]


def _refuse_errors(file: str, archive: zipfile.ZipFile) -> None:
    if FIRST_SHEET in archive.namelist():
        found = ERROR_CELL.search(archive.read(FIRST_SHEET))
        if found:
            column, line = found[1].decode(), int(found[2])
            raise Unreadable(Fault(file, line, f"{column} 列", "公式出错", "填上算好的值"))


def _cell(value: object) -> str:
    """Return a cell as the CSV would have it: whole numbers without a point, days as YYYY-MM-DD."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def _is_header(file: str, row: tuple[int, list[str]], header: Sequence[str], faults: list[Fault]) -> bool:
    number, cells = row
    while len(cells) > len(header) and not cells[-1] and file.lower().endswith(".xlsx"):
        cells = cells[:-1]
    right = f"表头为 {','.join(header)}"
    if cells == list(header):
        return True
    wrong = [place for place, name in enumerate(header) if cells[place : place + 1] != [name]]
    place = wrong[0] if wrong else len(header)
    got = cells[place] if place < len(cells) else ""
    faults.append(Fault(file, number, f"第 {place + 1} 列", f"表头不对（“{got}”）", right))
    return False


def _row(file: str, number: int, cells: list[str], header: Sequence[str], faults: list[Fault]) -> Row | None:
    if file.lower().endswith(".xlsx"):
        # A workbook is as wide as its widest row: empty cells to the right, or left out, are no fault.
        cells = cells[: max(len(header), *(place + 1 for place, cell in enumerate(cells) if cell))]
        cells += [""] * (len(header) - len(cells))
    if len(cells) != len(header):
        word = "太多" if len(cells) > len(header) else "太少"
        column = f"第 {min(len(cells), len(header)) + 1} 列"
        what = f"单元格{word}（{len(cells)} 个）"
        faults.append(Fault(file, number, column, what, f"{len(header)} 个：{','.join(header)}"))
        return None
    return Row(number, dict(zip(header, cells, strict=True)))
