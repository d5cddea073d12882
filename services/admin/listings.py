"""Listings: what every view of the panel is: to be read, in Chinese, and only by whom its action is for."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from sqladmin import ModelView
from sqladmin.filters import StaticValuesFilter
from sqlalchemy import Select, String, cast, false, or_
from starlette.exceptions import HTTPException
from starlette.requests import Request

from services.admin.searches import CHANNELS, codes_of
from services.admin.subjects import SUBJECTS
from shared.authz.actions import Action
from shared.authz.gate import able
from shared.domain.periods import Period
from shared.domain.wording import MACHINES, day, instant, said
from shared.usecases.administrators import Administrator

LABELS: dict[Any, str] = {
    "actor_name": "办理人",
    "adopted": "采用的单位数",
    "after": "办理后",
    "at": "发生时间",
    "attempts": "试过几次",
    "before": "办理前",
    "book": "积分办法",
    "branch_percent": "抽支部（%）",
    "channel": "渠道",
    "claims_close_at": "申报截止",
    "closed_at": "办结时间",
    "code": "编码",
    "command": "步骤",
    "department": "部门",
    "digest": "内容摘要",
    "done_at": "完成时间",
    "drawn_at": "抽取时间",
    "due_at": "期限",
    "edition": "第几稿",
    "effective_from": "生效日期",
    "filed_at": "备案时间",
    "fired_at": "执行时间",
    "first_day": "开始日期",
    "id": "编号",
    "installed_at": "装入时间",
    "kind": "种类",
    "last_day": "结束日期",
    "line_percent": "抽人（%）",
    "made_at": "产生时间",
    "member_name": "党员",
    "member_no": "党员编号",
    "name": "名称",
    "next_at": "下次发送",
    "number": "第几份",
    "parent_name": "上级单位",
    "period": "期次",
    "population": "总数（行）",
    "person_name": "姓名",
    "present_from": "转入日期",
    "present_to": "转出日期",
    "received_at": "接收时间",
    "recorded_at": "记录时间",
    "role": "身份",
    "seen_at": "看到时间",
    "sent_at": "发送时间",
    "since": "起",
    "source": "依据",
    "state": "状态",
    "subject_id": "对象编号",
    "subject_kind": "对象",
    "submitted_at": "报送时间",
    "to_unit_name": "报送到",
    "topic": "事由",
    "try_at": "下次执行",
    "unit_name": "单位",
    "until": "止",
    "version": "版本",
    "year": "年份",
}
# What stands in no lifecycle: rows of the outbox, of the clock, and what the history speaks of.
WORDS = {
    **CHANNELS,
    **SUBJECTS,
    "": "—",
    "branch": "党支部",
    "bureau": "主管部门",
    "general_branch": "党总支",
    "county": "县",
    "done": "已完成",
    "failed": "没有送出",
    "outlived": "已不需要",
    "queued": "等待发送",
    "seen": "已看到",
    "sent": "已发送",
    "skipped": "不用发送",
    "stuck": "多次没有送达",
    "township": "乡镇（街道）",
    "unseen": "还没有看到",
    "unsent": "等待发送",
    "waiting": "未到期",
}


class Listing(ModelView):
    """A view of rows that nobody changes here; `declared` is the action that one must be allowed."""

    declared: ClassVar[Action] = Action.PANEL_SEE
    can_create = can_edit = can_delete = can_export = can_import = False
    column_labels = LABELS
    column_type_formatters: ClassVar[dict[type, Callable[[Any], Any]]] = {
        type(None): lambda _: "—",
        datetime: instant,
        date: day,
    }
    page_size = 50
    page_size_options: ClassVar[list[int]] = [50, 100, 200]

    def is_accessible(self, request: Request) -> bool:
        """Return whether one of the roles of who asks may see this."""
        return may(request, self.declared)

    def search_query(self, stmt: Select[Any], term: str) -> Select[Any]:
        """Return what holds the term as it is stored or as it is read: 任命 stands there as a code."""
        columns = {str(name): getattr(self.model, str(name)) for name in self.column_searchable_list}
        stored = [cast(column, String).icontains(term, autoescape=True) for column in columns.values()]
        read = [column.in_(codes_of(name, term)) for name, column in columns.items()]
        return stmt.where(or_(false(), *stored, *read))

    def form_details_query(self, request: Request) -> Select[Any]:
        """Return the row of the address; what can be no row's number is not there either."""
        try:
            found: Select[Any] = super().form_details_query(request)
        except ValueError as fault:
            raise HTTPException(404) from fault
        return found


class Choice(StaticValuesFilter):
    """A filter by one of some values, each with its word."""

    def __init__(self, column: str, words: Mapping[str, str]) -> None:
        """`words` says what each value is called."""
        super().__init__(column, list(words.items()), title=LABELS[column])

    async def lookups(self, *_: Any) -> list[tuple[str, str]]:
        """Return the choices, none of them first."""
        return [("__all", "全部"), *self.values]


def who_asks(request: Request) -> Administrator:
    """Return the administrator whom the envelope has let in."""
    who: Administrator = request.state.who
    return who


def may(request: Request, action: Action) -> bool:
    """Return whether who asks may do this."""
    return able(who_asks(request).actor, action)


def in_words(kind: str = "") -> Callable[[Any, Any], str]:
    """Return a formatter of a column that holds a state, a step or a kind of thing."""

    def formatted(row: Any, column: Any) -> str:
        value = getattr(row, column)
        return WORDS.get(value or "") or said(value, kind or getattr(row, "subject_kind", ""))

    return formatted


def period(row: Any, _: Any) -> str:
    """2026-Q1 as 2026年第一季度."""
    return Period.parse(row.period).in_words


def states_of(kind: str) -> dict[str, str]:
    """Return the states of a lifecycle in words, in its order."""
    machine = MACHINES[kind]
    return {str(state): word for state, word in machine.items() if type(state).__name__.endswith("State")}


def named(*values: str) -> dict[str, str]:
    """Return some values with their words."""
    return {value: WORDS.get(value, value) for value in values}
