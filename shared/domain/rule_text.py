"""The text of a rule book: YAML as a tree in which every value knows its file and line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import yaml

from shared.domain.errors import Refusal
from shared.domain.rules import Place

Scalar = str | Decimal | bool | date | None
LONGEST_TEXT = 1_000_000
DEEPEST = 12
# libyaml where PyYAML was built with it: a book is checked in a tenth of the time.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a rule book: where, what, and what would be right."""

    place: Place
    what: str
    remedy: str
    warning: bool = False

    def __str__(self) -> str:
        word = "提醒" if self.warning else "错误"
        return f"{self.place.file}:{self.place.line}: {word}：{self.what}；{self.remedy}"


class Unreadable(Refusal):
    """The text is no YAML mapping at all, so nothing in it can be checked."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Node:
    """A value, where it stands, and the text it was written as ('' for lists and mappings)."""

    place: Place
    value: "Scalar | list[Node] | dict[str, Node]"
    raw: str = ""


def parse(text: str, file: str, faults: list[Fault]) -> Node:
    """Return the tree of a rule book's text; keys given twice are added to `faults`.

    Raises Unreadable where the text is no YAML mapping. Anchors are refused: with them a
    book can be short to write and endless to read.
    """
    try:
        if len(text) > LONGEST_TEXT:
            raise _unreadable(file, 1, "文件太大", "规则文件不超过一百万字")
        _refuse_aliases_and_depth(text, file)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        # Where a bracket is never closed, libyaml names the line after the last one: nobody can look there.
        line = min(_line(error.problem_mark or error.context_mark), len(text.splitlines()))
        raise _unreadable(file, line, "不是合法的 YAML", "检查此行的缩进、冒号、引号和括号") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _unreadable(file, 1, "不是合法的 YAML 文本", "用 UTF-8 编码的 YAML 重新保存") from error
    if not isinstance(root, yaml.MappingNode):
        raise _unreadable(file, 1, "文件里没有规则", "以 `book: 名称` 等键值开头")
    return _tree(root, Place(file, 1), faults, DEEPEST)


def _unreadable(file: str, line: int, what: str, remedy: str) -> Unreadable:
    return Unreadable(Fault(Place(file, line), what, remedy))


def _line(mark: Any) -> int:
    return mark.line + 1 if mark else 1


def _refuse_aliases_and_depth(text: str, file: str) -> None:
    """Before the tree is built: libyaml goes as deep as the text does, and has no limit of its own."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise _unreadable(file, _line(event.start_mark), "用了 YAML 别名", "把内容原样写出来，不用 * 和 &")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise _unreadable(file, _line(event.start_mark), "层次太深", f"最多 {DEEPEST} 层")


def _tree(node: yaml.Node, place: Place, faults: list[Fault], depth: int) -> Node:
    if isinstance(node, yaml.MappingNode):
        return Node(place, dict(_entries(node, place.file, faults, depth)))
    if isinstance(node, yaml.SequenceNode):
        children = [
            _tree(child, Place(place.file, _line(child.start_mark)), faults, depth - 1) for child in node.value
        ]
        return Node(place, children)
    return Node(place, _scalar(node), str(node.value))


def _entries(node: yaml.MappingNode, file: str, faults: list[Fault], depth: int) -> Iterator[tuple[str, Node]]:
    seen: dict[str, int] = {}
    for key, child in node.value:
        name, place = str(key.value), Place(file, _line(key.start_mark))
        if name in seen:
            faults.append(Fault(place, f"“{name}”写了两次", f"第 {seen[name]} 行已有，只留一处"))
            continue
        seen[name] = place.line
        yield name, _tree(child, place, faults, depth - 1)


def _scalar(node: yaml.Node) -> Scalar:
    kind, text = node.tag.rpartition(":")[2], str(node.value)
    if kind in {"int", "float"} and NUMBER.fullmatch(text):
        return Decimal(text)
    if kind == "bool":
        return text.lower() in {"yes", "true", "on"}
    if kind == "null":
        return None
    return _day(text) if kind == "timestamp" else text


def _day(text: str) -> Scalar:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else text
    except ValueError:
        return text
