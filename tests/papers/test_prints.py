"""A paper as PDF says what its description says, in every character; what people wrote is never a program."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.papers.fonts import fonts as known
from shared.papers.layouts import (
    Box,
    Boxes,
    Code,
    Column,
    Ending,
    Facts,
    Flow,
    Manner,
    Paper,
    Signatures,
    Size,
    Step,
    Table,
    Words,
)
from shared.papers.prints import TAGGED, pdf_of, pictures_of
from tests.papers.reading import pages, words

pytestmark = pytest.mark.usefixtures("fonts")

LONG = (
    "中共青禾县经济技术开发区新型工业园区管理委员会第二综合服务中心"
    "离退休干部第一联合党支部委员会预备党员和流动党员管理服务组"
)
COLUMNS = (Column("序号", 12, "center"), Column("姓名", 30), Column("事由"), Column("分值", 20, "right"))


def a_paper(name: str = "陈建国", text: str = "参加公益", rows: int = 3, size: Size = Size.A4) -> Paper:
    """A form with a table."""
    table = tuple((n, name, text, Decimal("1.50")) for n in range(1, rows + 1))
    sums = ("合计", "", "", Decimal("1.50") * rows)
    return Paper("登记表", "党员登记表", LONG, (Facts((("姓名", name),)), Table(COLUMNS, table, sums)), size)


def test_every_figure_and_every_word_is_there() -> None:
    text = words(pdf_of([a_paper(rows=40)]))

    assert text.count("陈建国") == 41
    assert "合计60.00" in text
    assert LONG in text
    assert len(LONG) == 60


def test_a_long_table_repeats_its_headings_and_counts_its_pages() -> None:
    found = pages(pdf_of([a_paper(rows=100)]))

    assert len(found) > 1
    assert all("事由" in page for page in found)
    assert f"第 1 页，共 {len(found)} 页" in found[0]


@pytest.mark.long
def test_a_row_is_on_one_page_unless_somebody_wrote_more_than_a_page_may_hold() -> None:
    short, long = "参加公益劳动，" * 15, "写得很多。" * 100

    whole = [page.count("写完") for page in pages(pdf_of([a_paper(text=f"{short}写完", rows=25)]))]
    parted = words(pdf_of([a_paper(text=f"{long}写完", rows=6)]))

    assert sum(whole) == 25
    assert all(page.count("陈建国") in {page.count("写完"), page.count("写完") + 1}
               for page in pages(pdf_of([a_paper(text=f"{short}写完", rows=25)])))  # fmt: skip
    assert parted.count("写") == 606


@pytest.mark.long
@pytest.mark.parametrize("rows", range(24, 44, 2))
def test_a_seal_stands_with_those_who_sign(rows: int) -> None:
    paper = a_paper(rows=rows)
    signed = replace(
        paper, parts=(*paper.parts, Signatures(("记录员", "支部书记")), Ending(LONG, date(2026, 4, 21)))
    )

    assert all(("记录员" in page) == ("盖章处" in page) for page in pages(pdf_of([signed])))


@pytest.mark.long
@pytest.mark.parametrize("steps", [5, 8, 11])
def test_a_chart_is_one_sheet_whatever_the_unit_is_called(steps: int) -> None:
    flow = Flow(tuple(Step(f"第{n}步", "支部委员会", "7 日") for n in range(steps)))
    paper = Paper("流程图", "党员积分制管理流程图", LONG, (flow, Words(("依据", "电话"))), Size.A3, Manner.POSTER)

    assert len(pages(pdf_of([paper]))) == 1


@pytest.mark.parametrize("rare", ["𫚖", "㛃", "阿卜杜热合曼·买买提", "〇", "䶮"])
def test_rare_characters_of_names_are_printed(rare: str) -> None:
    assert rare in words(pdf_of([a_paper(rare)]))


SOURCE = ["#sys.inputs", "*粗*_斜_", "$x^2$", "= 标题", '"#panic()', "\\u{41}", "<a>@b", "//注"]


@pytest.mark.parametrize("said", SOURCE)
def test_what_people_write_is_never_read_as_source(said: str) -> None:
    assert "".join(said.split()) in words(pdf_of([a_paper(text=said)]))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], max_codepoint=0x9FFF), max_size=40))
def test_no_text_breaks_a_paper(said: str) -> None:
    assert pdf_of([a_paper(text=said, rows=1)]).startswith(b"%PDF")


def test_a_character_that_no_font_has_leaves_the_rest_as_it_is() -> None:
    text = words(pdf_of([a_paper("陈\U00031300国")]))

    assert "60.00" not in text
    assert "合计4.50" in text


def test_it_can_be_read_aloud_and_says_what_stands_in_for_which_face() -> None:
    read = pypdf.PdfReader(io.BytesIO(pdf_of([a_paper()])))
    root: Any = read.trailer["/Root"]
    assert read.metadata is not None
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("zh-CN", True)
    assert read.metadata.title == "党员登记表"
    assert (read.metadata.get("/Keywords") or "") == known().substitutes
    assert b"pdfuaid" in pdf_of([a_paper()])


def test_the_same_paper_gives_the_same_file() -> None:
    assert pdf_of([a_paper()]) == pdf_of([a_paper()])


def test_each_paper_of_a_batch_begins_on_a_page_of_its_own_with_number_one() -> None:
    found = pages(pdf_of([a_paper(f"党员{n}") for n in range(TAGGED + 3)]))

    assert len(found) == TAGGED + 3
    assert all("第 1 页" in page for page in found)


def test_a_document_is_set_by_the_national_standard() -> None:
    said = "甲" * 28 * 22 + "乙"
    paper = Paper("报告", "报告", "某支部", (Words((said,), flush=True),), manner=Manner.DOCUMENT)

    page = pypdf.PdfReader(io.BytesIO(pdf_of([paper]))).pages[0]

    lines = [line for line in page.extract_text().splitlines() if set(line.strip()) == {"甲"}]
    assert {len(line.strip()) for line in lines} == {28}
    assert "— 1 —" in page.extract_text()
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]


@pytest.mark.parametrize(
    ("size", "sides"),
    [(Size.A3, [297, 420]), (Size.A4, [210, 297]), (Size.A4_WIDE, [297, 210]), (Size.A5, [148, 210])],
)
def test_a_paper_is_of_the_size_that_it_names(size: Size, sides: list[int]) -> None:
    page = pypdf.PdfReader(io.BytesIO(pdf_of([a_paper(size=size)]))).pages[0]

    assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == sides


def test_a_sheet_for_the_wall_has_its_steps_its_code_and_the_place_for_the_seal() -> None:
    steps = (Step("申报登记", "党员", "5 日内"), Step("公示", "记录员", "7 日", "有异议：三日内答复"))
    parts = (Flow(steps), Code("https://jifen.example/n/abcd", ("扫码核对",)), Ending("某支部", date(2026, 4, 21)))
    text = words(pdf_of([Paper("流程图", "流程图", "某支部", parts, Size.A3, Manner.POSTER)]))

    assert all(
        said in text for said in ("1申报登记", "2公示", "有异议", "扫码核对", "（盖章处）", "2026年4月21日")
    )


def test_fields_to_be_signed_are_there() -> None:
    parts = (Boxes((Box("党小组意见", "同意", 30, "党小组长"),)), Signatures(("记录员", "支部书记")))
    paper = Paper("审批表", "审批表", "某支部", parts)

    text = words(pdf_of([paper]))

    assert all(said in text for said in ("党小组意见", "同意", "党小组长：年月日", "记录员：", "支部书记："))
    assert pictures_of(paper)[0].startswith(b"\x89PNG")
