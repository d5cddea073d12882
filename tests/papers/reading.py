"""Papers read back: the text of a PDF, the cells of a workbook, the words of a Word file."""

import io
import re
import zipfile
from typing import Any

import pypdf
from python_calamine import CalamineWorkbook


def pages(pdf: bytes) -> list[str]:
    """The text of each page, without what only parts lines."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def words(pdf: bytes) -> str:
    """All text without white space: a name may be broken over two lines."""
    return re.sub(r"\s", "", "".join(pages(pdf)))


def cells(workbook: bytes, sheet: int = 0) -> list[list[Any]]:
    """The rows of a sheet."""
    return CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(sheet).to_python()


def raw(workbook: bytes) -> str:
    """A workbook's own XML, all of it."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as packed:
        return "".join(packed.read(name).decode() for name in packed.namelist() if name.endswith(".xml"))


def sheets(workbook: bytes) -> list[Any]:
    """The numbers of all sheets."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    rows = (row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python())
    return [cell for row in rows for cell in row if isinstance(cell, float)]
