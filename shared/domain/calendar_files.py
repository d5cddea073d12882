"""The file of one year's holidays and swap days: read, and refused with all of its faults at once."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import combinations, zip_longest

import yaml

from shared.domain.calendars import SATURDAY, CalendarYear, Holiday
from shared.domain.errors import Invalid

STATUTORY = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
FIXED = ((1, 1, "元旦"), (5, 1, "劳动节"), (10, 1, "国庆节"), (10, 2, "国庆节"), (10, 3, "国庆节"))
LONGEST_RUN = 15
LARGEST_FILE = 100_000
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEAR = re.compile(r"[0-9]{4}")

Keys = dict[str, yaml.Node]


class _Reader:
    """Takes a document's nodes apart and remembers every fault with its line."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def fault(self, node: yaml.Node, sentence: str) -> None:
        self.faults.append(f"第 {node.start_mark.line + 1} 行：{sentence}")

    def keys(self, node: yaml.Node, what: str, needed: tuple[str, ...], allowed: tuple[str, ...] = ()) -> Keys:
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, f"{what}应是“键: 值”的形式，含 {'、'.join(needed)}")
            return {}
        found: Keys = {}
        for key, value in node.value:
            name = str(key.value)
            if name not in (*needed, *allowed):
                self.fault(key, f"{what}里不认识“{name}”，只能写 {'、'.join((*needed, *allowed))}")
            elif name in found:
                self.fault(key, f"{what}里“{name}”写了两次，应只留一个")
            found[name] = value
        for name in needed:
            if name not in found:
                self.fault(node, f"{what}缺少“{name}”")
        return found

    def items(self, node: yaml.Node | None, what: str) -> list[yaml.Node]:
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.fault(node, f"{what}应是一个列表")
            return []
        return list(node.value)

    def text(self, node: yaml.Node | None, what: str) -> str:
        if node is None:
            return ""
        written = str(node.value).strip() if isinstance(node, yaml.ScalarNode) else ""
        if not written:
            self.fault(node, f"{what}不能空，应是一段文字")
        return written

    def day(self, node: yaml.Node | None, what: str) -> date | None:
        if node is None:
            return None
        written = str(node.value) if isinstance(node, yaml.ScalarNode) else ""
        try:
            if _DAY.fullmatch(written):
                return date.fromisoformat(written)
        except ValueError:
            self.fault(node, f"{what}“{written}”这一天不存在，请核对通知原文")
            return None
        self.fault(node, f"{what}“{written}”不是日期，应写成 2027-01-01")
        return None

    def year(self, node: yaml.Node | None) -> int | None:
        if node is None:
            return None
        written = str(node.value) if isinstance(node, yaml.ScalarNode) else ""
        if _YEAR.fullmatch(written) and 1949 <= int(written) <= 9998:
            return int(written)
        self.fault(node, f"year“{written}”不是年份，应写成 2027")
        return None


def parse_year(text: str) -> CalendarYear:
    """Read one year's file (YAML, as in policies/calendars); Invalid names every fault with its line."""
    reader = _Reader()
    year = _read(reader, _composed(text))
    if year is None or reader.faults:
        raise Invalid(*reader.faults)
    faults = tuple(_faults_of(year))
    if faults:
        raise Invalid(*faults)
    return year


def _composed(text: str) -> yaml.Node:
    if len(text) > LARGEST_FILE:
        raise Invalid("文件太大：一年的放假安排不会超过 100 KB，请检查是不是选错了文件")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as broken:
        mark = getattr(broken, "problem_mark", None)
        where = f"第 {mark.line + 1} 行附近" if mark else "文件"
        raise Invalid(f"{where}不是能读的 YAML，请对照随附的 policies/calendars/2026.yaml 检查") from broken
    if node is None:
        raise Invalid("文件是空的，应写明 year、notice、holidays")
    return node


def _read(reader: _Reader, root: yaml.Node) -> CalendarYear | None:
    top = reader.keys(root, "文件", ("year", "notice", "holidays"))
    year = reader.year(top.get("year"))
    notice = reader.keys(top["notice"], "notice", ("title", "number", "issued")) if "notice" in top else {}
    title, number = (reader.text(notice.get(key), key) for key in ("title", "number"))
    issued = reader.day(notice.get("issued"), "issued")
    holidays = [_read_holiday(reader, node) for node in reader.items(top.get("holidays"), "holidays")]
    if reader.faults or year is None or issued is None:
        return None
    return CalendarYear(year, title, number, issued, tuple(holiday for holiday in holidays if holiday))


def _read_holiday(reader: _Reader, node: yaml.Node) -> Holiday | None:
    keys = reader.keys(node, "holidays 的一项", ("name", "from", "to"), ("workdays",))
    name = reader.text(keys.get("name"), "name")
    first, last = reader.day(keys.get("from"), "from"), reader.day(keys.get("to"), "to")
    worked = [reader.day(item, "workdays") for item in reader.items(keys.get("workdays"), "workdays")]
    if first is None or last is None:
        return None
    if not 0 <= (last - first).days < LONGEST_RUN:
        reader.fault(node, f"{name}从 {first} 到 {last} 不对：止日不能早于起日，一次放假不会超过 {LONGEST_RUN} 天")
        return None
    return Holiday(name, first, last, tuple(day for day in worked if day))


def _faults_of(year: CalendarYear) -> Iterator[str]:
    """What no notice would say, once every value can be read: a slip of the pen."""
    yield from _missing(year)
    yield from _misplaced(year)
    yield from _doubled(year)


def _missing(year: CalendarYear) -> Iterator[str]:
    named = {name for holiday in year.holidays for name in holiday.name.split("、")}
    for name in STATUTORY:
        if name not in named:
            yield f"没有“{name}”：七个法定节假日都要写明，合并放假的写成“国庆节、中秋节”"
    off = year.off_days()
    for month, day, name in FIXED:
        if date(year.year, month, day) not in off:
            yield f"{year.year} 年 {month}月{day}日 是{name}的法定假日，应在放假日内"
    if year.issued.year not in (year.year - 1, year.year):
        yield f"通知日期 {year.issued} 与 {year.year} 年不符：通知在上一年或当年印发"


def _misplaced(year: CalendarYear) -> Iterator[str]:
    # A notice may begin its New Year in December: that of 2023 did, on 2022-12-31.
    first, last = date(year.year - 1, 12, 1), date(year.year, 12, 31)
    for holiday in year.holidays:
        for day in (holiday.first, holiday.last, *holiday.workdays):
            if not first <= day <= last:
                yield f"{holiday.name}的 {day} 不在 {year.year} 年内"
        for day in holiday.workdays:
            if day.weekday() < SATURDAY:
                yield f"{holiday.name}的调休上班日 {day} 不是周六或周日"


def _doubled(year: CalendarYear) -> Iterator[str]:
    for one, other in combinations(year.holidays, 2):
        if one.first <= other.last and other.first <= one.last:
            yield f"{one.name}与{other.name}的放假日重叠，合并放假的应写成一项"
    worked = sorted(day for holiday in year.holidays for day in holiday.workdays)
    for day, following in zip_longest(worked, worked[1:]):
        if day == following:
            yield f"调休上班日 {day} 写了两次"
        if day in year.off_days():
            yield f"{day} 既是放假日又是调休上班日"
