"""A rule book in words: what an item is worth, which figures a grade takes in, for people to read."""

from decimal import Decimal

from shared.domain.procedures import Body, Span
from shared.domain.rules import Band, Cap, Item, Kind, Mark, RuleBook, YearFigure

SPANS = {Span.MONTH: "每月", Span.QUARTER: "每季度", Span.YEAR: "每年"}
KINDS = {
    Kind.BASE: "基础",
    Kind.TASK: "任务",
    Kind.BONUS: "加分",
    Kind.DEDUCTION: "扣分",
    Kind.ZEROING: "清零",
}
MARKS = {Mark.SEED: "原文", Mark.PINNED: "补定", Mark.DRAFT: "草拟"}
BODIES = {
    Body.COMMITTEE: "支部委员会",
    Body.OFFICE: "综合部",
    Body.SCORING_GROUP: "评议小组",
    Body.DISCIPLINE: "纪检委员",
    Body.MEMBERS_MEETING: "党员大会",
    Body.PARENT: "上级党组织",
}


def number(points: Decimal) -> str:
    """Write points as people do: 5, 0.5, 12.25."""
    text = f"{points:.2f}".rstrip("0").rstrip(".")
    return text or "0"


def worth(item: Item) -> str:
    """Return what an item is worth: 每次 2 分，每年至多 10 分."""
    parts = [single(item), *(_cap(cap) for cap in item.caps)]
    if item.replaces:
        parts.append(f"取代 {item.replaces} 已计的分")
    if item.decision:
        parts.append("须有集体决定")
    if item.classes:
        parts.append("限" + "、".join(item.classes))
    if item.word_of:
        parts.append(f"由{item.word_of}反馈")
    if item.taken_from:
        parts.append(f"取自“{item.taken_from}”的结果")
    return "，".join(parts)


def single(item: Item) -> str:
    """Return what one row of an item gives: 每次 2 分, 每次 1 至 5 分."""
    if item.kind is Kind.ZEROING:
        return "全年积分清零"
    if item.kind is Kind.BASE:
        return f"每期 {number(item.points or Decimal(0))} 分，有缺失的据实扣减"
    if item.points is not None:
        return f"每次 {number(item.points)} 分"
    if item.range is None:
        return "分值不明"
    low = number(item.range.low) if item.range.low_included else f"高于 {number(item.range.low)}"
    if item.range.high is None:
        return f"每次 {low} 分" + ("及以上" if item.range.low_included else "")
    return f"每次 {low} 至 {number(item.range.high)} 分"


def _cap(cap: Cap) -> str:
    return f"{SPANS[cap.per]}至多 {number(cap.points)} 分"


def figures(band: Band) -> str:
    """Return the figures that earn a grade: 80 分及以上、90 分以下."""
    low = high = ""
    if band.low is not None:
        low = f"{number(band.low)} 分及以上" if band.low_included else f"高于 {number(band.low)} 分"
    if band.high is not None:
        high = f"{number(band.high)} 分及以下" if band.high_included else f"{number(band.high)} 分以下"
    return "、".join(part for part in (low, high) if part) or "不限"


def year_words(book: RuleBook) -> str:
    """Return how a year's points are made, in one sentence."""
    parts = ["各期积分的平均数" if book.year_figure is YearFigure.MEAN else "各期积分之和"]
    if book.year_base:
        parts.append(f"全年基础分 {number(book.year_base)} 分")
    if book.tiers:
        parts.append("类别基础分")
    text = "全年积分 = " + " + ".join(parts)
    if book.factors:
        text += "；按民主评议结果折算：" + "、".join(f"{k} {number(v)}%" for k, v in book.factors.items())
    if book.year_ceiling is not None:
        text += f"；超过 {number(book.year_ceiling)} 分的部分为奖励积分"
    return text
