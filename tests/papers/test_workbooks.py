"""A paper as Excel: the same figures in the paper's layout, and nothing that Excel would run or change."""

from decimal import Decimal

import pytest

from shared.papers.layouts import Box, Boxes, Column, Facts, Manner, Paper, Signatures, Size, Table, Words
from shared.papers.workbooks import workbook_of
from tests.papers.reading import cells, raw

COLUMNS = (Column("姓名", 30), Column("事由"), Column("编号", 20), Column("分值", 20, "right"))


def a_paper(text: str = "参加公益", number: str = "0012") -> Paper:
    """A form with a table."""
    rows = (("陈建国", text, number, Decimal("83.50")), ("𫚖㛃·买", "扣", number, Decimal("-3.00")))
    parts = (
        Facts((("党支部", "某支部"), ("周期", "2026年第一季度"))),
        Table(COLUMNS, rows, ("合计", "", "", Decimal("80.50"))),
        Boxes((Box("意见", "同意", 20, "书记"),)),
        Signatures(("记录员",)),
    )
    return Paper("登记表", "党员登记表", "某支部", parts, Size.A4_WIDE)


def test_figures_are_numbers_and_names_are_as_they_were_written() -> None:
    rows = cells(workbook_of([a_paper()]))

    assert ["陈建国", "参加公益", "0012", 83.5] in rows
    assert ["𫚖㛃·买", "扣", "0012", -3.0] in rows
    assert ["合计", "", "", 80.5] in rows


@pytest.mark.parametrize(
    "said", ["=1+1", "+A1", "-2", "@SUM(A1)", "=HYPERLINK(1)", "http://evil.example", "0012", "\t=1"]
)
def test_nothing_that_people_wrote_is_a_formula_or_a_link_or_a_number(said: str) -> None:
    made = workbook_of([a_paper(said, said)])

    assert any(said in row for row in cells(made))
    assert "<f>" not in raw(made)
    assert "<hyperlink" not in raw(made)


def test_it_is_printed_as_the_paper_is() -> None:
    written = raw(workbook_of([a_paper()]))

    assert 'orientation="landscape"' in written
    assert 'paperSize="9"' in written
    assert "_xlnm.Print_Titles" in written


def test_several_papers_stand_on_sheets_of_their_own() -> None:
    made = workbook_of([a_paper(), a_paper("另一份")])

    assert ["陈建国", "另一份", "0012", 83.5] in cells(made, 1)


def test_a_document_has_its_words() -> None:
    paper = Paper("报告", "报告", "某支部", (Words(("正文一段。",)),), manner=Manner.DOCUMENT)

    assert any("　　正文一段。" in row for row in cells(workbook_of([paper])))
