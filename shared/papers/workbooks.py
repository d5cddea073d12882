"""Workbooks: the same papers as Excel in their own layout; what people wrote is never a formula or a link."""

import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter

from shared.papers.layouts import (
    Box,
    Boxes,
    Cell,
    Code,
    Ending,
    Facts,
    Flow,
    Heading,
    Manner,
    Paper,
    Part,
    Signatures,
    Size,
    Table,
    Words,
    dated,
    in_words,
)

# Excel's own numbers for the sheets.
SHEETS = {Size.A3: 8, Size.A4: 9, Size.A4_WIDE: 9, Size.A5: 11}
ROOM_MM = {Size.A3: 250, Size.A4: 170, Size.A4_WIDE: 250, Size.A5: 120}
# What a character of the standard font takes, in millimetres, and how many fit into a cell of a whole row.
CHARACTER_MM = 2.1
LINE_PT = 18
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
FACES: Mapping[str, Mapping[str, Any]] = {
    "title": {"bold": True, "font_size": 18, "align": "center", "valign": "vcenter", "text_wrap": True},
    "unit": {"align": "center", "valign": "vcenter", "text_wrap": True},
    "head": {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True,
             "bg_color": "#F0F0F0"},
    "label": {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True},
    "left": {"border": 1, "align": "left", "valign": "vcenter", "text_wrap": True},
    "center": {"border": 1, "align": "center", "valign": "vcenter", "text_wrap": True},
    "right": {"border": 1, "align": "right", "valign": "vcenter", "text_wrap": True, "num_format": "0.00"},
    "free": {"align": "left", "valign": "top", "text_wrap": True},
    "apart": {"align": "right", "valign": "vcenter", "text_wrap": True},
}  # fmt: skip


def workbook_of(papers: Sequence[Paper]) -> bytes:
    """Return one workbook, a sheet for each paper, set up to be printed as the paper is."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, SAFE) as book:
        faces = {name: book.add_format({"font_name": "宋体", **face}) for name, face in FACES.items()}
        for place, paper in enumerate(papers, 1):
            name = paper.form if len(papers) == 1 else f"{place} {paper.form}"
            _Sheet(book.add_worksheet(name[:31]), faces, paper).write()
    return written.getvalue()


class _Sheet:
    """One sheet, written from the top down; every part takes the whole width of the paper's widest table."""

    def __init__(self, sheet: Any, faces: Mapping[str, Any], paper: Paper) -> None:
        self.sheet, self.faces, self.paper, self.row = sheet, faces, paper, 0
        tables = [part for part in paper.parts if isinstance(part, Table)]
        self.widest = max(tables, key=lambda one: len(one.columns), default=None)
        self.last = max(len(self.widest.columns) if self.widest else 0, 4) - 1

    def write(self) -> None:
        """Write the sheet."""
        self._set_up()
        self._across(self.paper.unit, "unit", self.paper.unit != "")
        self._across(self.paper.title, "title", True, height=32)
        for said in (self.paper.under, self.paper.number):
            self._across(said, "unit", said != "")
        for part in self.paper.parts:
            self._part(part)

    def _set_up(self) -> None:
        self.sheet.set_paper(SHEETS[self.paper.size])
        if self.paper.size is Size.A4_WIDE:
            self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer(f"&L{self.paper.form}&R第 &P 页，共 &N 页")
        for place, width in enumerate(self._widths()):
            self.sheet.set_column(place, place, width / CHARACTER_MM)

    def _widths(self) -> list[float]:
        room = ROOM_MM[self.paper.size]
        if self.widest is None or len(self.widest.columns) <= self.last:
            return [room / (self.last + 1)] * (self.last + 1)
        fixed = [one.width for one in self.widest.columns]
        rest = max(room - sum(fixed), 30 * fixed.count(0)) / max(fixed.count(0), 1)
        return [width or rest for width in fixed]

    def _part(self, part: Part) -> None:
        match part:
            case Table():
                self._table(part)
            case Facts():
                self._facts(part)
            case Boxes():
                for box in part.boxes:
                    self._box(box)
            case _:
                for said in _sentences(part, self.paper.manner):
                    face = "apart" if isinstance(part, Ending) else "free"
                    self._across(said, face, True, height=_height(said, ROOM_MM[self.paper.size]))

    def _table(self, part: Table) -> None:
        if part.caption:
            self._across(part.caption, "free", True)
        for place, column in enumerate(part.columns):
            self.sheet.write_string(self.row, place, column.heading, self.faces["head"])
        if part is self.widest:
            self.sheet.repeat_rows(self.row)
        self.row += 1
        for row in (*part.rows, *((part.sums,) if part.sums else ())):
            for place, (cell, column) in enumerate(zip(row, part.columns, strict=True)):
                self._cell(place, cell, self.faces[column.align])
            self.row += 1

    def _cell(self, place: int, cell: Cell, face: Any) -> None:
        """Points stay figures, so that they can be added up; they have two places, which a float holds exactly."""
        if isinstance(cell, Decimal | int):
            figure = self.faces["right"] if isinstance(cell, Decimal) else face
            self.sheet.write_number(self.row, place, float(cell), figure)
        else:
            self.sheet.write_string(self.row, place, in_words(cell), face)

    def _facts(self, part: Facts) -> None:
        pairs = max(1, min(part.across, (self.last + 1) // 2))
        share = (self.last + 1) // pairs
        for start in range(0, len(part.pairs), pairs):
            row = part.pairs[start : start + pairs]
            for place, (label, value) in enumerate(row):
                begins = place * share
                ends = self.last if place == len(row) - 1 else begins + share - 1
                self.sheet.write_string(self.row, begins, label, self.faces["label"])
                self._merged(begins + 1, ends, value, "right" if isinstance(value, Decimal) else "left")
            self.row += 1

    def _box(self, box: Box) -> None:
        signed = f"\n{box.sign}：　　　　　　　　　年　　月　　日" if box.sign else ""
        room = round(ROOM_MM[self.paper.size] * self.last / (self.last + 1))
        # Excel fits no merged cell to its text.
        self.sheet.set_row(self.row, max(box.height * 2.8, _height(box.text + signed, room)))
        self.sheet.write_string(self.row, 0, box.label, self.faces["label"])
        self._merged(1, self.last, box.text + signed, "left")
        self.row += 1

    def _across(self, said: str, face: str, wanted: bool, height: float = LINE_PT) -> None:
        if wanted:
            self.sheet.set_row(self.row, height)
            self._merged(0, self.last, said, face)
            self.row += 1

    def _merged(self, first: int, last: int, said: Cell, face: str) -> None:
        if last > first:
            self.sheet.merge_range(self.row, first, self.row, last, "", self.faces[face])
        self._cell(first, said, self.faces[face])


def _sentences(part: Part, manner: Manner) -> tuple[str, ...]:
    """Return what a part without lines says, a row each."""
    said: tuple[str, ...] = ()
    match part:
        case Words():
            indent = "" if manner is Manner.FORM or part.small or part.flush else "　　"
            said = tuple(indent + one for one in part.paragraphs)
        case Heading():
            said = (part.text,)
        case Signatures():
            said = ("　　　　　　　　".join(f"{name}：" for name in part.names),)
        case Ending():
            said = (f"{part.unit}\n（盖章处）\n{dated(part.day)}",)
        case Code():
            said = (*part.said, part.address)
        case Flow():
            said = tuple(_step(place, step) for place, step in enumerate(part.steps, 1))
    return said


def _step(place: int, step: Any) -> str:
    return f"{place}　{step.title}：{step.who}　{step.term}　{step.aside}".rstrip()


def _height(said: str, room: int) -> float:
    lines = sum(max(1, -(-len(one) * 2 * CHARACTER_MM // room)) for one in said.split("\n"))
    return float(LINE_PT * lines)
