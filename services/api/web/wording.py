"""Wording: how pages write days, instants, points, periods, states and roles for people."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from shared.domain.claims import CLAIM
from shared.domain.filings import FILING
from shared.domain.lines import LINE
from shared.domain.notices import NOTICE
from shared.domain.objections import OBJECTION
from shared.domain.periods import Period
from shared.domain.procedures import Span
from shared.domain.roles import WORDS as ROLES
from shared.domain.rounds import ROUND
from shared.domain.windows import SHANGHAI

WEEKDAYS = "一二三四五六日"
QUARTERS = "一二三四"
MACHINES: Mapping[str, Mapping[StrEnum, str]] = {
    "claim": CLAIM.words,
    "filing": FILING.words,
    "line": LINE.words,
    "notice": NOTICE.words,
    "objection": OBJECTION.words,
    "round": ROUND.words,
}
# Steps that change no state, and states of things without a lifecycle.
OTHERS = {
    "attach": "附上材料",
    "change": "修改",
    "confirm_identity": "核实异议人身份",
    "detach": "撤下材料",
    "draft": "拟稿",
    "enter": "登记",
    "entered": "已登记",
    "entered_for": "代为录入",
    "escalate": "逾期，报上级督办",
    "late_entry": "录入晚于规定",
    "look": "查看积分明细",
    "name_witness": "请人证明",
    "open": "开始",
    "opinion": "签署小组意见",
    "raise": "提出异议",
    "recompute": "重新计算",
    "rejected": "不成立",
    "redraft": "修改公示稿",
    "remind": "提醒办理",
    "reword": "改写说明",
    "score": "评分",
    "strike": "撤销登记",
    "struck": "已撤销",
    "upheld": "成立",
    "withdrawn": "已撤回",
    "witness": "证明人说明",
    "word": "反馈部门意见",
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


def until(value: datetime | None) -> str:
    """The end of a term: midnight belongs to the day that it ends, 2026年4月5日（周日）24:00."""
    if value is None:
        return "—"
    local = value.astimezone(SHANGHAI)
    if local.time() == time():
        return f"{day(local.date() - timedelta(days=1))}24:00"
    return f"{day(local)}{local.hour}:{local.minute:02d}"


def left(value: datetime, now: datetime) -> str:
    """How long is left of a term: 还剩 2 天，3月8日（周日）24:00 截止; or by how much it is over."""
    local = value.astimezone(SHANGHAI)
    last = (local - timedelta(minutes=1)).date()
    at = "24:00" if local.date() > last else f"{local.hour}:{local.minute:02d}"
    ends = f"{last.month}月{last.day}日（周{WEEKDAYS[last.weekday()]}）{at}"
    days = (last - now.astimezone(SHANGHAI).date()).days
    if value <= now:
        return f"逾期 {max(-days, 1)} 天，应在 {ends} 前办完"
    return f"{f'还剩 {days} 天' if days else '今天截止'}，{ends} 截止"


def points(value: Decimal | None) -> str:
    """Two places, with a true minus sign; a dash where there is no figure."""
    return "—" if value is None else f"{value:.2f}".replace("-", "−")


def signed(value: Decimal) -> str:
    """Two places with their sign."""
    return f"{value:+.2f}".replace("-", "−")


def adding_up(values: Iterable[Decimal]) -> str:
    """A sum as one would write it by hand: 60.00 + 5.00 − 3.00 = 62.00."""
    figures = list(values)
    if len(figures) < 2:
        return points(sum(figures, Decimal("0.00")))
    written = points(figures[0])
    for figure in figures[1:]:
        written += f" {'−' if figure < 0 else '+'} {abs(figure):.2f}"
    return f"{written} = {points(sum(figures, Decimal('0.00')))}"


def period(written: str) -> str:
    """2026-Q1 as 2026年第一季度, 2026-03 as 2026年3月, 2026 as 2026年度."""
    parsed = Period.parse(written)
    if parsed.span is Span.YEAR:
        return f"{parsed.year}年度"
    if parsed.span is Span.QUARTER:
        return f"{parsed.year}年第{QUARTERS[parsed.quarter - 1]}季度"
    return f"{parsed.year}年{parsed.first_month}月"


def said(word: str | None, kind: str = "") -> str:
    """A state, step or outcome in Chinese, by the words of its lifecycle; an unknown word as it is."""
    words: Mapping[Any, str] = MACHINES.get(kind, {})
    return words.get(word) or OTHERS.get(word or "", word or "—")


def roles(written: str) -> str:
    """The roles of a history row: the office in which somebody acted, membership only where it is all there is."""
    held = [role for role in written.split(",") if role]
    offices = [role for role in held if role != "member"] or held
    return "、".join(ROLES.get(role, role) for role in ROLES if role in offices) or "、".join(offices)


def per_cent(part: int, whole: int) -> str:
    """A share in whole per cent; a dash of nothing."""
    return f"{part * 100 / whole:.0f}%" if whole else "—"
