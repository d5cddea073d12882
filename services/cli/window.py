"""`jifen window`: when a window closes and why, by a rule book or by the options."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import click

from shared.config import ROOT
from shared.domain.calendar_files import parse_year
from shared.domain.calendars import Calendar
from shared.domain.inheritance import whole
from shared.domain.procedures import WindowKind
from shared.domain.rule_reading import read
from shared.domain.rule_text import Fault, Node, Unreadable, parse
from shared.domain.windows import SHANGHAI, DayUnit, Roll, Window, WindowRule, close

CALENDARS = ROOT / "policies" / "calendars"
RULES = ROOT / "policies" / "rules"
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
KINDS = {kind.value: kind for kind in (WindowKind.PUBLICATION, WindowKind.INVESTIGATION)}
EVENTS = {WindowKind.PUBLICATION: "公示", WindowKind.INVESTIGATION: "收到异议"}

T = TypeVar("T")


class Unusable(click.ClickException):
    """What was asked cannot be reckoned: one sentence on standard error, exit status 2."""

    exit_code = 2


@click.command("window")
@click.argument("book", required=False)
@click.option("--published", metavar="时刻", help="公示或收到的时刻，如 2026-03-02T09:00（北京时间）")
@click.option("--days", metavar="N", help="天数；没有写细则时必须给出")
@click.option("--unit", metavar="natural|working", help="自然日或工作日")
@click.option("--roll", metavar="none|statutory|nonworking", help="最后一日不顺延、遇法定假日顺延或遇休息日顺延")
@click.option("--window", "kind", metavar="publication|investigation", default="publication", show_default=True)
@click.option("--format", "form", metavar="text|json", default="text", show_default=True)
def command(
    book: str | None,
    published: str | None,
    days: str | None,
    unit: str | None,
    roll: str | None,
    kind: str,
    form: str,
) -> None:
    """公示（或调查）何时截止，为什么。BOOK 是细则的名称或文件；选项优先于细则。"""
    which = _one_of("--window", kind, KINDS.__getitem__, tuple(KINDS))
    answer = _one_of("--format", form, {"text": _text, "json": _json}.__getitem__, ("text", "json"))
    rule = _rule(book, which, days)
    if unit is not None:
        rule = replace(rule, unit=_one_of("--unit", unit, DayUnit, tuple(DayUnit)))
    if roll is not None:
        rule = replace(rule, roll=_one_of("--roll", roll, Roll, tuple(Roll)))
    try:
        window = close(_instant(published), rule, shipped_calendar(), EVENTS[which])
        click.echo(answer(window))
    except (ValueError, OverflowError) as fault:
        sentence = str(fault) if isinstance(fault, ValueError) else "这个时刻超出了能计算的日期"
        raise Unusable(sentence) from fault


def shipped_calendar() -> Calendar:
    """The years whose notice is in policies/calendars."""
    files = sorted(CALENDARS.glob("*.yaml"))
    return Calendar(tuple(parse_year(file.read_text(encoding="utf-8")) for file in files))


def _rule(book: str | None, kind: WindowKind, days: str | None) -> WindowRule:
    if book is None and days is None:
        raise Unusable("没有写细则时，要用 --days 写明天数，例如 --days 7")
    count = None if days is None else _days(days)
    rule = WindowRule(1, DayUnit.NATURAL, Roll.NONE) if book is None else _of_book(book, kind)
    return rule if count is None else replace(rule, days=count)


def _of_book(book: str, kind: WindowKind) -> WindowRule:
    faults: list[Fault] = []
    path = Path(book) if "/" in book or Path(book).suffix else RULES / f"{book}.yaml"
    root = _tree(path, book, faults)
    windows = read(whole(root, partial(_beside, path), faults), faults).procedure.windows
    wrong = [fault for fault in faults if not fault.warning]
    if wrong:
        more = f"（共 {len(wrong)} 处，jifen rules lint 列出全部）" if len(wrong) > 1 else ""
        raise Unusable(f"{wrong[0]}{more}")
    if kind not in windows:
        raise Unusable(f"细则“{book}”没有写 {kind} 的期限")
    return windows[kind]


def _tree(path: Path, name: str, faults: list[Fault]) -> Node:
    try:
        return parse(path.read_text(encoding="utf-8-sig"), str(path), faults)
    except Unreadable as fault:
        raise Unusable(str(fault)) from fault
    except (OSError, ValueError) as fault:
        known = "、".join(sorted(file.stem for file in RULES.glob("*.yaml")))
        raise Unusable(f"读不到细则“{name}”，应是 {known} 之一，或一个 UTF-8 的 YAML 文件") from fault


def _beside(path: Path, name: str, faults: list[Fault]) -> Node | None:
    """The book of that name that another inherits: in the same folder, or among those shipped."""
    for folder in (path.parent, RULES):
        found = folder / f"{name}.yaml"
        if found.is_file():
            return _tree(found, name, faults)
    return None


def _days(written: str) -> int:
    number = re.fullmatch(r"0*([1-9][0-9]*)", written)
    if number is None:
        raise Unusable(f"--days“{written[:40]}”不是天数，应是 1 以上的整数，例如 7")
    # Twenty digits are past any calendar already; int() gives up at 4300.
    return int(number[1][:20])


def _instant(written: str | None) -> datetime:
    if written is None:
        raise Unusable("要用 --published 写明公示的时刻，例如 --published 2026-03-02T09:00")
    if not INSTANT.fullmatch(written.strip()):
        raise Unusable(f"--published“{written[:40]}”不是时刻，应写明日期和钟点，例如 2026-03-02T09:00")
    try:
        instant = datetime.fromisoformat(written.strip())
    except ValueError as impossible:
        raise Unusable(f"--published“{written[:40]}”这个时刻不存在，请核对日期和钟点") from impossible
    return instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)


def _one_of(option: str, written: str, read: Callable[[str], T], known: tuple[str, ...]) -> T:
    try:
        return read(written)
    except (KeyError, ValueError) as unknown:
        raise Unusable(f"{option}“{written[:40]}”不对，应是 {'、'.join(known)} 之一") from unknown


def _text(window: Window) -> str:
    return f"{window.last_day} 24:00 截止\n{window.why}。"


def _json(window: Window) -> str:
    answer = {
        "closes_at": window.closes_at.astimezone(SHANGHAI).isoformat(),
        "last_day": window.last_day.isoformat(),
        "rolled": window.rolled,
        "provisional": window.provisional,
        "why": window.why,
    }
    return json.dumps(answer, ensure_ascii=False)
