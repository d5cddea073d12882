"""Balance lists: the columns of what members had in the years before the system, as some list holds it."""

import re
from collections.abc import Sequence

from shared.domain.cells import Unread, code_of, figure_of, name_of, plain, text_of
from shared.domain.imports import Column

_YEAR = re.compile(r"(20\d\d)\s*(?:年度?)?")


def year_of(written: str) -> str:
    """Return a year of four digits."""
    found = _YEAR.fullmatch(plain(written))
    if found is None:
        raise Unread(f"“{plain(written)}”不是年度", "写四位数字，如 2024")
    return found[1]


BALANCE_LIST: Sequence[Column] = (
    Column("member_no", "编号", code_of, "名册上的编号；不填的按姓名找", "示例001", ("党员编号", "党员号")),
    Column("name", "姓名", name_of, "与名册一致", "示例甲", ("党员姓名",), needed=True),
    Column("year", "年度", year_of, "启用本系统以前的年度", "2024", ("年份", "年"), needed=True),
    Column("points", "年度积分", figure_of, "当年公布的积分", "86.5", ("积分", "全年积分", "得分"), needed=True),
    Column("grade", "等次", text_of, "当年公布的等次，用细则里的名称；没有评等次的不填", "", ("评议等次", "结果")),
)
