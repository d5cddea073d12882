"""Taken lists: the columns of an appraisal's results, and what a result is in the points of a rule book."""

from collections.abc import Sequence
from decimal import Decimal

from shared.domain.cells import code_of, day_of, name_of, points_of
from shared.domain.imports import Column
from shared.domain.rules import Item, Kind

NOTHING = Decimal(0)
TAKEN_LIST: Sequence[Column] = (
    Column(
        "member_no", "编号", code_of, "名册上的编号；不填的按姓名找", "示例001", ("党员编号", "工号", "教职工号")
    ),
    Column("name", "姓名", name_of, "与名册一致", "示例甲", ("教师姓名", "党员姓名"), needed=True),
    Column(
        "points",
        "结果",
        points_of,
        "这项考核给的分数，按细则的分值填，不是百分制；基础分的条款填实得多少分",
        "9.5",
        ("得分", "分数", "成绩", "考核结果", "考核得分"),
        needed=True,
    ),
    Column("happened_on", "日期", day_of, "考核结果的日期，在本期之内；不填就是本期最后一天", "", ("考核日期",)),
)


def points_taken(item: Item, result: Decimal) -> Decimal | None:
    """Return what is entered for a result; None where nothing is: a base in full, or nought of what is earned.

    A base is granted in full and its entries are what is missing of it; more than all of it stays as it is, so
    that it is refused with its reason.
    """
    if item.kind is not Kind.BASE:
        return result or None
    missing = (item.points or NOTHING) - result
    return missing or None


def result_of(item: Item, points: Decimal | None) -> Decimal:
    """Return the result that an entry stands for."""
    entered = points or NOTHING
    return (item.points or NOTHING) - entered if item.kind is Kind.BASE else entered
