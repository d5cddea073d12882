"""Labels: what the keys and words of a rule book's file are called on pages, and where a fault is mended."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shared.domain.rule_text import Fault, Node
from shared.domain.rules import Place

# The chapters of a book as a person turns to them: each with the sections of the file that it holds.
CHAPTERS: Mapping[str, tuple[str, ...]] = {
    "basics": ("book", "title", "version", "effective_from", "effective_until", "inherits", "exemption"),
    "items": ("items", "adds", "drops", "changes"),
    "points": ("round", "year", "appraisal", "standing"),
    "classes": ("tiers", "duties"),
    "grades": ("grades",),
    "windows": ("procedure",),
    "consequences": ("outcomes",),
    "lists": ("aspects", "departments", "additions", "notes"),
}
TITLES = {
    "basics": "名称和施行日",
    "items": "条款",
    "points": "周期、基础分和封顶",
    "classes": "党员类别和基础分",
    "grades": "等次",
    "windows": "阶段和期限",
    "consequences": "结果运用",
    "lists": "方面、部门和说明",
}
# The file's own words, as the forms call them; faults speak of the file.
WORDS = {
    "above": "高于",
    "additions": "允许下级新增",
    "appraisal": "民主评议系数",
    "aspect": "方面",
    "aspects": "方面",
    "base": "基础分",
    "body": "由谁决定",
    "bonus": "加分",
    "bounds": "分值可调范围",
    "cap_bounds": "上限可调范围",
    "caps": "上限",
    "changes": "修改",
    "classes": "适用党员",
    "counts": "计入",
    "deduction": "扣分",
    "departments": "部门",
    "drops": "取消",
    "effective_from": "施行日",
    "exemption": "免于计分",
    "floor": "最低限额",
    "ceiling": "最高限额",
    "grades": "等次",
    "id": "条款号",
    "items": "条款",
    "kind": "种类",
    "least": "最低",
    "locked": "锁定",
    "month": "月",
    "most": "最高",
    "outcomes": "结果运用",
    "per": "每",
    "points": "分值",
    "procedure": "阶段和期限",
    "quarter": "季度",
    "range": "分值范围",
    "replaces": "取代",
    "round": "计分周期",
    "standing": "排名",
    "task": "任务",
    "tiers": "党员类别",
    "title": "名称",
    "until": "停用日",
    "version": "版次",
    "weak_quarter_below": "季度低于",
    "word_of": "反馈部门",
    "zeroed": "积分清零",
    "words": "部门反馈",
    "year": "全年",
    "zeroing": "清零",
}
_WORD = re.compile(r"[a-z_]{3,}")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a fault is mended: the chapter, and the item or entry in it, empty for the chapter as a whole."""

    chapter: str
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault for people: what is wrong and what would be right in the words of the forms, and where to go.

    `line` is its line in the text; `spot` is None where it stands in the book above, which is mended there.
    """

    what: str
    remedy: str
    warning: bool
    line: int
    spot: Spot | None


def finding_of(fault: Fault, own: Node) -> Finding:
    """Return a fault as pages show it; `own` is the tree of the text in which it is looked for."""
    mine = fault.place.file == own.place.file
    spot = spot_of(own, fault.place) if mine else None
    return Finding(in_words(fault.what), in_words(fault.remedy), fault.warning, fault.place.line, spot)


def in_words(sentence: str) -> str:
    """Return a sentence about the file in the words of the forms; what has no other word stays as it is."""
    return _WORD.sub(lambda found: WORDS.get(found[0], found[0]), sentence)


def spot_of(root: Node, place: Place) -> Spot:
    """Return where the value at a place is mended: the last one that begins at or before its line."""
    sections = root.value if isinstance(root.value, dict) else {}
    before = [(node.place.line, key) for key, node in sections.items() if node.place.line <= place.line]
    if not before:
        return Spot("basics")
    _, key = max(before, key=lambda pair: pair[0])
    chapter = next((name for name, keys in CHAPTERS.items() if key in keys), "basics")
    return Spot(chapter, _entry(sections[key], place.line))


def _entry(section: Node, line: int) -> str:
    entries = section.value if isinstance(section.value, list) else []
    before = [node for node in entries if node.place.line <= line]
    if not before or not isinstance(before[-1].value, dict):
        return ""
    name = before[-1].value.get("id") or before[-1].value.get("name")
    return name.raw if name else ""
