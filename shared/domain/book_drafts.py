"""Drafts of rule books: from the first change to the day on which another person puts them in force."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from shared.domain.machine import Machine
from shared.domain.periods import day_in_words, period_of
from shared.domain.procedures import Span
from shared.domain.rules import RuleBook


class BookDraftState(StrEnum):
    """Where a draft stands."""

    DRAFTING = "drafting"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class BookDraftCommand(StrEnum):
    """The steps of a draft."""

    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    WITHDRAW = "withdraw"


S, C = BookDraftState, BookDraftCommand

BOOK_DRAFT: Machine[BookDraftState, BookDraftCommand] = Machine(
    noun="这份细则草稿",
    initial=S.DRAFTING,
    edges={
        (S.DRAFTING, C.SUBMIT): S.SUBMITTED,
        (S.DRAFTING, C.WITHDRAW): S.WITHDRAWN,
        (S.SUBMITTED, C.RETURN): S.DRAFTING,
        (S.SUBMITTED, C.WITHDRAW): S.WITHDRAWN,
        (S.SUBMITTED, C.APPROVE): S.APPROVED,
    },
    words={
        S.DRAFTING: "起草中",
        S.SUBMITTED: "待审批",
        S.APPROVED: "已审批",
        S.WITHDRAWN: "已撤下",
        C.SUBMIT: "送审",
        C.RETURN: "退回修改",
        C.APPROVE: "审批",
        C.WITHDRAW: "撤下",
    },
)
OPEN = frozenset({S.DRAFTING, S.SUBMITTED})


def force_faults(book: RuleBook, today: date) -> list[str]:
    """Return why a version may not come into force on its day: never backwards, and with a round only."""
    since, span = book.effective_from, book.round_span
    if since <= today:
        return [f"施行日 {day_in_words(since)} 已经到了或过去了：新版本只能从以后的一期开始，正在进行的照旧办完。"]
    first = period_of(since, span).first if since > date.min else since
    if since != first:
        name = "每月" if span is Span.MONTH else "每季度"
        near = day_in_words(period_of(since, span).next.first)
        return [f"施行日 {day_in_words(since)} 不是{name}的第一天：一期之内不换规则，请改为 {near}。"]
    return []


def force_warnings(book: RuleBook) -> list[str]:
    """Return what somebody should know before a version comes into force in the middle of a year."""
    if book.effective_from.month == 1 and book.effective_from.day == 1:
        return []
    yearly = [item.title for item in book.items.values() if _yearly(cap.per for cap in item.caps)]
    if not yearly:
        return []
    return [f"年中换版：按年计的上限（{'、'.join(yearly[:3])}等 {len(yearly)} 项）从新版施行起重新计算。"]


def next_day(today: date, span: Span) -> date:
    """Return the first day of the next round: the earliest on which a new version may come into force."""
    return period_of(today, span).next.first


def _yearly(spans: Iterable[Span]) -> bool:
    return Span.YEAR in spans
