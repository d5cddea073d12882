"""Workbooks: what people upload as .xlsx, .xls or CSV, read as text, or refused with one clear sentence."""

import csv
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from shared.domain.cells import column_letter
from shared.domain.errors import Invalid
from shared.domain.imports import Grid

MIB = 1024 * 1024
MOST_BYTES, MOST_UNPACKED, MOST_PARTS = 10 * MIB, 150 * MIB, 2000
MOST_LINES, MOST_PLACES, MOST_SIGNS = 50_000, 100, 1000
# As many cells as calamine may make room for; a single cell in the last corner of a sheet would ask for 412 GB.
MOST_AREA = 5_000_000
NOTES = "填表说明"
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# Whatever the two readers are known to raise over a damaged file.
DAMAGE = (
    CalamineError, zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, ValueError,
    LookupError, OSError, EOFError,
)  # fmt: skip
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_CELL = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br=["']([A-Z]{1,4})([0-9]{1,8})["'][^>]*""")
_ERROR = re.compile(rb"""\bt=["']e["']""")
BROKEN = "文件打不开，可能已经损坏。请用 Excel 或 WPS 打开它，另存为 .xlsx 再上传。"
LOCKED = "工作簿设了打开密码。请取消密码（文件→信息→保护工作簿），另存后再上传。"
TOO_MANY = f"文件超过 {MOST_LINES:,} 行。请分成几份上传。"


def read_grid(name: str, data: bytes) -> Grid:
    """Return the one sheet of a file that has anything in it; Invalid with a sentence where it cannot be used."""
    if not data.strip():
        raise Invalid("文件是空的。")
    if len(data) > MOST_BYTES:
        raise Invalid(
            f"文件有 {len(data) / MIB:.0f} MB，最多收 {MOST_BYTES // MIB} MB。请去掉图片，或分成几份上传。"
        )
    grid = _grid(name, data)
    if not grid.lines:
        raise Invalid("文件里没有内容。")
    if len(grid.lines) > MOST_LINES:
        raise Invalid(TOO_MANY)
    return grid


def read_sheets(data: bytes) -> dict[str, Grid]:
    """Return every sheet of a workbook that has anything in it, by its name; Invalid as above."""
    if not data.startswith((ZIP, OLE)) or len(data) > MOST_BYTES:
        raise Invalid(f"请上传一个 Excel 工作簿，不超过 {MOST_BYTES // MIB} MB。")
    _refuse_unsafe(data)
    return {sheet.name: _of_sheet(sheet) for sheet in _filled_sheets(data)}


def _grid(name: str, data: bytes) -> Grid:
    head = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if data.startswith((ZIP, OLE)):
        _refuse_unsafe(data)
        return _sheet(data)
    if head.startswith((b"<!doctype", b"<html", b"<?xml", b"<table", b"<meta")):
        raise Invalid("这个文件其实是网页，只是名字像 Excel。请用 Excel 或 WPS 打开它，另存为 .xlsx 再上传。")
    return Grid(name, list(_text(data)))


def _refuse_unsafe(data: bytes) -> None:
    if data.startswith(ZIP):
        _refuse_bombs(data)
    elif "EncryptedPackage".encode("utf-16-le") in data:
        raise Invalid(LOCKED)


def _refuse_bombs(data: bytes) -> None:
    """Refuse what unpacks to more than it should, and what would make a sheet larger than any list of people."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Invalid("工作簿解开以后太大。请只留要导入的一张表，另存后再上传。")
            # Reads every part to the size that it says it has: one that holds more is found out by its checksum.
            if archive.testzip() is not None:
                raise Invalid(BROKEN)
            sheets = [part for part in parts if _SHEET.fullmatch(part.filename)]
            if not sheets:
                raise Invalid("这不是 Excel 工作簿。请上传 .xlsx、.xls 或 CSV 文件。")
            for sheet in sheets:
                _refuse_sheet(archive.read(sheet))
    except DAMAGE as fault:
        raise Invalid(BROKEN) from fault


def _refuse_sheet(written: bytes) -> None:
    widest, lowest = 1, 1
    for cell in _CELL.finditer(written):
        if _ERROR.search(cell[0]):
            where = f"第{cell[2].decode()}行 {cell[1].decode()}列"
            raise Invalid(f"{where}的公式出错（如 #REF!、#N/A）。请改成算好的值再上传。")
        widest, lowest = max(widest, _place(cell[1])), max(lowest, int(cell[2]))
    if widest * lowest > MOST_AREA:
        raise Invalid(
            f"工作表用到了第 {lowest} 行、第 {widest} 列，多半是空的。请把内容复制到一张新表里，另存后再上传。"
        )


def _place(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place


def _filled_sheets(data: bytes) -> list[CalamineSheet]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        shown = [meta.name for meta in book.sheets_metadata if meta.visible == SheetVisibleEnum.Visible]
        sheets = [book.get_sheet_by_name(name) for name in shown if name != NOTES]
        return [sheet for sheet in sheets if sheet.height]
    except PasswordError as fault:
        raise Invalid(LOCKED) from fault
    except DAMAGE as fault:
        raise Invalid(BROKEN) from fault


def _sheet(data: bytes) -> Grid:
    filled = _filled_sheets(data)
    if len(filled) > 1:
        named = "、".join(f"“{sheet.name}”" for sheet in filled)
        raise Invalid(
            f"工作簿里有 {len(filled)} 张有内容的表：{named}。请只留要导入的一张，其余删去或隐藏，另存后再上传。"
        )
    if not filled:
        raise Invalid("工作簿里没有内容。")
    return _of_sheet(filled[0])


def _of_sheet(sheet: CalamineSheet) -> Grid:
    if sheet.height > MOST_LINES:
        raise Invalid(TOO_MANY)
    try:
        rows = sheet.to_python(skip_empty_area=False)
        joined = [(first[0] + 1, last[0] + 1, first[1]) for first, last in sheet.merged_cell_ranges or ()]
    except DAMAGE as fault:
        raise Invalid(BROKEN) from fault
    numbered = ((number, [_cell(cell) for cell in row]) for number, row in enumerate(rows, 1))
    return Grid(sheet.name, list(_filled(numbered)), joined)


def _cell(value: object) -> str:
    """Return a cell as one would type it: whole numbers without a point, days as 2020-03-01."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def _text(data: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    text = _decoded(data)
    first = text.split("\n", 1)[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",\t;", key=first.count))
    try:
        yield from _filled(enumerate(rows, 1))
    except csv.Error as fault:
        raise Invalid("文本表格里的引号或逗号不对，读不下去。请用 Excel 或 WPS 另存为 .xlsx 再上传。") from fault


def _decoded(data: bytes) -> str:
    """UTF-8, what Excel calls Unicode text, or the encoding in which Chinese Excel saves CSV."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"] if b"\0" not in data else []
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("这不是 Excel 工作簿，也不是文本表格。请上传 .xlsx、.xls 或 CSV 文件。")


def _filled(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows in which anything stands, no wider or longer than a list of people is."""
    for number, cells in rows:
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            continue
        if len(cells) > MOST_PLACES:
            raise Invalid(f"第{number}行有 {len(cells)} 列，最多 {MOST_PLACES} 列。请删去不用的列再上传。")
        longest = max(range(len(cells)), key=lambda place: len(cells[place]))
        if len(cells[longest]) > MOST_SIGNS:
            where = f"第{number}行 {column_letter(longest)}列"
            raise Invalid(f"{where}有 {len(cells[longest])} 字，最多 {MOST_SIGNS} 字。")
        yield number, cells
