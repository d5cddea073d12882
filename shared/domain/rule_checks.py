"""The linter: pure checks of a whole rule book, each naming every fault it finds with its remedy."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain

from shared.domain.clauses import tier_fits
from shared.domain.grades import Ends, ends_of, stretches
from shared.domain.hundredths import points_of
from shared.domain.item_checks import ITEM_CHECKS
from shared.domain.procedure_checks import PROCEDURE_CHECKS
from shared.domain.procedures import Span
from shared.domain.records import Office
from shared.domain.rule_reach import attainable
from shared.domain.rule_text import Fault
from shared.domain.rules import Outcome, RuleBook

Check = Callable[[RuleBook], Iterator[Fault]]
AGES = range(16, 121)


def faults_of(book: RuleBook) -> list[Fault]:
    """Return all faults and warnings of a book, in the order of the checks."""
    return list(chain.from_iterable(check(book) for check in CHECKS))


def grades_leave_no_gap(book: RuleBook) -> Iterator[Fault]:
    """Every figure has exactly one grade."""
    if not book.bands:
        return
    for ends, bands in stretches(book.bands):
        if not bands:
            yield Fault(book.place_of("grades"), f"{_words(ends)}没有等次", "把相邻等次的界线接上")
        elif len(bands) > 1:
            names = "、".join(band.name for band in bands)
            yield Fault(bands[-1].place, f"{_words(ends)}同时属于 {names}", "让相邻等次的界线不重叠")


def grades_can_be_reached(book: RuleBook) -> Iterator[Fault]:
    """No grade lies where no figure can come."""
    lowest, highest = attainable(book)
    for band in book.bands:
        low, high = ends_of(band)
        if low is not None and high is not None and low > high:
            yield Fault(band.place, f"等次“{band.name}”里没有任何分值", "下界应低于上界")
        elif high is not None and lowest * 100 > high:
            yield Fault(band.place, f"等次“{band.name}”达不到：最低也有 {lowest} 分", "删去此等次或调整界线")
        elif low is not None and highest * 100 < low:
            yield Fault(band.place, f"等次“{band.name}”达不到：最高只有 {highest} 分", "删去此等次或调整界线")


def names_are_used_once(book: RuleBook) -> Iterator[Fault]:
    """No two grades, tiers or outcomes share a name."""
    named = (
        ("等次", [(band.name, band.place) for band in book.bands]),
        ("类别", [(tier.id, tier.place) for tier in book.tiers]),
        ("结果运用", [(outcome.id, outcome.place) for outcome in book.outcomes]),
    )
    for noun, pairs in named:
        counts = Counter(name for name, _ in pairs)
        for name, place in pairs:
            if counts[name] > 1:
                yield Fault(place, f"{noun}“{name}”重名", "每个名称只用一次")


def somebody_can_tell_members_apart(book: RuleBook) -> Iterator[Fault]:
    """A book has grades or a standing; an exempt member can only be given a grade."""
    if not book.bands and book.standing is None:
        yield Fault(book.place_of("book"), "既没有等次也没有排名", "写上 grades 或 standing")
    if book.exemption and not book.bands:
        yield Fault(book.place_of("exemption"), "免于计分的党员没有等次可评", "写上 grades")
    if book.exemption and book.factors:
        yield Fault(
            book.place_of("exemption"), "评议结果既作系数又作等次，分不清", "appraisal 与 exemption 只留一个"
        )


def factors_are_parts(book: RuleBook) -> Iterator[Fault]:
    """A factor leaves a part of the points, never more than all."""
    for result, factor in book.factors.items():
        if not 0 < factor <= 100:
            yield Fault(
                book.place_of("appraisal"), f"评议结果“{result}”的系数 {factor} 不对", "写 0 到 100 的百分数"
            )


def every_member_has_one_tier(book: RuleBook) -> Iterator[Fault]:
    """Each office, and none, at each age, belongs to exactly one tier."""
    if not book.tiers:
        return
    for office in (*Office, None):
        for age in AGES:
            fitting = [tier.id for tier in book.tiers if tier_fits(tier, office, age)]
            if len(fitting) != 1:
                who = f"{office or '无职务'}、{age} 岁的党员"
                what = f"{who}属于 {'、'.join(fitting)} 几类" if fitting else f"{who}不属于任何一类"
                yield Fault(book.place_of("tiers"), what, "让职务和年龄的条件不重不漏")
                break


def limits_make_sense(book: RuleBook) -> Iterator[Fault]:
    """Floor below ceiling, rounds of a month or quarter, days in order."""
    if book.round_span is Span.YEAR:
        yield Fault(book.place_of("round"), "计分周期不能是一年", "写 month 或 quarter")
    floor, ceiling = book.round_floor, book.round_ceiling
    if floor is not None and ceiling is not None and floor >= ceiling:
        yield Fault(book.place_of("round"), f"最低限额 {floor} 不低于最高限额 {ceiling}", "floor 应低于 ceiling")
    if book.effective_until and book.effective_until < book.effective_from:
        yield Fault(book.place_of("effective_until"), "停止施行早于开始施行", "改正日期")
    if book.year_base and book.tiers:
        yield Fault(book.place_of("tiers"), "全年基础分与类别基础分重复给予", "只留 year.base 或 tiers")


def outcomes_refer_to_what_is_there(book: RuleBook) -> Iterator[Fault]:
    """An outcome names a grade, an edge of the standing, a zeroed year or a weak quarter: at least one."""
    grades = {band.name for band in book.bands}
    for outcome in book.outcomes:
        for name in outcome.grades:
            if name not in grades:
                yield Fault(
                    outcome.place, f"结果运用“{outcome.id}”引用了没有的等次“{name}”", "写 grades 里有的等次"
                )
        if outcome.standing and book.standing is None:
            yield Fault(outcome.place, f"结果运用“{outcome.id}”按排名，而没有 standing", "写上 standing")
        if not _has_condition(outcome):
            remedy = "写上 grades、standing、zeroed 或 weak_quarter_below"
            yield Fault(outcome.place, f"结果运用“{outcome.id}”没有写明对谁", remedy)


def _has_condition(outcome: Outcome) -> bool:
    return bool(outcome.grades or outcome.standing or outcome.zeroed or outcome.weak_quarter_below is not None)


def _words(ends: Ends) -> str:
    low, high = ends
    if low is None and high is None:
        return "任何分值"
    if low is None:
        return f"{points_of(high or 0)} 分及以下"
    if high is None:
        return f"{points_of(low)} 分及以上"
    if low == high:
        return f"{points_of(low)} 分"
    return f"{points_of(low)} 分到 {points_of(high)} 分"


CHECKS: tuple[Check, ...] = (
    grades_leave_no_gap,
    grades_can_be_reached,
    names_are_used_once,
    somebody_can_tell_members_apart,
    factors_are_parts,
    every_member_has_one_tier,
    limits_make_sense,
    outcomes_refer_to_what_is_there,
    *ITEM_CHECKS,
    *PROCEDURE_CHECKS,
)
