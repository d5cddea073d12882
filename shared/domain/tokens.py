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
        "statement:see": "看积分明细",
        "claim:see": "看申报和证明材料",
        "claim:draft": "看可申报的项目，修改没有提交的申报，附证明材料",
        "claim:submit": "提交、补充申报",
        "claim:withdraw": "撤回申报",
        "opinion:give": "签署党小组长意见",
        "claim:decide": "审核申报",
        "claim:return": "退回申报",
        "objection:raise": "看自己提出的和涉及自己的异议，提出异议",
        "appeal:raise": "提出申诉",
        "objection:see": "看要办的异议",
        "objection:enter": "录入纸质异议",
        "objection:confirm": "核实异议人身份",
        "objection:assign": "请人调查异议",
        "objection:investigate": "看请自己调查的异议，写调查情况",
        "objection:answer": "答复异议",
        "appeal:decide": "裁决申诉",
        "board:see": "看公示栏",
        "round:see": "看各期的进度",
        "line:see": "看一期里各人的积分",
        "line:propose": "提出初步意见",
        "line:confirm": "汇总、认定积分",
        "record:see": "看登记",
        "record:enter": "登记加减分",
        "record:strike": "撤销登记",
        "record:report": "反映党员的情况",
        "report:settle": "核实情况反映",
        "report:reply": "看反映自己的情况，作出说明",
        "meeting:see": "看会议",
        "meeting:hold": "召集会议，登记签到和表决",
        "notice:see": "看公示的办理情况",
        "notice:draft": "拟公示",
        "notice:review": "审核公示",
        "notice:approve": "审批公示",
        "notice:return": "退回公示",
        "notice:publish": "张贴公示",
        "member:see": "看名册",
        "unit:see": "看下级单位",
        "overview:see": "看工作总览（只有数字）",
        "filing:see": "看备案材料",
        "filing:submit": "上报备案材料",
        "filing:receive": "接收备案材料",
        "filing:return": "退回备案材料",
        "filing:file": "备案",
        "appraisal:see": "看民主评议",
        "outcome:see": "看结果运用",
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
