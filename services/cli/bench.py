"""`jifen bench`: what the product must be quick at, measured side by side with plain COPY in one run."""

import json
import os
import platform
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from benchmarks.bench import Wanted, measure
from benchmarks.figures import Figure
from benchmarks.tables import with_figures
from services.cli.engines.start import start_engines
from shared.config import ROOT

RESULTS = ROOT / "benchmarks" / "results.json"
SHOWN = ROOT / "benchmarks" / "README.md"


@click.command()
@click.option("--scale", type=click.FloatRange(0.001, 10), default=1.0, help="规模：1 是全县，0.1 是十分之一。")
@click.option("--whole", is_flag=True, help="加上耗时的：别的框架并排（装在临时文件夹里）、五百万笔的总览。")
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 对象。")
def command(scale: float, whole: bool, as_json: bool) -> None:
    """性能测量：在临时的数据库上并排测量，用完即删；全县规模的结果写入 benchmarks/。"""
    console = Console(stderr=True)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="jifen-bench-", ignore_cleanup_errors=True) as folder:
        # Root without user namespaces runs PostgreSQL as nobody, who has to come through here.
        Path(folder).chmod(0o711)
        engines = start_engines(Path(folder) / "data")
        try:
            with console.status("准备") as status:
                figures = measure(
                    engines.database_admin_url,
                    engines.redis_url,
                    Path(folder),
                    Wanted(scale, whole),
                    status.update,
                )
        finally:
            engines.stop()
    result = result_of(figures, scale, time.monotonic() - begun)
    if scale == 1:
        RESULTS.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", "utf-8")
        SHOWN.write_text(with_figures(SHOWN.read_text("utf-8"), result), "utf-8")
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
    else:
        show(Console(), figures, result)


def result_of(figures: list[Figure], scale: float, seconds: float) -> dict[str, Any]:
    """The figures with where and when they were taken."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "scale": scale,
        "seconds": round(seconds, 1),
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "figures": [figure.as_json() for figure in figures],
    }


def show(console: Console, figures: list[Figure], result: dict[str, Any]) -> None:
    """Print the figures, each beside its aim and how far it reaches it."""
    table = Table("项目", title=f"性能测量（规模 {result['scale']:g}）")
    for heading in ("结果", "目标", "达到"):
        table.add_column(heading, justify="right")
    for figure in figures:
        table.add_row(figure.title, _stated(figure.value, figure), _aim(figure), _reached(figure))
    console.print(table)
    console.print(
        f"{result['cpus']} 核，平均负载 {result['load']}，Python {result['python']}，"
        f"用时 {result['seconds']:.0f} 秒。别的程序在用机器时，只看同一次里的比例。"
    )


def _stated(value: float, figure: Figure) -> str:
    digits = 0 if value >= 1000 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {figure.unit}"


def _aim(figure: Figure) -> str:
    if figure.aim is None:
        return ""
    return f"{'≤' if figure.at_most else '≥'} {figure.aim:,g} {figure.unit}"


def _reached(figure: Figure) -> str:
    if figure.ratio is None:
        return ""
    colour = "green" if figure.ratio >= 1 else "yellow"
    return f"[{colour}]{figure.ratio:.2f} 倍[/{colour}]"
