"""`jifen window`: what it prints, and what it refuses with a sentence and exit status 2."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from services.cli.window import RULES, command

MONDAY = ("--published", "2026-03-02T09:00")
BEFORE_MID_AUTUMN = ("--published", "2026-09-24T09:00")


def window(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def answer(*arguments: str) -> dict[str, Any]:
    result = window(*arguments, "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_answer_has_the_five_keys_that_were_promised() -> None:
    assert answer(*MONDAY, "--days", "7") == {
        "closes_at": "2026-03-10T00:00:00+08:00",
        "last_day": "2026-03-09",
        "rolled": False,
        "provisional": False,
        "why": "公示 3月2日 起，不计当日，至 3月9日 24:00，计 7 日",
    }


def test_for_people_it_is_the_day_and_the_reason() -> None:
    result = window(*MONDAY, "--days", "7")
    assert result.stdout == "2026-03-09 24:00 截止\n公示 3月2日 起，不计当日，至 3月9日 24:00，计 7 日。\n"


@pytest.mark.parametrize(
    ("arguments", "last_day", "rolled"),
    [
        ((), "2026-03-14", False),
        (("--roll", "none"), "2026-03-14", False),
        (("--roll", "statutory"), "2026-03-14", False),
        (("--roll", "nonworking"), "2026-03-16", True),
        (("--unit", "working"), "2026-03-17", False),
        (("--unit", "working", "--roll", "nonworking"), "2026-03-17", False),
    ],
)
def test_without_a_book_natural_days_are_counted_and_not_rolled(
    arguments: tuple[str, ...], last_day: str, rolled: bool
) -> None:
    found = answer("--published", "2026-03-07T09:00", "--days", "7", *arguments)
    assert (found["last_day"], found["rolled"]) == (last_day, rolled)


@pytest.mark.parametrize(
    "instant",
    [
        "2026-03-02T00:00",
        "2026-03-02 23:59:59.999999",
        "2026-03-02T09:00:00+08:00",
        "2026-03-01T16:00Z",
        "2026-03-02T04:00+1200",
        "2026-03-01T12:00-05:00",
    ],
)
def test_an_instant_is_shanghais_unless_it_says_otherwise(instant: str) -> None:
    assert answer("--published", instant, "--days", "7")["last_day"] == "2026-03-09"


@pytest.mark.parametrize(
    ("book", "last_day"),
    [
        ("xiaxiyuan", "2026-10-08"),
        ("yangba", "2026-10-08"),
        ("xujiayan", "2026-10-08"),
        ("xinba", "2026-10-08"),
        ("township-overlay", "2026-10-08"),
        ("chaiqian", "2026-10-09"),
    ],
)
def test_a_book_gives_days_unit_and_roll(book: str, last_day: str) -> None:
    found = answer(book, *BEFORE_MID_AUTUMN)
    assert (found["last_day"], found["rolled"]) == (last_day, book != "chaiqian")


@pytest.mark.parametrize(
    ("options", "last_day"),
    [
        (("--days", "4"), "2026-09-28"),
        (("--roll", "none"), "2026-10-01"),
        (("--unit", "working"), "2026-10-12"),
        (("--unit", "working", "--days", "1"), "2026-09-28"),
        (("--window", "investigation"), "2026-09-28"),
    ],
)
def test_the_options_go_before_the_book(options: tuple[str, ...], last_day: str) -> None:
    assert answer("xujiayan", *BEFORE_MID_AUTUMN, *options)["last_day"] == last_day


def test_a_book_may_be_a_file_of_ones_own(tmp_path: Path) -> None:
    text = (RULES / "xujiayan.yaml").read_text(encoding="utf-8")
    own = tmp_path / "own.yaml"
    own.write_text(text.replace("publication: {days: 7", "publication: {days: 9"), encoding="utf-8-sig")
    assert answer(str(own), *MONDAY)["last_day"] == "2026-03-11"
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(
        "book: overlay\ntitle: 例\nversion: 1\neffective_from: 2020-01-01\ninherits: own\n", "utf-8"
    )
    assert answer(str(overlay), *MONDAY)["last_day"] == "2026-03-11"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "读不到细则"),
        (b"", "文件里没有规则"),
        (b"\xff\xfe\x00", "读不到细则"),
        (b"\x7fELF\x02\x01\x00", "YAML"),
        (b"book: [", "YAML"),
        ("book: 例\n".encode(), "处，jifen rules lint 列出全部"),
        (b"[" * 100_000, "层次太深"),
    ],
)
def test_a_book_that_cannot_be_read_is_one_chinese_sentence(
    tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    book = tmp_path / "book.yaml"
    if content is not None:
        book.write_bytes(content)
    result = window(str(book), *MONDAY)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("book", ["nobody", "", ".", "..", "/", "a" * 5000, "未有之书"])
def test_a_name_that_is_no_book_is_refused_with_those_that_are(book: str) -> None:
    result = window(book, *MONDAY)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "xujiayan" in result.stderr


def test_a_year_that_is_not_published_makes_the_date_provisional() -> None:
    found = answer("--published", "2026-12-25T09:00", "--days", "7", "--roll", "statutory")
    assert (found["last_day"], found["provisional"], found["rolled"]) == ("2027-01-01", True, False)
    assert "2027 年放假安排尚未公布" in found["why"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--published", "2026-03-02", "--days", "7"), "不是时刻"),
        (("--published", "2026-03-02T", "--days", "7"), "不是时刻"),
        (("--published", "2026-3-2T09:00", "--days", "7"), "不是时刻"),
        (("--published", "２０２６-03-02T09:00", "--days", "7"), "不是时刻"),
        (("--published", "", "--days", "7"), "不是时刻"),
        (("--published", "2026-02-29T09:00", "--days", "7"), "时刻不存在"),
        (("--published", "2026-13-01T09:00", "--days", "7"), "时刻不存在"),
        (("--published", "2026-03-02T24:00", "--days", "7"), "时刻不存在"),
        (("--published", "2026-03-02T09:60", "--days", "7"), "时刻不存在"),
        (("--published", "2026-03-02T09:00+24:00", "--days", "7"), "时刻不存在"),
        (("--published", "0000-03-02T09:00", "--days", "7"), "时刻不存在"),
        (("--published", "0001-01-01T00:00+14:00", "--days", "7"), "9999"),
        (("--published", "9999-12-31T23:00Z", "--days", "1"), "9999"),
        (("--published", "9999-12-30T09:00", "--days", "1"), "9999"),
        (("--days", "7"), "--published"),
        (MONDAY, "--days"),
        ((*MONDAY, "--days", "0"), "1 以上的整数"),
        ((*MONDAY, "--days", "-1"), "1 以上的整数"),
        ((*MONDAY, "--days", "1.5"), "1 以上的整数"),
        ((*MONDAY, "--days", "7天"), "1 以上的整数"),
        ((*MONDAY, "--days", "７"), "1 以上的整数"),
        ((*MONDAY, "--days", ""), "1 以上的整数"),
        ((*MONDAY, "--days", "1_0"), "1 以上的整数"),
        ((*MONDAY, "--days", "9" * 5000), "9999"),
        ((*MONDAY, "--days", "9" * 5000, "--unit", "working"), "9999"),
        ((*MONDAY, "--days", "7", "--unit", "week"), "natural、working"),
        ((*MONDAY, "--days", "7", "--roll", "yes"), "none、statutory、nonworking"),
        ((*MONDAY, "--days", "7", "--window", "appeal"), "publication、investigation"),
        ((*MONDAY, "--days", "7", "--format", "xml"), "text、json"),
    ],
)
def test_what_cannot_be_reckoned_is_one_chinese_sentence_and_nothing_else(
    arguments: tuple[str, ...], sentence: str
) -> None:
    result = window(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
    assert re.search("[一-龥]", result.stderr)


def test_leading_noughts_are_no_other_number() -> None:
    assert answer(*MONDAY, "--days", "0" * 40 + "7")["last_day"] == "2026-03-09"


def test_it_is_a_command_of_jifen() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "services.cli.main", "window", *MONDAY, "--days", "0"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", "--days“0”不是天数，应是 1 以上的整数，例如 7\n")
