"""Differences between two versions of a clause, each in a few plain words: 每次 2 分 → 3 分."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from shared.domain.periods import day_in_words
from shared.domain.procedures import Span
from shared.domain.rule_words import KINDS, MARKS, SPANS, number, single
from shared.domain.rules import Bounds, Item, Kind, Range, Scope

SCOPES = {Scope.ROUND: "当期", Scope.YEAR: "全年"}


def item_differences(before: Item, after: Item) -> list[str]:
    """Return what has changed from one version of an item to the other; none where nothing has."""
    return [
        *_worth(before, after),
        *_caps(before, after),
        *(
            said
            for field, (label, words) in WORDED.items()
            for said in changed(label, getattr(before, field), getattr(after, field), words)
        ),
    ]


def changed(label: str, before: Any, after: Any, words: Callable[[Any], str] = str) -> Iterator[str]:
    """Yield what has become of one value: 新增, 取消, or from → to; nothing where it is the same."""
    if before == after:
        return
    if after is True or after is False:
        yield f"改为{label}" if after else f"不再{label}"
    elif _nothing(before):
        yield f"新增{label} {words(after)}"
    elif _nothing(after):
        yield f"取消{label} {words(before)}"
    else:
        yield f"{label} {words(before)} → {words(after)}"


def _nothing(value: Any) -> bool:
    return value is None or value in ((), "")


def _worth(before: Item, after: Item) -> Iterator[str]:
    if before.kind is not after.kind:
        yield f"{KINDS[before.kind]} → {KINDS[after.kind]}"
    if (before.points, before.range) == (after.points, after.range):
        return
    if before.points is not None and after.points is not None and not before.range and not after.range:
        each = "每期" if after.kind is Kind.BASE else "每次"
        yield f"{each} {number(before.points)} 分 → {number(after.points)} 分"
    else:
        yield f"{_asked(before)} → {_asked(after)}"


def _asked(item: Item) -> str:
    """A range and a fixed figure in one line, also where a book wrongly has both or neither."""
    said = single(item)
    if item.points is not None and item.range is not None:
        said += f"（范围 {_range(item.range)}）"
    return said


def _range(given: Range) -> str:
    low = number(given.low) if given.low_included else f"高于 {number(given.low)}"
    return f"{low} 至 {number(given.high)}" if given.high is not None else f"{low} 起"


def _caps(before: Item, after: Item) -> Iterator[str]:
    old, new = _by_span(before), _by_span(after)
    for span in Span:
        if old.get(span) != new.get(span):
            yield from changed(f"{SPANS[span]}上限", _sum(old, span), _sum(new, span))


def _by_span(item: Item) -> Mapping[Span, list[Decimal]]:
    found: dict[Span, list[Decimal]] = {}
    for cap in item.caps:
        found.setdefault(cap.per, []).append(cap.points)
    return found


def _sum(caps: Mapping[Span, list[Decimal]], span: Span) -> str:
    return "、".join(f"{number(points)} 分" for points in caps.get(span, ()))


def bounds_in_words(bounds: Bounds) -> str:
    """Return bounds as people read them: 1 至 3 分."""
    return f"{number(bounds.least)} 至 {number(bounds.most)} 分"


def _day(day: date) -> str:
    return day_in_words(day)


def _joined(words: tuple[str, ...]) -> str:
    return "、".join(words)


def _quoted(words: str) -> str:
    return f"“{words}”"


# Every field of an item that is not its worth, its caps or its place: its label and how its value is said.
WORDED: Mapping[str, tuple[str, Callable[[Any], str]]] = {
    "title": ("名称", _quoted),
    "scope": ("计入", lambda scope: SCOPES[scope]),
    "aspect": ("方面", _quoted),
    "classes": ("适用党员", _joined),
    "starts": ("起用日", _day),
    "ends": ("停用日", _day),
    "decision": ("须有集体决定", str),
    "replaces": ("取代条款", str),
    "word_of": ("反馈部门", str),
    "evidence": ("要求的证明", _quoted),
    "taken_from": ("取自", _quoted),
    "locked": ("锁定，下级不得改动", str),
    "bounds": ("下级可调的分值", bounds_in_words),
    "cap_bounds": ("下级可调的上限", bounds_in_words),
    "mark": ("出处", lambda mark: MARKS[mark]),
}
