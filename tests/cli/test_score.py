"""`jifen score`: the worked years to the cent, and what is damaged refused in a sentence, nothing half-done."""

import csv
import io
import json
import os
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from services.cli.score import command
from services.cli.year_records import APPRAISALS, EVENTS, MEMBERS

GOLDEN = os.environ.get("JIFEN_GOLDEN")
MEMBER = "001,甲,普通党员,,1970-06-01,,,"
EVENT = "e1,2025-01-05,001,B-01,,,,"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def sheet(folder: Path, name: str, header: tuple[str, ...], *lines: str) -> Path:
    """Write a CSV file."""
    path = folder / name
    path.write_text("\n".join([",".join(header), *lines]) + "\n", encoding="utf-8")
    return path


def score(folder: Path, *events: str, members: tuple[str, ...] = (MEMBER,), book: str = "yangba") -> Result:
    """Score 2025 from lines."""
    people, rows = sheet(folder, "m.csv", MEMBERS, *members), sheet(folder, "e.csv", EVENTS, *events)
    return run(book, "--year", 2025, "--members", people, "--events", rows, "--format", "json")


@pytest.mark.skipif(GOLDEN is None, reason="JIFEN_GOLDEN does not point to worked years")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("book", ["xiaxiyuan", "yangba", "chaiqian", "xujiayan", "xinba"])
def test_a_worked_year_is_reproduced_to_the_cent(book: str, form: str, tmp_path: Path) -> None:
    folder = Path(GOLDEN or "") / book
    files = {name: folder / f"{name}.csv" for name in ("members", "events", "appraisals")}
    if form == "xlsx":
        files = {name: as_workbook(path, tmp_path / f"{name}.xlsx") for name, path in files.items()}
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))

    options = [part for name, path in files.items() for part in (f"--{name}", path)]
    result = run(book, "--year", expected["year"], *options, "--format", "json")

    answer = json.loads(result.stdout)
    assert result.exit_code == 3
    assert {key: answer[key] for key in expected} == expected


def as_workbook(path: Path, target: Path) -> Path:
    """Write a CSV's rows as text cells of a workbook."""
    with xlsxwriter.Workbook(str(target)) as workbook:
        page = workbook.add_worksheet()
        with path.open(encoding="utf-8-sig", newline="") as file:
            for line, cells in enumerate(csv.reader(file)):
                for column, cell in enumerate(cells):
                    page.write_string(line, column, cell)
    return target


def test_a_year_of_our_own_by_hand(tmp_path: Path) -> None:
    lines = [
        "e1,2025-01-05,001,B-01,,,,",  # 1
        "e2,2025-01-06,001,B-02,,,,",  # 0.5
        "e3,2025-01-07,001,B-02,0.5,,,",  # the month's half point is used up
        "e4,2025-02-01,001,B-05,3.25,,纪要1,",
        "e5,2025-02-02,001,B-06,,,,",  # -2
        "e6,2025-02-03,001,B-05,3,,,",  # no decision
    ]

    result = score(tmp_path, *lines)

    (member,) = json.loads(result.stdout)["members"]
    assert [round_["points"] for round_ in member["rounds"]] == ["1.50", "1.25"] + ["0.00"] * 10
    assert (member["year_points"], member["grade"], member["rank"]) == ("62.75", "合格", 1)
    assert json.loads(result.stdout)["rejected"] == [{"event_no": "e6", "code": "decision-required"}]
    assert result.exit_code == 3


def test_blank_lines_spaces_a_byte_order_mark_and_windows_lines_are_passed_over(tmp_path: Path) -> None:
    people, rows = tmp_path / "m.csv", tmp_path / "e.csv"
    people.write_bytes(("\ufeff" + ",".join(MEMBERS) + f"\r\n\r\n {MEMBER} \r\n").encode())
    rows.write_text(
        ",".join(EVENTS) + "\n  \n" + ' e1 , 2025-01-05, 001 , B-01 ,, , , "说明, 带逗号" \n', encoding="utf-8"
    )

    result = run("yangba", "--year", 2025, "--members", people, "--events", rows, "--format", "json")

    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["members"][0]["year_points"] == "61.00"


def test_headers_alone_are_empty_lists(tmp_path: Path) -> None:
    ratings = sheet(tmp_path, "a.csv", APPRAISALS)
    people, rows = sheet(tmp_path, "m.csv", MEMBERS), sheet(tmp_path, "e.csv", EVENTS)

    result = run("yangba", "--year", 2025, "--members", people, "--events", rows, "--appraisals", ratings,
                 "--format", "json")  # fmt: skip

    assert result.exit_code == 0
    assert json.loads(result.stdout)["members"] == []


DAMAGED_MEMBERS = [
    (",甲,普通党员,,1970-06-01,,,", "member_no"),
    ("001,甲,,,1970-06-01,,,", "class"),
    ("001,甲,村民,,1970-06-01,,,", "class"),
    ("001,甲,普通党员,主席,1970-06-01,,,", "office"),
    ("001,甲,普通党员,,,,,", "birth_date"),
    ("001,甲,普通党员,,1970-02-30,,,", "birth_date"),
    ("001,甲,普通党员,,1970-6-1,,,", "birth_date"),
    ("001,甲,普通党员,,1970-06-01,2025/01/01,,", "present_from"),
    ("001,甲,普通党员,,1970-06-01,2025-05-01,2025-04-30,", "present_from"),
    ("001,甲,普通党员,,1970-06-01,,,retired", "flags"),
    ("001,甲,普通党员,,1970-06-01,,", "太少"),
    ("001,甲,普通党员,,1970-06-01,,,,", "太多"),
    (f"{MEMBER}\n{MEMBER}", "两次"),
]


@pytest.mark.parametrize(("line", "where"), DAMAGED_MEMBERS)
def test_a_damaged_member_is_named_with_line_and_column(line: str, where: str, tmp_path: Path) -> None:
    result = score(tmp_path, EVENT, members=(line,))

    assert result.exit_code == 2
    assert result.stdout == ""
    (fault,) = result.stderr.strip().splitlines()
    assert where in fault
    assert f"m.csv 第 {2 + line.count(chr(10))} 行" in fault
    assert "应当" in fault


DAMAGED_EVENTS = [
    (",2025-01-05,001,B-01,,,,", "event_no"),
    ("e1,,001,B-01,,,,", "date"),
    ("e1,2025-13-05,001,B-01,,,,", "date"),
    ("e1,20250105,001,B-01,,,,", "date"),
    ("e1,２０２５-01-05,001,B-01,,,,", "date"),
    *(
        (f"e1,2025-01-05,001,B-01,{points},,,", "points")
        for points in ("-5", "NaN", "1e3", "1.234", "inf", "+1", "一", "1_0", "٣")
    ),
]


@pytest.mark.parametrize(("line", "where"), DAMAGED_EVENTS)
def test_a_damaged_event_is_named_with_line_and_column(line: str, where: str, tmp_path: Path) -> None:
    result = score(tmp_path, EVENT, line)

    assert result.exit_code == 2
    (fault,) = result.stderr.strip().splitlines()
    assert f"e.csv 第 3 行 {where} 列" in fault


DAMAGED_FILES = [
    b"",
    b"\n\n",
    b"\x00\x01\x02",
    b"PK\x03\x04 not a csv",
    "编号,日期".encode("gbk"),
    b"\xff\xfee\x00v\x00",
    b"event_no,date\n",
    b"date,event_no,member_no,item,points,replaces,decision,note\n",
    (",".join(EVENTS) + '\ne1,2025-01-05,"001,B-01,,,,\n' + EVENT + "\n").encode(),
]


@pytest.mark.parametrize("data", DAMAGED_FILES)
@pytest.mark.parametrize("name", ["e.csv", "e.xlsx"])
def test_a_damaged_file_is_refused_whole(data: bytes, name: str, tmp_path: Path) -> None:
    rows = tmp_path / name
    rows.write_bytes(data)

    result = run(
        "yangba", "--year", 2025, "--members", sheet(tmp_path, "m.csv", MEMBERS, MEMBER), "--events", rows
    )

    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1
    assert name in result.stderr


def test_a_missing_file_a_folder_and_an_unknown_book_are_refused(tmp_path: Path) -> None:
    people = sheet(tmp_path, "m.csv", MEMBERS, MEMBER)

    for book, rows in (("yangba", tmp_path / "nothing.csv"), ("yangba", tmp_path), ("nothing", people)):
        result = run(book, "--year", 2025, "--members", people, "--events", rows)
        assert (result.exit_code, result.stdout) == (2, "")
        assert isinstance(result.exception, SystemExit)


DAMAGED_APPRAISALS = [
    ("xiaxiyuan", ["001,良好"], "result"),
    ("xiaxiyuan", ["001,"], "result"),
    ("xiaxiyuan", ["009,优秀"], "名单里没有"),
    ("xiaxiyuan", ["001,优秀", "001,优秀"], "两次"),
    ("xinba", ["001,优秀"], "result"),
    ("yangba", ["001,优秀"], "不用评议结果"),
]


@pytest.mark.parametrize(("book", "lines", "what"), DAMAGED_APPRAISALS)
def test_a_damaged_appraisal_is_refused(book: str, lines: list[str], what: str, tmp_path: Path) -> None:
    people, rows = sheet(tmp_path, "m.csv", MEMBERS, MEMBER), sheet(tmp_path, "e.csv", EVENTS)
    ratings = sheet(tmp_path, "a.csv", APPRAISALS, *lines)

    result = run(book, "--year", 2025, "--members", people, "--events", rows, "--appraisals", ratings)

    assert result.exit_code == 2
    (fault,) = result.stderr.strip().splitlines()
    assert what in fault


def test_all_faults_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    result = score(tmp_path, ",x,001,B-01,-1,,,", "e,2025-01-01,001", members=("1,,x,y,z,,,", "1,,x,y,z,,,"))

    assert len(result.stderr.strip().splitlines()) == 11


def test_a_workbook_with_numbers_and_days_is_read_as_a_table_would_show_it(tmp_path: Path) -> None:
    book = tmp_path / "e.xlsx"
    with xlsxwriter.Workbook(str(book), {"default_date_format": "yyyy-mm-dd"}) as workbook:
        page = workbook.add_worksheet()
        page.write_row(0, 0, EVENTS)
        page.write_row(2, 0, [7])
        page.write_datetime(2, 1, date(2025, 1, 5))
        page.write_row(2, 2, ["001", "B-05", 2.3, "", 12])
    people = sheet(tmp_path, "m.csv", MEMBERS, MEMBER)

    result = run("yangba", "--year", 2025, "--members", people, "--events", book, "--format", "json")

    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["members"][0]["year_points"] == "62.30"


def test_a_formula_that_failed_is_no_empty_cell(tmp_path: Path) -> None:
    book = tmp_path / "e.xlsx"
    with xlsxwriter.Workbook(str(book)) as workbook:
        page = workbook.add_worksheet()
        page.write_row(0, 0, EVENTS)
        page.write_row(1, 0, ["1", "2025-01-05", "001", "B-01"])
        page.write_formula(1, 4, "=1/0", None, "#DIV/0!")

    result = run(
        "yangba", "--year", 2025, "--members", sheet(tmp_path, "m.csv", MEMBERS, MEMBER), "--events", book
    )

    assert result.exit_code == 2
    assert "第 2 行 E 列" in result.stderr


def test_the_answer_as_a_workbook_is_text_alone(tmp_path: Path) -> None:
    people = sheet(tmp_path, "m.csv", MEMBERS, MEMBER.replace("甲", "=1+1"))
    rows = sheet(tmp_path, "e.csv", EVENTS, EVENT)
    answer = tmp_path / "answer.xlsx"

    result = run("yangba", "--year", 2025, "--members", people, "--events", rows, "--format", "xlsx",
                 "--output", answer)  # fmt: skip

    assert result.exit_code == 0
    cells = CalamineWorkbook.from_filelike(io.BytesIO(answer.read_bytes())).get_sheet_by_index(0).to_python()
    assert cells[1][:2] == ["001", "=1+1"]


def test_an_answer_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    people, rows = sheet(tmp_path, "m.csv", MEMBERS, MEMBER), sheet(tmp_path, "e.csv", EVENTS, EVENT)

    result = run(
        "yangba", "--year", 2025, "--members", people, "--events", rows, "--output", tmp_path / "no" / "x"
    )

    assert result.exit_code == 2
    assert not (tmp_path / "no").exists()


def test_a_member_is_told_how_each_figure_came_about(tmp_path: Path) -> None:
    rows = sheet(tmp_path, "e.csv", EVENTS, EVENT, "e2,2025-01-06,001,B-02,,,,", "e3,2025-01-07,001,B-02,,,,",
                 "e4,2024-01-07,001,B-02,,,,")  # fmt: skip
    people = sheet(tmp_path, "m.csv", MEMBERS, MEMBER)

    result = run("yangba", "--year", 2025, "--members", people, "--events", rows, "--explain", "001")

    for words in ("e1", "B-01 参加组织生活", "第 1 版", "至多 0.50 分", "61.50", "e4", "不在计分的年度内", "合格"):
        assert words in result.stdout
    assert result.exit_code == 3


def test_nobody_can_be_explained_who_is_not_there(tmp_path: Path) -> None:
    people, rows = sheet(tmp_path, "m.csv", MEMBERS, MEMBER), sheet(tmp_path, "e.csv", EVENTS)

    assert run("yangba", "--year", 2025, "--members", people, "--events", rows, "--explain", "9").exit_code == 2


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_ends_in_a_traceback(tmp_path: Path, data: st.DataObject) -> None:
    whole = bytearray((",".join(EVENTS) + "\n" + EVENT + "\n" + EVENT + "\n").encode())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    rows = tmp_path / "e.csv"
    rows.write_bytes(bytes(whole))

    result = run(
        "yangba", "--year", 2025, "--members", sheet(tmp_path, "m.csv", MEMBERS, MEMBER), "--events", rows
    )

    assert result.exit_code in {0, 2, 3}
    assert result.exception is None or isinstance(result.exception, SystemExit)
