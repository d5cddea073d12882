"""`jifen calendar`: a file that no notice would be is refused with all its faults, and nothing has changed."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from services.cli.calendar import command
from services.cli.database import Urls
from tests.calendar_files import FILES
from tests.databases import of_its_own


@pytest.fixture
def logins(admin_database_url: str, monkeypatch: pytest.MonkeyPatch) -> Urls:
    """The addresses of a database of one's own, as a deployment gives them."""
    urls = of_its_own(admin_database_url, "jifen_calendar_command")
    for login in Urls.__slots__:
        monkeypatch.setenv(f"JIFEN_{login.upper()}_DATABASE_URL", getattr(urls, login))
    return urls


def test_a_year_is_imported_and_shown(logins: Urls) -> None:
    answer = CliRunner().invoke(command, ["import", str(FILES[-1])])
    shown = CliRunner().invoke(command, ["show"])

    assert answer.exit_code == 0, answer.output
    assert answer.output.splitlines()[0] == "已装入 2026 年放假安排，替换 国办发明电〔2025〕7号。"
    assert "各日与原来相同。" in answer.output
    assert (
        "2026 年　国务院办公厅关于2026年部分节假日安排的通知，国办发明电〔2025〕7号（2025-11-04）" in shown.output
    )
    assert "  春节：2月15日至2月23日放假，2月14日、2月28日上班" in shown.output


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "文件是空的"),
        (b"\xff\xfe\x00bad", "不是 UTF-8"),
        (b"year: 2027\n", "缺少“notice”"),
        (FILES[-1].read_bytes().replace("春节".encode(), "大年".encode()), "没有“春节”"),
    ],
)
def test_a_damaged_file_is_named_and_changes_nothing(
    logins: Urls, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "year.yaml"
    file.write_bytes(content)
    before = CliRunner().invoke(command, ["show"]).output

    answer = CliRunner().invoke(command, ["import", str(file)])

    assert answer.exit_code == 2
    assert said in answer.stderr
    assert str(file) in answer.stderr
    assert CliRunner().invoke(command, ["show"]).output == before


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    answer = CliRunner().invoke(command, ["import", str(tmp_path / "none.yaml")])

    assert answer.exit_code == 2
    assert "读不到这个文件" in answer.stderr
