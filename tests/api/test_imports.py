"""The wizard: template, upload, columns, rehearsal, wrong rows to download, confirmation, a day to undo it."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from shared.db.members import Member
from shared.db.session import Db, acting
from shared.usecases.rounds import open_round
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in, words
from tests.builders import Branch, a_county, founder, set_clock

NOW = datetime(2026, 1, 5, 1, tzinfo=UTC)
NEW = "/imports/new/roster"


@pytest.fixture
def branch(db: Db) -> Branch:
    made = a_county(db, members=1)[0]
    set_clock(db, made.county_id, NOW)
    return made


@pytest.fixture
def recorder(browser: Browser, db: Db, branch: Branch) -> Person:
    return signed_in(browser.app, db, branch["recorder"])


def workbook(*rows: Sequence[Any]) -> bytes:
    """A spreadsheet of these rows, each cell of the kind that Python gives it."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名册")
        for line, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write(line, place, cell)
    return written.getvalue()


def uploads(person: Person, name: str, content: bytes, address: str = NEW, status: int = 200) -> str:
    """Choose a file on the page of an import, send it, and return the page that follows."""
    person.opens(address)
    fields = {key: values[0] for key, values in person.form(address).fields.items()}
    person.page = person.client.post(address, data=fields, files={"file": (name, content, "application/x")})
    assert person.page.status_code == status, words(person.page.text)[:600]
    return words(person.page.text)


def here(person: Person) -> str:
    """The address of the page that a person is on."""
    assert person.page is not None
    return str(person.page.url.path)


def downloaded(person: Person, address: str) -> list[list[str]]:
    """The rows of a workbook that a page hands out."""
    got = person.client.get(address)
    assert got.status_code == 200
    assert "attachment" in got.headers["content-disposition"]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(got.content)).get_sheet_by_index(0)
    return [[str(cell) for cell in row] for row in sheet.to_python()]


def test_a_roster_goes_from_the_template_to_the_members_and_back(recorder: Person, db: Db, branch: Branch) -> None:
    assert "导入党员名册" in recorder.opens("/imports")
    template = downloaded(recorder, f"{NEW}/template")
    assert template[0][:3] == ["编号", "姓名*", "出生日期*"]
    assert template[1][0].startswith("示例")

    rows = [template[0], template[1], ["101", "张新", "1980年3月1日"], ["102", "李错", "1990.1"]]
    said = uploads(recorder, "名册.xlsx", workbook(*rows))

    assert "现在还什么都没有改" in said
    assert "新增 1 行" in said
    assert "第4行 C列：" in said
    assert "看不出是 1 月还是 10 月" in said
    address = here(recorder)
    wrong = downloaded(recorder, f"{address}/wrong")
    assert wrong[1][:2] == ["102", "李错"]
    assert wrong[1][-1].startswith("第4行 C列：“1990.1”看不出")
    assert "张新" in recorder.opens(f"{address}?of=new")

    assert "已导入" in recorder.hands_in(f"{address}/confirm")
    assert "张新" in recorder.opens("/members")
    recorder.opens(address)
    assert "已撤销" in recorder.hands_in(f"{address}/undo")
    assert "张新" not in recorder.opens("/members")
    with acting(db, branch.county_id, branch.unit_id) as session:
        assert session.query(Member).filter_by(name="张新").all() == []


def test_the_mended_rows_go_in_as_they_came_back(recorder: Person) -> None:
    uploads(recorder, "名册.xlsx", workbook(["姓名", "出生日期"], ["李错", "1990.1"]))
    wrong = downloaded(recorder, f"{here(recorder)}/wrong")
    wrong[1][1] = "1990年10月"

    assert "新增 1 行" in uploads(recorder, "改好.xlsx", workbook(*wrong))


def test_columns_are_chosen_where_they_are_not_known(recorder: Person) -> None:
    said = uploads(recorder, "名册.csv", "某某,出生日期,编号\n王五,1980年3月,101\n".encode("gb18030"))
    assert "还没有找到： 姓名" in said
    address = here(recorder)
    recorder.page = recorder.client.get(f"{address}/columns")

    assert "请指定哪一列是姓名" in recorder.hands_in(f"{address}/columns", 422, **{"c-0": ""})
    said = recorder.hands_in(f"{address}/columns", **{"c-0": "name", "c-1": "birth_date", "c-2": "member_no"})

    assert "确认导入 1 行" in said


@pytest.mark.long
def test_dates_and_numbers_as_excel_keeps_them(recorder: Person) -> None:
    rows = (["姓名", "出生日期", "电话"], ["王五", 29281, 13900000000], ["赵六", "1980.03.01", "0000-1234567"])

    uploads(recorder, "名册.xlsx", workbook(*rows))

    said = recorder.opens(f"{here(recorder)}?of=new")
    assert "出生日期 1980年3月1日" in said
    assert "电话 13900000000" in said


@pytest.mark.long
def test_what_cannot_be_read_is_said_on_the_page_of_the_upload(recorder: Person) -> None:
    assert "请先选择表格" in uploads(recorder, "", b"", status=422)
    assert "其实是网页" in uploads(recorder, "名册.xls", b"<html><table></table></html>", status=422)
    assert "没有找到表头" in uploads(recorder, "名册.xlsx", workbook(["甲", "乙"], ["1", "2"]), status=422)


@pytest.mark.long
def test_a_text_that_looks_like_a_formula_stays_a_text(recorder: Person) -> None:
    rows = (["姓名", "出生日期", "党小组"], ["王五", "1980年3月1日", ""], ["李错", "=1+1", "@SUM(1)"])
    uploads(recorder, "名册.csv", "\n".join(",".join(row) for row in rows).encode())

    wrong = recorder.client.get(f"{here(recorder)}/wrong").content

    assert b"<f>" not in _sheet(wrong)
    assert "=1+1" in str(CalamineWorkbook.from_filelike(io.BytesIO(wrong)).get_sheet_by_index(0).to_python())


@pytest.mark.long
def test_a_township_imports_units_and_a_member_nothing(
    browser: Browser, recorder: Person, db: Db, branch: Branch
) -> None:
    officer = signed_in(browser.app, db, branch.above["township_officer"])
    rows = (["编码", "名称", "类别"], ["dawan", "大湾支部", "支部"])
    assert "新增 1 行" in uploads(officer, "组织.xlsx", workbook(*rows), "/imports/new/units")
    address = here(officer)
    assert "已导入" in officer.hands_in(f"{address}/confirm")

    member = signed_in(browser.app, db, branch.actors[branch.members[0].id])
    member.opens(NEW, 403)
    member.opens(address, 404)
    recorder.opens("/imports/new/units", 403)
    recorder.opens("/imports/new/nothing", 404)


def _sheet(written: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


@pytest.fixture
def round_id(db: Db, branch: Branch) -> UUID:
    with acting(db, branch.county_id, branch.unit_id) as session:
        return open_round(session, founder(branch.county_id), branch.unit_id, "2026-Q1", NOW).id


@pytest.mark.long
def test_attendance_comes_in_from_the_prepared_sheet_and_is_struck_again(
    recorder: Person, db: Db, branch: Branch, round_id: UUID
) -> None:
    address = f"/rounds/{round_id}/imports/records"
    sheet = downloaded(recorder, f"{address}/template")
    assert sheet[0][:3] == ["编号", "姓名*", "项目*"]
    with acting(db, branch.county_id, branch.unit_id) as session:
        for place, row in enumerate(sheet[1:]):
            member = session.query(Member).filter_by(member_no=row[0], unit_id=branch.unit_id).one()
            row[1] = member.name = "党员" + "甲乙丙丁戊己庚辛壬癸子丑寅"[place]
            member.name_sort = member.name
    item, wrong = "D-A1", sheet[3]
    for row in sheet[1:3]:
        row[2:] = [item, "2026年1月3日", "一月主题党日", "", ""]
    wrong[2:] = ["没有的项目", "2026-01-03", "一月主题党日", "", ""]

    said = uploads(recorder, "一月主题党日.xlsx", workbook(*sheet), address)

    assert "新增 2 行" in said
    assert f"不变 {len(sheet) - 4} 行" in said
    assert "第4行 C列：积分细则里没有“没有的项目”" in said.replace(" ： ", "：").replace("： ", "：")
    page = here(recorder)
    recorder.hands_in(f"{page}/confirm")
    assert "一月主题党日" in recorder.opens(f"/rounds/{round_id}/records")
    again = uploads(recorder, "一月主题党日.xlsx", workbook(*sheet), address)
    assert "新增 0 行" in again
    recorder.opens(page)
    assert "已撤销" in recorder.hands_in(f"{page}/undo")
    assert "撤销导入：一月主题党日.xlsx" in recorder.opens(f"/rounds/{round_id}/records")


@pytest.mark.long
def test_claims_on_paper_are_handed_in_for_their_members(
    recorder: Person, db: Db, branch: Branch, round_id: UUID
) -> None:
    address = f"/rounds/{round_id}/imports/claims"
    with acting(db, branch.county_id, branch.unit_id) as session:
        member = session.get_one(Member, (branch.county_id, branch.members[0].id))
        member.name = "张三"
    rows = (["姓名", "项目", "日期", "事由"], ["张三", "D-A4", "2026.01.02", "清扫村道"])

    assert "新增 1 行" in uploads(recorder, "申报.xlsx", workbook(*rows), address)
    page = here(recorder)
    recorder.hands_in(f"{page}/confirm")

    assert "清扫村道" in recorder.opens(f"/rounds/{round_id}/claims")
    recorder.opens(page)
    assert "要撤回请本人" in recorder.hands_in(f"{page}/undo")
    recorder.opens(f"/rounds/{round_id}/imports/roster", 404)
    recorder.opens("/imports/new/records", 404)
