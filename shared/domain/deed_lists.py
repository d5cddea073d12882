"""Deed lists: the columns of what officers enter from paper in one sheet: attendance, other records, claims."""

from collections.abc import Sequence

from shared.domain.cells import code_of, day_of, name_of, points_of, text_of
from shared.domain.imports import Column

WHO = frozenset({"member_no", "name"})
DEED_LIST: Sequence[Column] = (
    Column("member_no", "编号", code_of, "名册上的编号；不填的按姓名找", "示例001", ("党员编号", "党员号")),
    Column("name", "姓名", name_of, "与名册一致", "示例甲", ("党员姓名", "申报人", "申请人"), needed=True),
    Column(
        "item",
        "项目",
        text_of,
        "积分细则里的项目，从下拉表里选；没有要登记的整行空着",
        "",
        ("积分项目", "事项", "申报项目", "申请项目"),
        needed=True,
    ),
    Column(
        "happened_on",
        "日期",
        day_of,
        "事情发生的日期，在本期之内",
        "2026年1月1日",
        ("时间", "发生日期", "会议日期"),
        needed=True,
    ),
    Column(
        "text",
        "事由",
        text_of,
        "做了什么，或什么会议",
        "参加示例活动",
        ("内容", "做了什么", "说明", "会议"),
        needed=True,
    ),
    Column("points", "分数", points_of, "固定分值的项目不填；扣分也写正数", "", ("分值", "申报分数", "积分")),
    Column("decision", "会议记录编号", text_of, "要集体决定的项目才填", "", ("会议记录", "会议纪要", "依据")),
)
