"""The table of a run, as `benchmarks/README.md` shows it: each figure beside its aim and how far it is reached."""

import re
from collections.abc import Mapping
from typing import Any

BEGINS, ENDS = "<!-- figures -->\n", "<!-- /figures -->"
SLOPES = """
每个大小一件用时多少；最大与最小之比就是斜率，1 是平的：

| 项目 | 大小：用时 | 单位 | 斜率 |
|---|---|---|---:|
"""


def with_figures(page: str, result: Mapping[str, Any]) -> str:
    """Return the page with this run's table between its marks."""
    table = f"{BEGINS}{table_of(result)}{ENDS}"
    return re.sub(f"{BEGINS}.*?{ENDS}", lambda _: table, page, flags=re.DOTALL)


def table_of(result: Mapping[str, Any]) -> str:
    """Return where and when, then a row for each figure; results are as they stand in `results.json`."""
    day, hour = result["measured_at"][:10], result["measured_at"][11:16]
    head = f"{day} {hour} UTC，{result['cpus']} 核，平均负载 {result['load']}，Python {result['python']}，"
    rows = "".join(_row(figure) for figure in result["figures"])
    slopes = "".join(_slope(figure) for figure in result["figures"] if "each" in (figure["detail"] or {}))
    return (
        f"{head}用时 {result['seconds']:.0f} 秒。\n\n| 项目 | 结果 | 目标 | 达到 |\n|---|---:|---:|---:|\n{rows}"
        f"{SLOPES + slopes if slopes else ''}"
    )


def _slope(figure: Mapping[str, Any]) -> str:
    sizes = "；".join(f"{int(size):,}：{taken:,g}" for size, taken in figure["detail"]["each"].items())
    return f"| {figure['title']} | {sizes} | {figure['detail']['unit']} | {figure['value']:,g} |\n"


def _row(figure: Mapping[str, Any]) -> str:
    value, aim, ratio = figure["value"], figure["aim"], figure["ratio"]
    wanted = "" if aim is None else f"{'≤' if figure['at_most'] else '≥'} {aim:,g} {figure['unit']}"
    reached = "" if ratio is None else f"{ratio:.2f}"
    return f"| {figure['title']} | {value:,g} {figure['unit']} | {wanted} | {reached} |\n"
