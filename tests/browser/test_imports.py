"""The import wizard before a browser: from a file to the members and back, on a phone and a screen, with axe."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from services.worker.jobs import WORKS, run_all
from shared.db.session import Db
from shared.papers.templates import listed
from tests.browser.conftest import Opens
from tests.browser.looking import findings, wider_than_the_screen
from tests.builders import FOUNDED, Branch, a_county, set_clock

pytestmark = pytest.mark.long

HEAD = ["编号", "姓名", "出生年月", "党小组", "身份证号"]
ROWS = [
    ["101", "阿卜杜热合曼·买买提依明", "一九八〇年三月", "第一党小组", ""],
    ["102", "李建国", "1990.1", "", "1.10101198001E+17"],
    ["103", "王秀兰", "1985年6月15日", "第二党小组", "110101198506150011"],
]


@pytest.fixture
def branch(db: Db) -> Branch:
    made = a_county(db, members=1)[0]
    set_clock(db, made.county_id, FOUNDED)
    return made


def looked_at(page: Page, axe: str, name: str) -> None:
    """Nothing for axe to find, nothing wider than the screen; kept as a picture where a folder is named."""
    if folder := os.environ.get("JIFEN_PICTURES"):
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)
    assert findings(page, axe) == []
    assert wider_than_the_screen(page) == []


def chooses(page: Page, head: list[str], rows: list[list[str]]) -> None:
    """Choose a spreadsheet of these rows and send it."""
    file = {"name": "名册.xlsx", "mimeType": "application/x", "buffer": listed("名册", head, rows)}
    page.get_by_label("选择表格").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="上传并试导").click()


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("javascript", [True, False])
def test_the_wizard_from_the_file_to_the_roster_and_back(
    opens: Opens, axe: str, branch: Branch, width: int, javascript: bool
) -> None:
    page = opens(branch["recorder"], "/imports", width=width, javascript=javascript)
    if javascript:
        looked_at(page, axe, "imports")
    page.get_by_role("link", name="导入党员名册").click()
    if javascript:
        looked_at(page, axe, "imports-new")
    chooses(page, [HEAD[0], "大名", *HEAD[2:]], ROWS)
    expect(page.get_by_role("heading", name="每一列是什么？")).to_be_visible()
    if javascript:
        looked_at(page, axe, "imports-columns")
    page.get_by_label("大名是").select_option(label="姓名*")
    page.get_by_role("button", name="试导").click()

    expect(page.get_by_text("现在还什么都没有改")).to_be_visible()
    expect(page.get_by_text("第3行 C列：")).to_be_visible()
    if javascript:
        looked_at(page, axe, "imports-wrong")
    page.get_by_role("link", name="新增 2 行").click()
    if javascript:
        looked_at(page, axe, "imports-rehearsed")
    page.get_by_role("button", name="确认导入 2 行").click()
    expect(page.get_by_text("前可以撤销")).to_be_visible()
    if javascript:
        looked_at(page, axe, "imports-done")
    page.get_by_role("button", name="撤销这次导入").click()
    expect(page.get_by_text("已撤销", exact=False).first).to_be_visible()


@pytest.mark.parametrize("width", [375, 1280])
def test_the_wrong_rows_are_taken_home_mended_and_brought_back(
    opens: Opens, axe: str, branch: Branch, width: int
) -> None:
    page = opens(branch["recorder"], "/imports/new/roster", width=width)
    chooses(page, HEAD, [*ROWS, ["104", "赵小河", "1990-13-01", "", ""]])
    head, *wrong = taken_home(page, "下载有错的行（2 行）")
    assert [row[0] for row in wrong] == ["102", "104"]
    said = {row[0]: row[-1] for row in wrong}
    assert "第3行 C列" in said["102"]
    assert "第5行 C列" in said["104"]
    page.get_by_role("button", name="放弃这次导入").click()

    mended = [dict(zip(head, row, strict=True)) for row in wrong]
    for row, born in zip(mended, ("1990年10月", "1990-12-01"), strict=True):
        row |= {"出生年月": born, "党小组": "第一党小组", "身份证号": ""}
    page.get_by_role("link", name="导入党员名册").click()
    chooses(page, head, [list(row.values()) for row in mended])
    expect(page.get_by_role("link", name="新增 2 行")).to_be_visible()
    expect(page.get_by_role("link", name="有错 0 行")).to_be_visible()
    looked_at(page, axe, "imports-mended")

    page.get_by_role("button", name="确认导入 2 行").click()
    expect(page.get_by_text("前可以撤销")).to_be_visible()
    address = page.url
    assert on_the_roster(page, "李建国", "赵小河") == [True, True]
    page.goto(address)
    page.get_by_role("button", name="撤销这次导入").click()
    expect(page.get_by_text("已撤销", exact=False).first).to_be_visible()
    assert on_the_roster(page, "李建国", "赵小河") == [False, False]


def taken_home(page: Page, name: str) -> list[list[str]]:
    """Download a spreadsheet as somebody does, and open it."""
    with page.expect_download() as coming:
        page.get_by_role("link", name=name).click()
    sheet = CalamineWorkbook.from_path(str(coming.value.path())).get_sheet_by_index(0)
    return [[str(cell) for cell in row] for row in sheet.to_python()]


def on_the_roster(page: Page, *names: str) -> list[bool]:
    """Whether each stands on the branch's roster."""
    page.goto(f"{page.url.split('/imports')[0].split('/members')[0]}/members")
    said = page.get_by_role("main").inner_text()
    return [name in said for name in names]


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three rows are many here, so that a job does it."""
    monkeypatch.setattr("shared.usecases.imports.AT_ONCE", 1)


@pytest.mark.usefixtures("many")
def test_a_large_file_is_watched_without_waiting(opens: Opens, axe: str, clockwork: Db, branch: Branch) -> None:
    page = opens(branch["recorder"], "/imports/new/roster")
    chooses(page, HEAD, ROWS)

    expect(page.get_by_text("排队中")).to_be_visible()
    looked_at(page, axe, "job-waiting")
    run_all(clockwork, WORKS)

    # The page asks again by itself.
    page.get_by_role("link", name="看结果").click()
    page.get_by_role("button", name="确认导入 2 行").click()
    expect(page.get_by_text("确认导入")).not_to_be_visible()


def test_a_year_out_of_a_workbook(opens: Opens, axe: str, branch: Branch) -> None:
    page = opens(branch["recorder"], "/imports/years")
    looked_at(page, axe, "years")
    page = opens(branch["recorder"], "/imports/years", width=375)
    looked_at(page, axe, "years")
