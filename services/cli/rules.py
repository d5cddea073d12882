"""`jifen rules`: check rule books before they are issued, and show the book that is in force."""

import click

from shared.domain.errors import NotFound
from shared.domain.procedures import WindowKind
from shared.domain.rounds import ROUND
from shared.domain.rule_books import text_of
from shared.domain.rule_text import Unreadable
from shared.domain.rule_words import BODIES, KINDS, MARKS, SPANS, figures, worth, year_words
from shared.domain.rules import RuleBook
from shared.usecases.rules import check_book


@click.group("rules")
def command() -> None:
    """检查、查看积分规则。"""


@command.command("lint")
@click.argument("books", metavar="BOOK...", nargs=-1, required=True)
@click.pass_context
def lint(ctx: click.Context, books: tuple[str, ...]) -> None:
    """检查规则：0 没有错误，1 有错误，2 读不出来。BOOK 是规则名或 YAML 文件的路径。"""
    ctx.exit(max([_lint(book) for book in books]))


def _lint(name: str) -> int:
    try:
        checked = check_book(name)
    except (NotFound, Unreadable) as refusal:
        click.echo(str(refusal), err=True)
        return 2
    for fault in checked.faults:
        click.echo(str(fault))
    errors, warnings = len(checked.errors), len(checked.faults) - len(checked.errors)
    found = f"{errors} 处错误" if errors else "没有错误"
    click.echo(f"{name}：{found}" + (f"，{warnings} 处提醒" if warnings else ""))
    return 1 if errors else 0


@command.command("show")
@click.argument("book", metavar="BOOK")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", help="显示的样子")
@click.pass_context
def show(ctx: click.Context, book: str, format_: str) -> None:
    """显示施行中的规则，继承来的部分已合在一起。"""
    try:
        checked = check_book(book)
    except (NotFound, Unreadable) as refusal:
        click.echo(str(refusal), err=True)
        ctx.exit(2)
    if checked.errors:
        click.echo("\n".join(map(str, checked.errors)), err=True)
        ctx.exit(1)
    click.echo(text_of(checked.tree) if format_ == "json" else "\n".join(_lines(checked.book)))


def _lines(book: RuleBook) -> list[str]:
    lines = [f"{book.title}（{book.id}，第 {book.version} 版，{book.effective_from} 起施行）"]
    if book.inherits:
        lines.append(f"继承：{book.inherits}")
    lines += [f"{SPANS[book.round_span]}一期", year_words(book), ""]
    for item in book.items.values():
        mark = f"〔{MARKS[item.mark]}〕" if item.mark else ""
        lock = "（锁定）" if item.locked else ""
        until = f"（施行至 {item.ends}）" if item.ends else ""
        lines.append(f"{item.id}  {KINDS[item.kind]}  {item.title}：{worth(item)}{lock}{until}{mark}")
    lines += ["", *_people(book), *_procedure(book), ""]
    return lines + [f"{MARKS[note.mark]}：{note.text}" for note in book.notes]


def _people(book: RuleBook) -> list[str]:
    lines = [f"类别 {tier.id}  {tier.title}：基础分 {tier.base}" for tier in book.tiers]
    lines += [f"等次 {band.name}：{figures(band)}" for band in book.bands]
    if book.standing:
        lines.append(f"排名：前 {book.standing.first} 名，后 {book.standing.last} 名")
    return lines + [f"结果运用 {outcome.title}（{BODIES[outcome.body]}决定）" for outcome in book.outcomes]


def _procedure(book: RuleBook) -> list[str]:
    procedure = book.procedure
    units = {"natural": "自然日", "working": "工作日"}
    names = {
        WindowKind.PUBLICATION: "公示",
        WindowKind.REPUBLICATION: "再次公示",
        WindowKind.INVESTIGATION: "调查",
        WindowKind.APPEAL: "申诉",
    }
    windows = [f"{names[kind]} {rule.days} 个{units[rule.unit]}" for kind, rule in procedure.windows.items()]
    return [
        "阶段：" + " → ".join(ROUND.words[stage] for stage in procedure.stages),
        "期限：" + "，".join(windows),
        "申诉：" + "，再到".join(BODIES[body] for body in procedure.appeals),
    ]
