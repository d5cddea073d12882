"""`jifen rules`: lint says 0, 1 or 2; show gives the book in force."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.cli.rules import command
from shared.domain.rule_books import book_of
from shared.usecases.rules import SHIPPED, load_book, shipped_books


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


def test_sound_books_are_zero() -> None:
    result = run("lint", *shipped_books())

    assert result.exit_code == 0
    assert result.stdout.count("没有错误") == len(shipped_books())


def test_faults_are_one_each_with_file_line_and_remedy(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        (SHIPPED / "xinba.yaml").read_text(encoding="utf-8").replace("from: 70", "from: 71"), encoding="utf-8"
    )

    result = run("lint", str(path), "yangba")

    assert result.exit_code == 1
    assert f"{path}:" in result.stdout
    assert "70.00 分到 70.99 分" in result.stdout


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"a: [", b"- 1\n", None])
def test_what_cannot_be_read_is_two(data: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    if data is not None:
        path.write_bytes(data)

    result = run("lint", "xinba", str(path))

    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("name", shipped_books())
def test_the_book_in_force_is_shown_for_people_and_programs(name: str) -> None:
    text, data = run("show", name), run("show", name, "--format", "json")

    assert (text.exit_code, data.exit_code) == (0, 0)
    assert all(f"{item}  " in text.stdout for item in load_book(name).items)
    assert book_of(data.stdout) == load_book(name)
