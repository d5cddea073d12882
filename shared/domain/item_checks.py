"""The linter's checks of items: points that fit the kind, caps that can be kept, references that exist."""

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal

from shared.domain.rule_text import Fault
from shared.domain.rules import Bounds, Item, Kind, RuleBook, Scope

GAINS = {Kind.TASK, Kind.BONUS}


def points_fit_the_kind(book: RuleBook) -> Iterator[Fault]:
    """A zeroing item has no points, a base item fixed ones, any other either fixed ones or a range."""
    for item in book.items.values():
        stated = (item.points is not None) + (item.range is not None)
        if item.kind is Kind.ZEROING and (stated or item.caps):
            yield Fault(item.place, f"条款“{item.id}”是清零，不应有分值或上限", "删去 points、range、caps")
        elif item.kind is Kind.BASE and (item.points is None or item.range):
            yield Fault(item.place, f"条款“{item.id}”是基础分，要有固定分值", "写 points，不写 range")
        elif item.kind is not Kind.ZEROING and stated != 1:
            yield Fault(item.place, f"条款“{item.id}”的分值不明", "points 和 range 写一个且只写一个")


def ranges_are_not_empty(book: RuleBook) -> Iterator[Fault]:
    """A range has room between its ends."""
    for item in book.items.values():
        span = item.range
        if span is None or span.high is None:
            continue
        if span.low > span.high or (span.low == span.high and not span.low_included):
            yield Fault(item.place, f"条款“{item.id}”的分值范围是空的", "most 应大于 least 或 above")


def caps_can_be_kept(book: RuleBook) -> Iterator[Fault]:
    """One cap a span, none below what a single row gives, and none missing where a range has no end."""
    for item in book.items.values():
        for span, times in Counter(cap.per for cap in item.caps).items():
            if times > 1:
                yield Fault(item.place, f"条款“{item.id}”对同一时段（{span}）写了两个上限", "只留一个")
        single = item.points if item.range is None else item.range.high
        for cap in item.caps:
            if single is not None and cap.points < single:
                what = f"条款“{item.id}”单次 {single} 分，超过自己的上限 {cap.points} 分"
                yield Fault(item.place, what, "上限不低于单次分值", warning=True)
        if item.kind in GAINS and item.range and single is None and not (item.caps or item.decision):
            yield Fault(item.place, f"条款“{item.id}”的分值没有尽头", "写上 caps、most，或要求 decision: yes")


def scopes_fit_the_kind(book: RuleBook) -> Iterator[Fault]:
    """Only what is earned or lost by rows can count for the year; a base is granted in each round."""
    for item in book.items.values():
        if item.scope is Scope.YEAR and item.kind in {Kind.BASE, Kind.ZEROING}:
            yield Fault(item.place, f"条款“{item.id}”不能只计入全年", "删去 counts: year")


def references_lead_somewhere(book: RuleBook) -> Iterator[Fault]:
    """What an item replaces, its aspect and its department are in the book."""
    for item in book.items.values():
        if item.replaces is not None:
            yield from _replacing(book, item)
        if item.aspect is not None and item.aspect not in book.aspects:
            yield Fault(
                item.place, f"条款“{item.id}”的类别“{item.aspect}”不在 aspects 里", "写 aspects 里有的类别"
            )
        if item.word_of is not None and item.word_of not in book.departments:
            what = f"条款“{item.id}”的部门“{item.word_of}”不在 departments 里"
            yield Fault(item.place, what, "写 departments 里有的部门")
        if item.word_of is not None and not book.procedure.words:
            yield Fault(item.place, f"条款“{item.id}”要部门反馈，而程序里没有", "在 procedure 写 words: yes")


def _replacing(book: RuleBook, item: Item) -> Iterator[Fault]:
    other = book.items.get(item.replaces or "")
    if other is None:
        yield Fault(item.place, f"条款“{item.id}”取代的“{item.replaces}”不存在", "写本细则里有的条款号")
    elif other.id == item.id or {item.kind, other.kind} - GAINS:
        yield Fault(item.place, f"条款“{item.id}”不能取代“{other.id}”", "加分条款只能取代另一个加分条款")
    elif item.points is not None and other.points is not None and item.points < other.points:
        yield Fault(item.place, f"条款“{item.id}”的分值低于它取代的“{other.id}”", "分值不低于被取代的条款")


def taken_figures_have_room(book: RuleBook) -> Iterator[Fault]:
    """A figure of another appraisal is part of a base or a range, and comes in no other way."""
    for item in book.items.values():
        if item.taken_from is None:
            continue
        if item.kind is not Kind.BASE and item.range is None:
            yield Fault(item.place, f"条款“{item.id}”取自已有的考核，而分值固定", "写 range，或改为 kind: base")
        if item.word_of or item.replaces or item.decision:
            what = f"条款“{item.id}”取自已有的考核，又要反馈、集体决定或取代别的条款"
            yield Fault(item.place, what, "只留 taken_from")


def dates_are_in_order(book: RuleBook) -> Iterator[Fault]:
    """An item starts before it ends, and its time touches the book's."""
    for item in book.items.values():
        if item.starts and item.ends and item.starts > item.ends:
            yield Fault(item.place, f"条款“{item.id}”的 from 晚于 until", "改正日期")
        too_early = item.ends and item.ends < book.effective_from
        too_late = item.starts and book.effective_until and item.starts > book.effective_until
        if too_early or too_late:
            yield Fault(item.place, f"条款“{item.id}”在本细则施行期内从不有效", "改正日期或删去此条")


def bounds_hold_the_figure(book: RuleBook) -> Iterator[Fault]:
    """Bounds are in order and hold the item's own figure; what is locked has none."""
    for item in book.items.values():
        figures = [item.points] if item.points is not None else []
        if item.range is not None:
            figures = [end for end in (item.range.low, item.range.high) if end is not None]
        caps = [cap.points for cap in item.caps]
        for bounds, held in ((item.bounds, figures), (item.cap_bounds, caps)):
            if bounds is not None and not all(_holds(bounds, figure) for figure in held):
                yield Fault(item.place, f"条款“{item.id}”的分值在自己的可调范围之外", "让范围包住现有分值")
            if bounds is not None and bounds.least > bounds.most:
                yield Fault(item.place, f"条款“{item.id}”的可调范围颠倒了", "least 不大于 most")
            if bounds is not None and item.locked:
                yield Fault(item.place, f"条款“{item.id}”既锁定又给出可调范围", "只留 locked 或 bounds")


def _holds(bounds: Bounds, figure: Decimal) -> bool:
    return bounds.least <= figure <= bounds.most


ITEM_CHECKS: tuple[Callable[[RuleBook], Iterator[Fault]], ...] = (
    points_fit_the_kind,
    ranges_are_not_empty,
    caps_can_be_kept,
    scopes_fit_the_kind,
    references_lead_somewhere,
    taken_figures_have_room,
    dates_are_in_order,
    bounds_hold_the_figure,
)
