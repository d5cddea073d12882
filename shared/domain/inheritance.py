"""Inheritance: a lower level's book laid over the one it inherits; what is locked stays as it is."""

from collections.abc import Callable
from decimal import Decimal

from shared.domain.procedures import Span
from shared.domain.rule_items import read_additions, read_item
from shared.domain.rule_section import Section
from shared.domain.rule_text import Fault, Node
from shared.domain.rules import Additions, Bounds, Item, Kind

OWN = ("book", "title", "version", "effective_from", "effective_until", "inherits")
JOINED = ("notes", "departments")
CHANGEABLE = ("points", "range", "caps", "title", "word_of", "evidence")
DEEPEST = 4

# Gives the tree of the book of that name, or None where there is none.
Find = Callable[[str, list[Fault]], Node | None]


def whole(root: Node, find: Find, faults: list[Fault], above: tuple[str, ...] = ()) -> Node:
    """Return the tree with everything that it inherits merged in; faults of either are added."""
    parent = root.value.get("inherits") if isinstance(root.value, dict) else None
    if parent is None:
        return root
    if parent.raw in above or len(above) >= DEEPEST:
        faults.append(Fault(parent.place, f"继承“{parent.raw}”绕了圈子或层次太多", "继承链最多四层，不能回到自己"))
        return root
    found = find(parent.raw, faults)
    if found is None:
        faults.append(Fault(parent.place, f"找不到所继承的规则“{parent.raw}”", "写已有规则的名称"))
        return root
    return merged(whole(found, find, faults, (*above, parent.raw)), root, faults)


def merged(parent: Node, overlay: Node, faults: list[Fault]) -> Node:
    """Return the parent's tree with the overlay's adds, drops and changes; each one refused is a fault."""
    section = Section(overlay, faults, "下级规则")
    inherited = Section(parent, [], "上级规则")
    items = {item.id: (item, node) for node in inherited.nodes("items") if (item := _item(node, []))}
    drops = _drops(section, items)
    changes = _changes(section, items)
    # What the book above was itself merged from is its own history: this one says what it inherits.
    result = {key: node for key, node in inherited.entries.items() if key != "merged_from"}
    result |= {key: node for key in OWN if (node := section.get(key))}
    for key in JOINED:
        if section.get(key):
            together = [*inherited.nodes(key), *section.nodes(key)]
            result[key] = Node(section.place(key), together)
    kept = [changes.get(name, node) for name, (_, node) in items.items() if name not in drops]
    adds = _adds(section, items, read_additions(inherited))
    result["items"] = Node(inherited.place("items"), [*kept, *adds])
    section.close()
    return Node(overlay.place, result)


def _item(node: Node, faults: list[Fault]) -> Item | None:
    return read_item(node, faults, Span.QUARTER)


def _drops(section: Section, items: dict[str, tuple[Item, Node]]) -> set[str]:
    dropped = set()
    for node in section.nodes("drops"):
        if _touchable(section, node, items, "取消"):
            dropped.add(node.raw)
    return dropped


def _touchable(section: Section, node: Node, items: dict[str, tuple[Item, Node]], verb: str) -> bool:
    found = items.get(node.raw)
    if found is None:
        section.fault(node.place, f"要{verb}的条款“{node.raw}”上级没有", "写上级规则里有的条款号")
        return False
    if found[0].locked:
        section.fault(node.place, f"条款“{node.raw}”已由上级锁定，不得{verb}", f"删去对“{node.raw}”的{verb}")
        return False
    return True


def _changes(section: Section, items: dict[str, tuple[Item, Node]]) -> dict[str, Node]:
    changed: dict[str, Node] = {}
    for part in section.sections("changes", "修改"):
        name = part.get("id")
        if name is None:
            part.missing("id", "A-01")
        elif _touchable(section, name, items, "修改"):
            changed[name.raw] = _changed(part, *items[name.raw])
    return changed


def _changed(part: Section, item: Item, node: Node) -> Node:
    entries = dict(node.value) if isinstance(node.value, dict) else {}
    for key, value in part.entries.items():
        if key == "id":
            continue
        if key not in CHANGEABLE:
            allowed = "、".join(CHANGEABLE)
            part.fault(value.place, f"条款“{item.id}”的“{key}”不能由下级修改", f"只能修改 {allowed}")
            continue
        entries[key] = value
    for key, other in (("points", "range"), ("range", "points")):
        if key in part.entries and other not in part.entries:
            entries.pop(other, None)
    after = Node(part.node.place, entries)
    _within_bounds(part, item, _item(after, []))
    return after


def _within_bounds(part: Section, before: Item, after: Item | None) -> None:
    if after is None:
        return
    if {"points", "range"} & set(part.entries):
        place = "points" if "points" in part.entries else "range"
        _bounded(part, place, before.id, _figures(after), before.bounds)
    if "caps" in part.entries:
        if {cap.per for cap in before.caps} - {cap.per for cap in after.caps}:
            part.fault(part.place("caps"), f"条款“{before.id}”的上限被取消", "保留上级规定的每一种上限")
        _bounded(part, "caps", before.id, [cap.points for cap in after.caps], before.cap_bounds)


def _figures(item: Item) -> list[Decimal]:
    ends = [item.range.low, item.range.high] if item.range else [item.points]
    return [end if end is not None else Decimal("Infinity") for end in ends]


def _bounded(part: Section, key: str, name: str, figures: list[Decimal], bounds: Bounds | None) -> None:
    if bounds is None:
        part.fault(part.place(key), f"条款“{name}”的“{key}”没有可调范围，不得修改", "删去这一修改")
    elif any(not bounds.least <= figure <= bounds.most for figure in figures):
        allowed = f"改在 {bounds.least} 到 {bounds.most} 之间"
        part.fault(part.place(key), f"条款“{name}”的“{key}”超出上级给出的范围", allowed)


def _adds(section: Section, items: dict[str, tuple[Item, Node]], allowed: Additions | None) -> list[Node]:
    added = []
    for node in section.nodes("adds"):
        item = _item(node, [])
        if item is not None and item.id in items:
            section.fault(node.place, f"新增条款“{item.id}”与上级条款重号", "换一个条款号")
            continue
        if item is not None:
            _addable(section, item, allowed)
        added.append(node)
    return added


def _addable(section: Section, item: Item, allowed: Additions | None) -> None:
    if allowed is None:
        section.fault(item.place, f"上级没有允许新增条款（“{item.id}”）", "删去新增，或请上级写明 additions")
        return
    if item.kind not in allowed.kinds:
        kinds = "、".join(allowed.kinds)
        section.fault(item.place, f"新增条款“{item.id}”的种类 {item.kind} 不被允许", f"只能是 {kinds}")
    figures = [] if item.kind is Kind.ZEROING else _figures(item)
    if any(not allowed.bounds.least <= figure <= allowed.bounds.most for figure in figures):
        least, most = allowed.bounds.least, allowed.bounds.most
        section.fault(item.place, f"新增条款“{item.id}”的分值超出上级给出的范围", f"改在 {least} 到 {most} 之间")
