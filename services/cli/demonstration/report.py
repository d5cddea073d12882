"""The table in which the demonstration says what happened, for a person to read."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

TITLES = {
    "xiaxiyuan": "小学（教育局）",
    "yangba": "居委会",
    "chaiqian": "机关",
    "xujiayan": "村（评议小组）",
    "xinba": "村（分层）",
}


def show(console: Console, figures: dict[str, Any], there: Mapping[str, int], wrong: Sequence[str]) -> None:
    """Print the township's quarter, the five units' year, the ledger and the clock; then the second county."""
    town = figures["township"]
    console.print()
    console.print(_township(town))
    console.print(_objections(town["objections"]))
    console.print(_systems(figures["systems"]))
    ledger, clock = figures["ledger"], figures["deadlines"]
    sound = "核验一致" if ledger["verified"] else "[red]核验不一致[/red]"
    console.print(
        f"台账 {ledger['entries']} 笔，{sound}；期限 {clock['armed']} 个，已到期办理 {clock['fired']} 个，"
        f"提前 {clock['early']}，重复 {clock['twice']}；用时 {figures['elapsed_s']} 秒。"
    )
    console.print(_neighbour(there))
    for sentence in wrong:
        console.print(f"[red]未达到：{sentence}[/red]")


def _neighbour(there: Mapping[str, int]) -> Table:
    table = _quarter("另一个县：望溪县石门镇 2026 年一季度", there)
    sound = "台账核验一致" if there["verified"] else "台账核验不一致"
    table.caption = f"异议 {there['objections']} 件，{sound}；两个县互相看不到"
    return table


def _township(town: dict[str, Any]) -> Table:
    table = _quarter("柳溪乡 2026 年一季度", town)
    table.caption = "、".join(f"{name} {number}" for name, number in town["classes"].items())
    return table


def _quarter(title: str, town: Mapping[str, Any]) -> Table:
    table = Table(title=title, title_justify="left")
    for head in ("村支部", "党员", "申请加分", "大会确认", "未予认定", "公示", "登记入账", "已备案"):
        table.add_column(head, justify="right")
    table.add_row(
        *(
            str(number)
            for number in (
                town["branches"],
                town["members"],
                town["claims"],
                town["confirmed"],
                town["claims"] - town["confirmed"],
                town["notices"],
                town["lines_settled"],
                f"{town['filed']}/{town['branches']}",
            )
        )
    )
    return table


def _objections(found: dict[str, int]) -> Table:
    table = Table(title="异议", title_justify="left")
    words = {"raised": "提出", "answered": "答复", "escalated": "逾期上报", "appealed": "申诉", "upheld": "成立"}
    for word in words.values():
        table.add_column(word, justify="right")
    table.add_row(*(str(found[key]) for key in words))
    return table


def _systems(systems: dict[str, dict[str, int]]) -> Table:
    table = Table(title="2025 年全年", title_justify="left")
    table.add_column("细则")
    table.add_column("单位")
    for head in ("期数", "备案", "评定", "党员", "异议"):
        table.add_column(head, justify="right")
    for book, figures in systems.items():
        keys = ("rounds", "filed", "graded", "members", "objections")
        table.add_row(book, TITLES[book], *(str(figures[key]) for key in keys))
    return table
