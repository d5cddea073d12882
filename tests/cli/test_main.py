"""The command line: what is listed exists, and a wrong call is told so in Chinese, without a traceback."""

import importlib
from importlib.util import find_spec

import click
import pytest

from services.cli.main import COMMANDS, main
from shared.domain.errors import NotNow


def leave(*arguments: str) -> object:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return left.value.code


@pytest.mark.parametrize(
    "name", [name for name, (target, _) in COMMANDS.items() if find_spec(target.split(":")[0])]
)
def test_every_command_of_the_table_that_is_there_can_be_loaded(name: str) -> None:
    module, _, attribute = COMMANDS[name][0].partition(":")

    assert isinstance(getattr(importlib.import_module(module), attribute), click.Command)


def test_the_help_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert leave("--help") == 0
    assert "setup" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("fly",), "没有 fly 这个命令。"),
        (("setup", "--fast"), "没有 --fast 这个选项。"),
        (("setup", "now"), "多了参数 now。"),
    ],
)
def test_a_wrong_call_is_named_and_leaves_with_2(
    arguments: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert leave(*arguments) == 2

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[0] == sentence


def test_a_refusal_is_its_sentence_and_status_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise NotNow("现在不行。")

    monkeypatch.setattr("services.cli.setup.command", click.Command("setup", callback=refuse))

    assert leave("setup") == 1
    assert capsys.readouterr().err == "现在不行。\n"
