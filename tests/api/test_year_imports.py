"""A year out of somebody's workbook: scored by the book, and every figure that they had otherwise is listed."""

import io
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from shared.db.session import Db
from shared.domain.records import MemberClass, MemberRecord
from shared.domain.scoring import score
from shared.usecases.rules import load_book
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in, words
from tests.builders import Branch, a_county

BOOK = "xujiayan"
Sheets = dict[str, list[list[str]]]
MEMBERS = [
    ["编号", "姓名", "类别", "出生日期", "身份证号"],
    ["001", "张甲", "普通党员", "1980年3月", "110101198003010011"],
    ["002", "李乙", "普通党员", "1970-05-01", ""],
]


@pytest.fixture
def branch(db: Db) -> Branch:
    return a_county(db, members=1)[0]


@pytest.fixture
def recorder(browser: Browser, db: Db, branch: Branch) -> Person:
    return signed_in(browser.app, db, branch["recorder"])


def workbook(sheets: Sheets) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for line, row in enumerate(rows):
                sheet.write_row(line, 0, row)
    return written.getvalue()


def tries(person: Person, content: bytes, status: int = 200, **fields: Any) -> str:
    """Send a workbook, and return the page that follows."""
    address = "/imports/years"
    person.opens(address)
    kept = {key: values[0] for key, values in person.form(address).fields.items()}
    sent = {**kept, "year": "2025", "book": BOOK, **fields}
    person.page = person.client.post(address, data=sent, files={"file": ("旧账.xlsx", content, "application/x")})
    assert person.page.status_code == status, words(person.page.text)[:500]
    return words(person.page.text)


def test_every_difference_is_listed_and_handed_out(recorder: Person) -> None:
    sheets: Sheets = {
        "名册": MEMBERS,
        "事项": [
            ["编号", "项目", "日期", "分数"],
            ["001", "没有这一条", "2025.3.1", ""],
            ["002", "x", "三月", ""],
        ],
        "结果": [
            ["编号", "姓名", "年度积分", "等次", "名次"],
            ["001", "张甲", "99", "", ""],
            ["009", "王丙", "60", "", ""],
        ],
    }

    said = tries(recorder, workbook(sheets))

    assert "名册 2 人，事项 1 件； 0 人与原来完全一样" in said
    assert "“事项”表有 1 处读不懂" in said
    assert "第3行 C列：“三月”不是日期" in said
    assert "第2行：细则里没有这一条" in said
    assert "李乙 002 整行 没有这个人 名册里有" in said
    assert recorder.page is not None
    got = recorder.client.get(f"{recorder.page.url.path}/differences").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(got)).get_sheet_by_index(0).to_python()
    assert rows[0] == ["编号", "姓名", "哪一项", "原来", "按细则"]
    assert ["009", "王丙", "整行", "结果里有", "名册里没有这个编号"] in rows


def test_a_workbook_that_lacks_a_sheet_is_told_everything_at_once(recorder: Person) -> None:
    said = tries(recorder, workbook({"名册": [["甲", "乙"]]}), 422)

    assert "没有名为“事项”的表" in said
    assert "没有名为“结果”的表" in said
    assert "“名册”表没有找到表头" in said
    assert "请选择按哪一份细则算" in tries(recorder, workbook({"名册": MEMBERS}), 422, book="../../secret")


def test_the_template_goes_in_as_it_is(recorder: Person) -> None:
    template = recorder.client.get("/imports/years/template").content

    assert "名册 0 人，事项 0 件" in tries(recorder, template)


def test_a_year_that_was_reckoned_by_the_book_has_no_difference(recorder: Person) -> None:
    born = {"001": date(1980, 3, 1), "002": date(1970, 5, 1)}
    members = [MemberRecord(number, MemberClass.ORDINARY, day) for number, day in born.items()]
    scored = score(load_book(BOOK), 2025, members, [])
    had = [[one.member_no, str(one.annual_points), one.grade or "", str(one.rank)] for one in scored.members]
    sheets: Sheets = {
        "名册": MEMBERS,
        "事项": [["编号", "项目", "日期"]],
        "结果": [["编号", "年度积分", "等次", "名次"], *had],
    }

    assert "和原来记的完全一样" in tries(recorder, workbook(sheets))


def test_an_ordinary_member_is_not_let_in(browser: Browser, db: Db, branch: Branch) -> None:
    signed_in(browser.app, db, branch.actors[branch.members[0].id]).opens("/imports/years", 403)
