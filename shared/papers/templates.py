"""Templates: spreadsheets to be filled in, with notes and made-up examples; and rows sent back to be mended."""

import io
from collections.abc import Mapping, Sequence

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from shared.domain.imports import Column
from shared.papers.workbooks import SAFE

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOTES = "填表说明"
# So many rows are set up as text before anybody types.
PREPARED = 5000
FIRST_LIST = 3


def template_of(noun: str, columns: Sequence[Column], rows: Sequence[Sequence[str]] = ()) -> bytes:
    """Return a workbook to be filled in: text columns, lists to choose from, notes on a sheet of their own.

    `rows` are what is known already; without any, one example stands there that an import passes over.
    """
    shown = [column for column in columns if column.note]
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, SAFE) as book:
        faces = _faces(book)
        sheet = _to_fill_in(book, noun, shown, rows, faces)
        notes = book.add_worksheet(NOTES)
        _note(notes, shown, faces)
        _offer(sheet, notes, shown, faces)
    return written.getvalue()


def templates_of(lists: Mapping[str, Sequence[Column]]) -> bytes:
    """Return a workbook with a sheet to be filled in for each list, and the notes of all of them."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, SAFE) as book:
        faces = _faces(book)
        shown = {name: [column for column in columns if column.note] for name, columns in lists.items()}
        for name, columns in shown.items():
            _to_fill_in(book, name, columns, (), faces)
        _note(book.add_worksheet(NOTES), [column for columns in shown.values() for column in columns], faces)
    return written.getvalue()


def _to_fill_in(
    book: xlsxwriter.Workbook,
    name: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    faces: dict[str, Format],
) -> Worksheet:
    sheet = book.add_worksheet(name[:31])
    _head(sheet, [column.title + ("*" if column.needed else "") for column in columns], faces)
    _fill(sheet, rows or [_example(columns)], faces["text" if rows else "example"])
    return sheet


def _example(columns: Sequence[Column]) -> list[str]:
    first, *others = (column.example for column in columns)
    return [first if first.startswith("示例") else f"示例{first}", *others]


def _note(sheet: Worksheet, columns: Sequence[Column], faces: dict[str, Format]) -> None:
    said = [
        ("说明", "带 * 的列必须填。列的先后可以换，多出的列不会导入。示例行可以不删，导入时会跳过。"),
        ("身份证号", "本系统不保存身份证号，请不要填。"),
        *((column.title, column.note) for column in columns),
    ]
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 80, faces["text"])
    _fill(sheet, said, faces["text"], start=0)


def _offer(sheet: Worksheet, notes: Worksheet, columns: Sequence[Column], faces: dict[str, Format]) -> None:
    """Let the cells of a column be chosen from a list, which stands beside the notes: there it may be long."""
    for place, column in enumerate(columns):
        if column.choices:
            at = FIRST_LIST + place
            for line, word in enumerate(column.choices):
                notes.write_string(line, at, word, faces["text"])
            words = xl_range_abs(0, at, len(column.choices) - 1, at)
            sheet.data_validation(1, place, PREPARED, place, {"validate": "list", "source": f"='{NOTES}'!{words}"})


def returned(noun: str, headings: Sequence[str], rows: Sequence[tuple[Sequence[str], str]]) -> bytes:
    """Return the rows that were wrong as they came, with a column more that says why; it may be uploaded again."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, SAFE) as book:
        faces = _faces(book)
        sheet = book.add_worksheet(noun[:31])
        _head(sheet, [*headings, "哪里不对，怎么改"], faces)
        sheet.set_column(len(headings), len(headings), 60, faces["text"])
        _fill(sheet, [[*_as_wide(cells, len(headings)), why] for cells, why in rows], faces["text"])
    return written.getvalue()


def _as_wide(cells: Sequence[str], width: int) -> list[str]:
    return [*cells, *([""] * width)][:width]


def listed(noun: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return a plain list as a workbook, every cell a text."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, SAFE) as book:
        faces = _faces(book)
        sheet = book.add_worksheet(noun[:31])
        _head(sheet, headings, faces)
        _fill(sheet, rows, faces["text"])
    return written.getvalue()


def _faces(book: xlsxwriter.Workbook) -> dict[str, Format]:
    # "@" is text: Excel then keeps 001 and long numbers as they are typed.
    text = {"num_format": "@", "font_name": "宋体", "text_wrap": False}
    return {
        "text": book.add_format(text),
        "head": book.add_format({**text, "bold": True, "bg_color": "#F0F0F0", "border": 1}),
        "example": book.add_format({**text, "italic": True, "font_color": "#808080"}),
    }


def _head(sheet: Worksheet, titles: Sequence[str], faces: dict[str, Format]) -> None:
    sheet.set_column(0, max(len(titles) - 1, 0), 16, faces["text"])
    sheet.freeze_panes(1, 0)
    for place, title in enumerate(titles):
        sheet.write_string(0, place, title, faces["head"])


def _fill(sheet: Worksheet, rows: Sequence[Sequence[str]], face: Format, start: int = 1) -> None:
    for line, row in enumerate(rows, start):
        for place, cell in enumerate(row):
            sheet.write_string(line, place, cell, face)
