"""Uploaded spreadsheets: read as they are, and whatever is hostile or broken refused with one clear sentence."""

import io
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
import xlsxwriter

from shared.domain.errors import Invalid
from shared.stores.workbooks import MOST_BYTES, MOST_UNPACKED, NOTES, read_grid

Fill = Callable[[xlsxwriter.Workbook], object]


def book(fill: Fill) -> bytes:
    """A workbook that a test has filled."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as made:
        fill(made)
    return written.getvalue()


def one_sheet(*rows: list[object]) -> Fill:
    """A sheet of these rows."""

    def fill(made: xlsxwriter.Workbook) -> None:
        sheet = made.add_worksheet("名册")
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        for line, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write(line, place, cell, day if isinstance(cell, date) else None)

    return fill


def cells(fill: Fill) -> list[tuple[int, list[str]]]:
    """What is read of it."""
    return [(line, list(row)) for line, row in read_grid("名册.xlsx", book(fill)).lines]


def test_cells_are_read_as_one_would_type_them() -> None:
    rows: list[list[object]] = [
        ["姓名", "生日", "电话"],
        ["张三", date(1980, 3, 1), 13900000000],
        [],
        ["", 0.5, True],
    ]

    assert cells(one_sheet(*rows)) == [
        (1, ["姓名", "生日", "电话"]),
        (2, ["张三", "1980-03-01", "13900000000"]),
        (4, ["", "0.5", "是"]),
    ]


def test_a_formula_is_its_value_and_a_text_like_one_stays_a_text() -> None:
    def fill(made: xlsxwriter.Workbook) -> None:
        sheet = made.add_worksheet()
        sheet.write_formula(0, 0, "=1+1", value=2)
        sheet.write_string(0, 1, "=1+1")

    assert cells(fill) == [(1, ["2", "=1+1"])]


def test_csv_comes_in_both_encodings_and_with_any_mark() -> None:
    text = '姓名,备注\n张三,"一,二\n三"\n李四,好'

    for data in (text.encode(), text.encode("utf-8-sig"), text.encode("gb18030"), text.encode("utf-16")):
        assert read_grid("名册.csv", data).lines[1:] == [(2, ["张三", "一,二\n三"]), (3, ["李四", "好"])]
    assert read_grid("名册.csv", "姓名\t备注\n张三\t好".encode()).lines == [
        (1, ["姓名", "备注"]),
        (2, ["张三", "好"]),
    ]


def test_joined_cells_are_told_with_their_place() -> None:
    def fill(made: xlsxwriter.Workbook) -> None:
        sheet = made.add_worksheet()
        sheet.write(0, 0, "姓名")
        sheet.merge_range(2, 1, 5, 1, "同上")

    assert read_grid("名册.xlsx", book(fill)).joined == [(3, 6, 1)]


def test_notes_and_hidden_sheets_do_not_count() -> None:
    def fill(made: xlsxwriter.Workbook) -> None:
        made.add_worksheet("名册").write(0, 0, "姓名")
        made.add_worksheet(NOTES).write(0, 0, "说明")
        hidden = made.add_worksheet("旧")
        hidden.write(0, 0, "旧的")
        hidden.hide()

    assert cells(fill) == [(1, ["姓名"])]


def _two(made: xlsxwriter.Workbook) -> None:
    made.add_worksheet("甲").write(0, 0, "姓名")
    made.add_worksheet("乙").write(0, 0, "姓名")


def _far(made: xlsxwriter.Workbook) -> None:
    sheet = made.add_worksheet()
    sheet.write(0, 0, "姓名")
    sheet.write(1_048_575, 16_383, "x")


def _wrong(made: xlsxwriter.Workbook) -> None:
    made.add_worksheet().write_formula(2, 1, "=1/0", value="#DIV/0!")


def _zipped(name: str, content: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return written.getvalue()


BOMB = _zipped("xl/worksheets/sheet1.xml", b"0" * (MOST_UNPACKED + 1))
LYING = BOMB.replace((MOST_UNPACKED + 1).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
LONG = "\n".join(["姓名", *["张三"] * 50_001]).encode()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.xlsx", b"", "文件是空的"),
        ("a.xlsx", book(lambda made: made.add_worksheet()), "没有内容"),
        ("a.xlsx", b"x" * (MOST_BYTES + 1), "最多收 10 MB"),
        ("a.xlsx", BOMB, "解开以后太大"),
        ("a.xlsx", LYING, "可能已经损坏"),
        ("a.xlsx", book(_far), "第 1048576 行、第 16384 列"),
        ("a.xlsx", book(_two), "“甲”、“乙”"),
        ("a.xlsx", book(_wrong), "第3行 B列的公式出错"),
        ("a.xlsx", book(one_sheet(["姓名"]))[:2000], "可能已经损坏"),
        ("a.xlsx", _zipped("word/document.xml", b"<x/>"), "不是 Excel 工作簿"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "可能已经损坏"),
        ("a.xls", b"\r\n<html><table><tr><td>1</td></tr></table></html>", "其实是网页"),
        ("a.csv", bytes(range(256)), "不是 Excel 工作簿，也不是文本表格"),
        ("a.csv", LONG, "超过 50,000 行"),
        ("a.csv", b",".join([b"x"] * 101), "最多 100 列"),
        ("a.csv", b"x" * 1001, "最多 1000 字"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(name: str, data: bytes, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_grid(name, data)

    assert said in str(refused.value)
