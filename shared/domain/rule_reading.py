"""Reading a rule book: from its tree to the typed book, noting every fault and going on."""

from datetime import date
from decimal import Decimal

from shared.domain.procedures import Body, Span
from shared.domain.records import MemberClass, Office
from shared.domain.rule_items import read_additions, read_items
from shared.domain.rule_procedure import read_procedure
from shared.domain.rule_section import Section
from shared.domain.rule_text import Fault, Node
from shared.domain.rules import Band, Edge, Mark, Note, Outcome, RuleBook, Standing, Tier, YearFigure

NEEDED = {"book": "名称", "title": "标题", "version": "1", "effective_from": "2020-01-01"}
ZERO = Decimal(0)


def read(root: Node, faults: list[Fault]) -> RuleBook:
    """Return the book that `root` describes, as far as it can be read; faults are added, all of them."""
    book = Section(root, faults, "规则")
    for key, example in NEEDED.items():
        if book.get(key) is None:
            book.missing(key, example)
    round_ = _part(book, "round", "{span: quarter}")
    year = _part(book, "year", "{rounds: sum}")
    span = _span(round_)
    found = RuleBook(
        id=book.text("book") or "",
        title=book.text("title") or "",
        version=book.whole("version", 1) or 1,
        effective_from=book.day("effective_from") or date.min,
        effective_until=book.day("effective_until"),
        round_span=span,
        round_base=round_.number("base") or ZERO,
        round_floor=round_.number("floor", None),
        round_ceiling=round_.number("ceiling", None),
        year_figure=year.choice("rounds", YearFigure) or YearFigure.SUM,
        year_base=year.number("base") or ZERO,
        year_ceiling=year.number("ceiling"),
        items=read_items(book, span),
        bands=tuple(_band(part) for part in book.sections("grades", "等次")),
        tiers=tuple(_tier(part) for part in book.sections("tiers", "类别")),
        factors=_factors(book),
        exemption=book.flag("exemption"),
        aspects=book.texts("aspects"),
        departments=book.texts("departments"),
        duties=_duties(book),
        standing=_standing(book),
        outcomes=tuple(_outcome(part) for part in book.sections("outcomes", "结果运用")),
        additions=read_additions(book),
        inherits=book.text("inherits") or book.text("merged_from"),
        notes=tuple(_note(part) for part in book.sections("notes", "说明")),
        procedure=read_procedure(book, span),
        places={key: node.place for key, node in book.entries.items()},
    )
    for section in (round_, year, book):
        section.close()
    return found


def _part(book: Section, key: str, example: str) -> Section:
    part = book.section(key, f"“{key}”")
    if part is None:
        book.missing(key, example)
        return Section(Node(book.place(key), {}), book.faults, f"“{key}”")
    return part


def _span(round_: Section) -> Span:
    span = round_.choice("span", Span)
    if span is None and round_.get("span") is None:
        round_.missing("span", "month | quarter")
    return span or Span.QUARTER


def _band(part: Section) -> Band:
    name = part.text("name")
    if name is None:
        part.missing("name", "优秀")
    low, above = part.number("from", None), part.number("above", None)
    high, below = part.number("to", None), part.number("below", None)
    for one, other in (("from", "above"), ("to", "below")):
        if part.get(one) is not None and part.get(other) is not None:
            part.fault(part.place(one), f"等次“{name}”既有 {one} 又有 {other}", "只留一个")
    part.close()
    return Band(
        name=name or "",
        low=above if low is None else low,
        low_included=low is not None,
        high=below if high is None else high,
        high_included=high is not None,
        place=part.node.place,
    )


def _tier(part: Section) -> Tier:
    name, base = part.text("id"), part.number("base")
    for key, value in (("id", name), ("base", base)):
        if value is None and part.get(key) is None:
            part.missing(key, "1")
    tier = Tier(
        id=name or "",
        title=part.text("title") or "",
        base=base or ZERO,
        offices=part.choices("offices", Office),
        no_office=part.flag("no_office"),
        age_from=part.whole("age_from"),
        age_below=part.whole("age_below"),
        place=part.node.place,
    )
    part.close()
    return tier


def _factors(book: Section) -> dict[str, Decimal]:
    part = book.section("appraisal", "民主评议系数")
    if part is None:
        return {}
    found = {key: part.number(key) for key in part.entries}
    return {key: value for key, value in found.items() if value is not None}


def _duties(book: Section) -> dict[MemberClass, str]:
    part = book.section("duties", "各类党员的基本要求")
    if part is None:
        return {}
    found = {class_: part.text(class_) for class_ in MemberClass}
    part.close()
    return {class_: text for class_, text in found.items() if text is not None}


def _standing(book: Section) -> Standing | None:
    part = book.section("standing", "排名")
    if part is None:
        return None
    standing = Standing(part.whole("first") or 0, part.whole("last") or 0)
    part.close()
    return standing


def _outcome(part: Section) -> Outcome:
    body = part.choice("body", Body)
    for key, example in (("id", "praise"), ("title", "做什么"), ("body", " | ".join(Body))):
        if part.get(key) is None:
            part.missing(key, example)
    outcome = Outcome(
        id=part.text("id") or "",
        title=part.text("title") or "",
        body=body or Body.COMMITTEE,
        grades=part.texts("grades"),
        standing=part.choice("standing", Edge),
        zeroed=part.flag("zeroed"),
        weak_quarter_below=part.number("weak_quarter_below"),
        probationary=part.flag("probationary"),
        times=part.whole("times", 1) or 1,
        months=part.whole("months", 1),
        choices=part.texts("choices"),
        bars=part.texts("bars"),
        place=part.node.place,
    )
    part.close()
    return outcome


def _note(part: Section) -> Note:
    mark, text = part.choice("mark", Mark), part.text("text")
    if text is None:
        part.missing("text", "一句话")
    part.close()
    return Note(mark or Mark.DRAFT, text or "")
