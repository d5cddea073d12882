"""Rosters: the columns of a list of members, and the columns of a list of organisations."""

from collections.abc import Callable, Mapping, Sequence

from shared.domain.cells import code_of, day_of, name_of, one_of, phone_of, text_of, yes_of
from shared.domain.imports import ID_NUMBER, Column
from shared.domain.records import MemberClass, Office

CLASSES = tuple(MemberClass)
OFFICES = tuple(Office)
_CLASS_WORDS = {
    "流动": "流动党员",
    "外出流动党员": "流动党员",
    "普通": "普通党员",
    "干部": "村组干部",
    "村干部": "村组干部",
}
_OFFICE_WORDS = {
    "书记": "支部书记",
    "党支部书记": "支部书记",
    "支委": "委员",
    "支部委员": "委员",
    "主任": "村主任",
}


def known(words: Sequence[str], others: Mapping[str, str]) -> Callable[[str], str]:
    """Return how a cell is read that holds one of these words."""
    return lambda written: one_of(written, words, others)


BRANCH = Column(
    "branch",
    "所在支部",
    text_of,
    "支部的名称或编码，与组织架构里的一致",
    "示例村党支部",
    ("支部", "党支部", "所在党支部", "所属支部", "所属党支部", "支部名称", "支部编码", "党组织", "所在党组织"),
    needed=True,
)
ROSTER: Sequence[Column] = (
    Column(
        "member_no",
        "编号",
        code_of,
        "支部内不重复；不填的由系统接着编；不要用身份证号",
        "001",
        ("党员编号", "党员号", "人员编号"),
    ),
    Column(
        "name", "姓名", name_of, "填上姓名，少数民族姓名中间用“·”", "示例甲", ("党员姓名", "名字"), needed=True
    ),
    Column(
        "birth_date",
        "出生日期",
        day_of,
        "填上出生日期，如 1970年3月1日；只知道月份的写 1970年3月",
        "1970年3月1日",
        ("出生年月", "出生年月日", "出生", "生日", "出生时间"),
        needed=True,
    ),
    Column(
        "class",
        "类别",
        known(CLASSES, _CLASS_WORDS),
        "不填的算普通党员",
        "普通党员",
        ("党员类别", "积分类别", "分类"),
        choices=CLASSES,
    ),
    Column(
        "office",
        "职务",
        known(OFFICES, _OFFICE_WORDS),
        "没有职务的不填",
        "委员",
        ("党内职务", "支部职务", "担任职务", "现任职务"),
        choices=OFFICES,
    ),
    Column(
        "group",
        "党小组",
        text_of,
        "小组的名称；没有的小组会新建",
        "第一党小组",
        ("小组", "所在小组", "所属小组", "所在党小组"),
    ),
    Column(
        "probationary",
        "预备党员",
        yes_of,
        "预备党员写“是”",
        "否",
        ("是否预备党员", "是否预备", "预备", "人员类别", "党员性质"),
        choices=("是", "否"),
    ),
    Column(
        "telephone",
        "电话",
        phone_of,
        "一个手机号或固定电话",
        "00000000000",
        ("手机", "手机号", "手机号码", "联系电话", "联系方式", "电话号码", "移动电话"),
    ),
    Column(
        "present_from",
        "进入支部日期",
        day_of,
        "一直在本支部的不填",
        "2020年7月1日",
        ("转入日期", "转入时间", "进入支部时间", "进入当前支部日期", "到支部日期"),
    ),
    Column("present_to", "离开支部日期", day_of, "在支部的不填", "", ("转出日期", "转出时间", "离开支部时间")),
    ID_NUMBER,
)
