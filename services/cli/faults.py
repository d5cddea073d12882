"""`jifen faults`: a made-up county's quarter while its programs are killed at random, and what then is wrong."""

import sys
import tempfile
import time
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from tests.faults.run import Measure, Report, run

ANSWERS = {"done": "收下", "refused": "没有收", "unknown": "没有回音"}
KINDS = {"claim": "申报", "objection": "异议"}


@click.command()
@click.option("--minutes", type=click.FloatRange(1, 600), default=5.0, show_default=True, help="一共折腾几分钟。")
@click.option("--seed", type=int, default=1, show_default=True, help="同一个数，同样的次序。")
def command(minutes: float, seed: int) -> None:
    """随机杀掉各个程序、清空 Redis，党员照常申报、提异议；之后逐件核对，有一处不对就以 1 退出。"""
    ends, found = time.monotonic() + 60 * minutes, 0
    while True:
        # Root without user namespaces runs PostgreSQL as nobody, who has to come through here.
        with tempfile.TemporaryDirectory(prefix="jifen-faults-", ignore_cleanup_errors=True) as folder:
            Path(folder).chmod(0o711)
            click.echo(f"第 {seed} 号")
            report = run(Path(folder) / "data", seed, Measure(), lambda said: click.echo(f"  {said}……"))
        show(Console(), report)
        found, seed = found + len(report.findings), seed + 1
        if time.monotonic() > ends:
            sys.exit(1 if found else 0)


def show(console: Console, report: Report) -> None:
    """Print what was tried, what was struck, and everything that is wrong."""
    table = Table("", *ANSWERS.values())
    for kind, called in KINDS.items():
        table.add_row(called, *(str(report.acts[f"{kind} {told}"]) for told in ANSWERS))
    console.print(table)
    console.print(
        "杀掉或清空：" + "，".join(f"{name} {number} 次" for name, number in sorted(report.struck.items()))
    )
    for finding in report.findings:
        console.print(f"[red]不对：{finding}[/red]")
    if not report.findings:
        console.print("没有丢失，没有重复，没有提前截止，没有逾期收下，台账和封印一致。")
