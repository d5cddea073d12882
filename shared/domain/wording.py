"""Wording: how days, instants, states, steps and roles are written for people, wherever they read them."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from shared.domain.appraisals import EVALUATION
from shared.domain.audits import AUDIT
from shared.domain.ballots import BALLOT
from shared.domain.book_drafts import BOOK_DRAFT
from shared.domain.claims import CLAIM
from shared.domain.erasures import ERASURE
from shared.domain.examples import EXAMPLE
from shared.domain.filings import FILING
from shared.domain.half_years import HALF_YEAR
from shared.domain.imports import IMPORT
from shared.domain.jobs import JOB
from shared.domain.lines import LINE
from shared.domain.notices import NOTICE
from shared.domain.objections import OBJECTION
from shared.domain.outcomes import OUTCOME
from shared.domain.policies import POLICY
from shared.domain.reorganisations import REORGANISATION
from shared.domain.reviews import REVIEW
from shared.domain.roles import WORDS as ROLES
from shared.domain.rounds import ROUND
from shared.domain.transfers import TRANSFER
from shared.domain.windows import SHANGHAI
from shared.domain.yardsticks import YARDSTICK

WEEKDAYS = "一二三四五六日"
MACHINES: Mapping[str, Mapping[StrEnum, str]] = {
    "ballot": BALLOT.words,
    "book_draft": BOOK_DRAFT.words,
    "audit": AUDIT.words,
    "claim": CLAIM.words,
    "erasure": ERASURE.words,
    "evaluation": EVALUATION.words,
    "example": EXAMPLE.words,
    "filing": FILING.words,
    "half_year": HALF_YEAR.words,
    "import": IMPORT.words,
    "job": JOB.words,
    "line": LINE.words,
    "notice": NOTICE.words,
    "objection": OBJECTION.words,
    "policy": POLICY.words,
    "outcome_case": OUTCOME.words,
    "reorganisation": REORGANISATION.words,
    "review": REVIEW.words,
    "round": ROUND.words,
    "transfer": TRANSFER.words,
    "yardstick": YARDSTICK.words,
}
# Steps that change no state, and states of things without a lifecycle.
OTHERS = {
    "act_as": "代理职务",
    "act_for": "代为办理",
    "appoint": "任命",
    "appraise": "登记民主评议结果",
    "ask": "交办",
    "ask_erasure": "申请销毁材料",
    "attach": "附上材料",
    "attest": "参加统计的人确认",
    "change": "修改",
    "check": "核查",
    "close": "结束会议",
    "close_window": "期满",
    "close_year": "办结年度",
    "compile": "汇总积分",
    "confirm": "支部认定",
    "confirm_identity": "核实异议人身份",
    "convene": "召集会议",
    "decide": "议定",
    "declare_kin": "申报亲属",
    "delegate": "委托职务",
    "demonstrated": "示范县已经做好",
    "destroy": "销毁材料",
    "detach": "撤下材料",
    "disable": "停用账号",
    "draft": "拟稿",
    "draw": "抽取样本",
    "draw_up": "开出转接单",
    "elect": "登记任期",
    "enable": "启用账号",
    "end_delegation": "结束委托",
    "end_exemption": "恢复计分",
    "end_kin": "撤下亲属申报",
    "end_role": "结束任职",
    "end_rounds": "办结各期",
    "enrol": "登记人员",
    "enter": "登记",
    "enter_relative": "登记家人",
    "entered": "已登记",
    "entered_for": "代为录入",
    "escalate": "逾期，报上级督办",
    "exempt": "不列入计分",
    "explain": "写备注",
    "extend": "按新的放假安排延长",
    "extend_probation": "延长预备期",
    "finish": "办结",
    "found": "设立单位",
    "give_up_factor": "停用手机验证码",
    "hand_out_code": "给登录码",
    "hear": "登记汇报",
    "import": "按表格导入",
    "investigate": "写下调查情况",
    "issue": "发出",
    "join": "登记入册",
    "lapse": "申诉期满",
    "late_entry": "录入晚于规定",
    "leave": "登记离开",
    "look": "查看积分明细",
    "take_out": "取出表格",
    "make_full": "转正",
    "mutual": "开始党员互评",
    "name": "指定",
    "name_contact": "指定联系人",
    "name_witness": "请人证明",
    "on_paper": "收到纸质申报",
    "open": "开始",
    "opinion": "签署小组意见",
    "print_codes": "打印登录码",
    "propose": "提出",
    "raise": "提出异议",
    "read": "看过",
    "read_history": "看过办理记录",
    "rebuild": "重新生成",
    "recompute": "重新计算",
    "redraft": "修改公示稿",
    "rejected": "不成立",
    "remind": "提醒办理",
    "reply": "作出说明",
    "report": "反映情况",
    "resume": "恢复本县",
    "review_exemption": "复核不列入计分",
    "reword": "改写说明",
    "score": "评分",
    "set_factor": "设置手机验证码",
    "set_term": "规定材料保存多久",
    "set_password": "修改密码",
    "sign_first": "两人中的第一人签名",
    "start": "起草",
    "strike": "撤销登记",
    "struck": "已撤销",
    "supervise": "评定支部工作",
    "suspend": "停用本县",
    "upheld": "成立",
    "undo_import": "撤销导入",
    "unread_acts": "问有没有人看过办理记录",
    "vote_from_afar": "登记远程表决",
    "withdraw": "撤回",
    "withdrawn": "已撤回",
    "witness": "证明人说明",
    "word": "反馈部门意见",
    "write": "填写",
}


def day(value: date | datetime | None) -> str:
    """2026年4月21日（周二）; an instant by the day in Shanghai."""
    if value is None:
        return "—"
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date()
    return f"{value.year}年{value.month}月{value.day}日（周{WEEKDAYS[value.weekday()]}）"


def instant(value: datetime | None) -> str:
    """2026年4月14日 9:00, in Shanghai."""
    if value is None:
        return "—"
    local = value.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日 {local.hour}:{local.minute:02d}"


def said(word: str | None, kind: str = "") -> str:
    """A state, step or outcome in Chinese, by the words of its lifecycle; an unknown word as it is."""
    words: Mapping[Any, str] = MACHINES.get(kind, {})
    return words.get(word) or OTHERS.get(word or "", word or "—")


def roles(written: str) -> str:
    """The roles of a history row: the office in which somebody acted, membership only where it is all there is."""
    held = [role for role in written.split(",") if role]
    offices = [role for role in held if role != "member"] or held
    return "、".join(ROLES.get(role, role) for role in ROLES if role in offices) or "、".join(offices)
