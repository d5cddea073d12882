"""Tokens: what another program may be let do for somebody, in which words that is said, and for how long."""

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType

from shared.domain.errors import Invalid

PREFIX = "jf_"
LONGEST_DAYS = 365
LONGEST = timedelta(days=LONGEST_DAYS)
LONGEST_NAME = 60
# A person's programs are few; whoever needs more has forgotten some.
MOST = 20
# By the policy's own words, in the order in which a page lists them.
SCOPES: Mapping[str, str] = MappingProxyType(
    {
        "statement:see": "看自己的积分明细",
        "claim:see": "看申报",
        "claim:draft": "看可申报的项目，修改没有提交的申报",
        "claim:submit": "提交、补充申报",
        "claim:withdraw": "撤回申报",
        "objection:raise": "看自己提出的和涉及自己的异议，提出异议",
        "board:see": "看公示栏",
        "round:see": "看各期的进度",
        "line:see": "看一期里各人的积分",
        "record:see": "看登记",
        "record:enter": "登记加减分",
        "meeting:see": "看会议",
        "notice:see": "看公示的办理情况",
        "member:see": "看名册",
        "overview:see": "看工作总览（只有数字）",
        "filing:see": "看备案材料",
        "filing:submit": "上报备案材料",
        "filing:receive": "接收备案材料",
        "filing:return": "退回备案材料",
        "filing:file": "备案",
    }
)
# To hand a claim in is to write it down first.
WITH: Mapping[str, tuple[str, ...]] = MappingProxyType({"claim:submit": ("claim:draft",)})


def widened(scopes: Iterable[str]) -> frozenset[str]:
    """Return the scopes with what belongs to them."""
    return frozenset(one for scope in scopes for one in (scope, *WITH.get(scope, ())))


def in_words(scopes: Collection[str]) -> str:
    """Return scopes in Chinese, in their order."""
    return "、".join(words for scope, words in SCOPES.items() if scope in scopes)


def check_token(name: str, scopes: Collection[str], days: int, offered: Collection[str]) -> None:
    """Refuse a token with every fault at once; `offered` are the scopes that its holder has to give."""
    faults = []
    if not name.strip():
        faults.append("请写明给哪个程序用。")
    elif len(name) > LONGEST_NAME:
        faults.append(f"程序的名称最多 {LONGEST_NAME} 字，现在有 {len(name)} 字。")
    if not scopes:
        faults.append("请至少选择一项允许它做的事。")
    if not set(scopes) <= set(offered):
        faults.append("允许的事里有您自己不能办的，请重新选择。")
    if not 1 <= days <= LONGEST_DAYS:
        faults.append(f"有效期应是 1 到 {LONGEST_DAYS} 天。")
    if faults:
        raise Invalid(*faults)
