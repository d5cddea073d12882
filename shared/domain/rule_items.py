"""Reading a book's items: each clause with its kind, points, caps and conditions."""

from decimal import Decimal

from shared.domain.procedures import Span
from shared.domain.records import MemberClass
from shared.domain.rule_section import Section
from shared.domain.rule_text import Fault, Node
from shared.domain.rules import Additions, Bounds, Cap, Item, Kind, Mark, Range, Scope


def read_items(book: Section, round_span: Span) -> dict[str, Item]:
    """Return the items by id, in the book's order; an id used twice is a fault and the first one stays."""
    items: dict[str, Item] = {}
    for node in book.nodes("items"):
        item = read_item(node, book.faults, round_span)
        if item is None:
            continue
        if item.id in items:
            first = items[item.id].place
            book.fault(item.place, f"条款号“{item.id}”重复", f"{first.file} 第 {first.line} 行已用，换一个号")
            continue
        items[item.id] = item
    if not items:
        book.missing("items", "[...]")
    return items


def read_item(node: Node, faults: list[Fault], round_span: Span) -> Item | None:
    """Return one item, or None where it has no id; faults are added."""
    section = Section(node, faults, "条款")
    name = section.text("id")
    if name is None:
        section.missing("id", "A-01")
        return None
    section.noun = f"条款 {name} "
    kind = section.choice("kind", Kind)
    if section.get("kind") is None:
        section.missing("kind", " | ".join(Kind))
    title = section.text("title")
    if title is None:
        section.missing("title", "条款名称")
    return _item(section, name, kind or Kind.BONUS, title or name, round_span)


def _item(section: Section, name: str, kind: Kind, title: str, round_span: Span) -> Item:
    item = Item(
        id=name,
        title=title,
        kind=kind,
        points=section.number("points", Decimal("0.01")),
        range=_range(section),
        caps=_caps(section, round_span),
        scope=section.choice("counts", Scope) or Scope.ROUND,
        aspect=section.text("aspect"),
        classes=section.choices("classes", MemberClass),
        starts=section.day("from"),
        ends=section.day("until"),
        decision=section.flag("decision"),
        replaces=section.text("replaces"),
        word_of=section.text("word_of"),
        evidence=section.text("evidence"),
        taken_from=section.text("taken_from"),
        locked=section.flag("locked"),
        bounds=read_bounds(section, "bounds"),
        cap_bounds=read_bounds(section, "cap_bounds"),
        mark=section.choice("mark", Mark),
        place=section.node.place,
    )
    section.close()
    return item


def _range(section: Section) -> Range | None:
    part = section.section("range", f"{section.noun}的分值范围")
    if part is None:
        return None
    above, least, most = part.number("above"), part.number("least"), part.number("most")
    low = above if least is None else least
    if low is None:
        part.missing("least", "1")
    if above is not None and least is not None:
        part.fault(part.place("above"), f"{part.noun}既有 above 又有 least", "只留一个")
    part.close()
    return None if low is None else Range(low, least is not None, most)


def _caps(section: Section, round_span: Span) -> tuple[Cap, ...]:
    caps = []
    for part in section.sections("caps", f"{section.noun}的上限"):
        points = part.number("points", Decimal("0.01"))
        node = part.get("per")
        per = round_span if node and node.raw == "round" else part.choice("per", Span)
        if points is None and part.get("points") is None:
            part.missing("points", "10")
        if per is None and node is None:
            part.missing("per", "round | month | quarter | year")
        part.close()
        if points is not None and per is not None:
            caps.append(Cap(per, points))
    return tuple(caps)


def read_bounds(section: Section, key: str) -> Bounds | None:
    """Return the figures between which a level below may change something."""
    part = section.section(key, f"{section.noun}的可调范围")
    if part is None:
        return None
    least, most = part.number("least"), part.number("most")
    part.close()
    if least is None or most is None:
        part.fault(part.node.place, f"{part.noun}不完整", "写成 {least: 1, most: 5}")
        return None
    return Bounds(least, most)


def read_additions(book: Section) -> Additions | None:
    """Return what a level below may add."""
    part = book.section("additions", "可增加的条款")
    if part is None:
        return None
    kinds, bounds = part.choices("kinds", Kind), read_bounds(part, "points")
    part.close()
    if not kinds or bounds is None:
        part.fault(part.node.place, "可增加的条款写得不完整", "写上 kinds 和 points: {least: …, most: …}")
        return None
    return Additions(kinds, bounds)
