"""Unit lists: the columns of a list of organisations."""

from collections.abc import Sequence

from shared.domain.cells import code_of, one_of, phone_of, text_of
from shared.domain.imports import Column
from shared.domain.units import WORDS, UnitKind

# How lists call them.
_OTHERS = {
    "支部": "党支部",
    "乡镇": "乡镇（街道）",
    "镇": "乡镇（街道）",
    "乡": "乡镇（街道）",
    "街道": "乡镇（街道）",
    "乡镇(街道)": "乡镇（街道）",
    "乡镇党委": "乡镇（街道）",
    "总支": "党总支",
    "党总支部": "党总支",
    "局": "主管部门",
    "部门": "主管部门",
    "机关": "主管部门",
}
KINDS = {word: kind for kind, word in WORDS.items() if kind != UnitKind.COUNTY}


def kind_of(written: str) -> str:
    """Return the kind that a cell names."""
    return str(KINDS[one_of(written, list(KINDS), _OTHERS)])


UNIT_LIST: Sequence[Column] = (
    Column(
        "code",
        "编码",
        code_of,
        "填上编码，全县不重复，只用字母和数字；印在公示栏的网址里",
        "示例01",
        ("单位编码", "组织编码", "代码", "组织代码"),
        needed=True,
    ),
    Column(
        "name",
        "名称",
        text_of,
        "填上单位名称",
        "示例镇",
        ("单位名称", "组织名称", "党组织名称", "支部名称", "党组织"),
        needed=True,
    ),
    Column(
        "kind",
        "类别",
        kind_of,
        "写：" + "、".join(KINDS),
        "乡镇（街道）",
        ("单位类别", "组织类别", "党组织类别", "种类"),
        needed=True,
        choices=tuple(KINDS),
    ),
    Column(
        "parent",
        "上级",
        text_of,
        "上级单位的名称或编码；可以是同一张表里的；不填的是您自己的单位",
        "",
        ("上级单位", "上级组织", "上级党组织", "所属单位", "隶属"),
    ),
    Column("telephone", "电话", phone_of, "办公电话", "00000000", ("联系电话", "办公电话", "值班电话")),
    Column("address", "地址", text_of, "办公地址", "示例路1号", ("办公地址", "驻地")),
)
