"""`jifen score`: try a rule book against a year of records before it is issued."""

import contextlib
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import click

from services.cli.score_answers import as_json, as_table, as_workbook
from services.cli.year_records import YearRecords, read_year
from shared.domain.awards import YearScore
from shared.domain.errors import Refusal
from shared.domain.explanations import explain
from shared.domain.rules import RuleBook
from shared.domain.scoring import score
from shared.usecases.rules import check_book

SOME_REJECTED = 3


class Unusable(click.ClickException):
    """What was given cannot be used: one line for each fault, nothing scored."""

    exit_code = 2

    def show(self, file: IO[str] | None = None) -> None:  # noqa: ARG002 - click's signature
        """Write the faults as they are, without click's own "Error:" before them."""
        click.echo(self.message, err=True)


@click.command("score")
@click.argument("book", metavar="BOOK")
@click.option("--year", type=click.IntRange(1, 9999), required=True, help="年度，如 2025")
@click.option("--members", required=True, help="党员名单，CSV 或 XLSX")
@click.option("--events", required=True, help="事项，CSV 或 XLSX")
@click.option("--appraisals", help="民主评议结果，CSV 或 XLSX")
@click.option("--format", "format_", type=click.Choice(["table", "json", "xlsx"]), default="table", help="样式")
@click.option("--output", help="写到这个文件")
@click.option("--explain", "member_no", help="说明这名党员的每个数字从何而来")
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 - one argument for each option that the contract names
    ctx: click.Context,
    book: str,
    year: int,
    members: str,
    events: str,
    appraisals: str | None,
    format_: str,
    output: str | None,
    member_no: str | None,
) -> None:
    """用一年的记录试算规则。0 全部计入，3 有事项不计，2 输入不能用。"""
    if format_ == "xlsx" and output is None and sys.stdout.isatty():
        raise Unusable("工作簿不能显示在屏幕上；请用 --output 写明文件")
    rules = _book(book)
    records = read_year(members, events, appraisals, rules.appraisal_results)
    if records.faults:
        raise Unusable("\n".join(map(str, records.faults)))
    with many_objects():
        scored = score(rules, year, records.members, records.events, records.appraisals)
    lines = _explanation(rules, scored, records, member_no)
    _write(_answer(format_, scored, records, lines), output)
    ctx.exit(SOME_REJECTED if scored.rejected else 0)


def _book(name: str) -> RuleBook:
    try:
        checked = check_book(name)
    except Refusal as refusal:
        raise Unusable(str(refusal)) from refusal
    if checked.errors:
        raise Unusable("\n".join(map(str, checked.errors)))
    return checked.book


def _explanation(rules: RuleBook, scored: YearScore, records: YearRecords, member_no: str | None) -> list[str]:
    if member_no is None:
        return []
    lines = explain(rules, scored, member_no, records.events)
    if not lines:
        raise Unusable(f"名单里没有党员 {member_no}；应当写名单里有的编号")
    return lines


def _answer(format_: str, scored: YearScore, records: YearRecords, lines: Sequence[str]) -> bytes:
    if format_ == "xlsx":
        return as_workbook(scored, records.members, lines)
    if format_ == "json":
        return (as_json(scored, lines) + "\n").encode()
    text = "\n".join(lines) if lines else as_table(scored, records.members)
    return (text + "\n").encode()


def _write(answer: bytes, output: str | None) -> None:
    """Write all or nothing: a file appears under its name only when it is complete."""
    if output is None:
        click.echo(answer, nl=False)
        return
    target = Path(output)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.write_bytes(answer)
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Unusable(f"写不了文件“{output}”；应当写一个可以写的路径") from error


@contextlib.contextmanager
def many_objects() -> Iterator[None]:
    """Let the collector of circles rest: a county's awards hold none, and it looks through a million each time."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
