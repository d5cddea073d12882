"""Notifications: what leaves the product, when in the day, how often again, and in which words."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from shared.domain.errors import Invalid
from shared.domain.windows import SHANGHAI

SMS = "sms"
MOST_ATTEMPTS = 5
DIGEST_OVER = 5
UNSEEN_FOR = timedelta(hours=24)
LONGEST_ADDRESS = 200
# One mailbox: a comma would be a second one.
MAILBOX = re.compile(r"[^\s,;<>@\"]+@[^\s,;<>@\"]+\.[^\s,;<>@\"]+")
# What somebody loses something by not seeing: it is sent by SMS, in the end somebody calls.
MUST_REACH = frozenset(
    {
        "answer",
        "appeal",
        "claim",
        "correction",
        "deduction",
        "escalation",
        "filing",
        "meeting",
        "objection",
        "outcome",
        "reminder",
        "report",
        "window",
    }
)
# Said outside the product, where others may read it: that something waits, never what.
TOPICS: Mapping[str, str] = MappingProxyType(
    {
        "answer": "异议答复",
        "appeal": "申诉",
        "balance": "以前年度的积分",
        "book": "积分细则",
        "claim": "申报",
        "complaint": "投诉建议",
        "correction": "更正",
        "deduction": "积分登记",
        "escalation": "督办",
        "example": "先锋亮绩",
        "exemption": "积分考核范围",
        "filed": "备案",
        "filing": "备案",
        "half_year": "半年小结",
        "meeting": "会议",
        "notice": "公示",
        "objection": "异议",
        "outcome": "结果运用",
        "oversight": "管理后台",
        "probation": "预备期",
        "reflection": "思想汇报",
        "reminder": "到期提醒",
        "report": "情况反映",
        "review": "到期提醒",
        "round": "申报",
        "transfer": "组织关系转接",
        "unit": "组织调整",
        "urging": "催办",
        "window": "期限",
        "witness": "在场证明",
        "yardstick": "提示和评定的尺度",
    }
)


class DeliveryState(StrEnum):
    """Where a delivery stands; one that was seen in the product before it left is not sent any more."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    SEEN = "seen"


@dataclass(frozen=True, slots=True)
class Hours:
    """From which full hour to which somebody may be disturbed, in Shanghai, on any day."""

    first: int = 8
    last: int = 20


HOURS = Hours()


@dataclass(frozen=True, slots=True)
class Way:
    """A channel by which somebody may be told, and their address there; not `wanted` keeps it from being used."""

    channel: str
    address: str
    wanted: bool = True


def in_hours(at: datetime, hours: Hours) -> datetime:
    """Return this instant, or the morning after it: a deduction entered at night still waits for the morning."""
    local = at.astimezone(SHANGHAI)
    if hours.first <= local.hour < hours.last:
        return at
    day = local.date() if local.hour < hours.first else local.date() + timedelta(days=1)
    return datetime.combine(day, time(hours.first), SHANGHAI)


def again_at(now: datetime, attempts: int, hours: Hours) -> datetime | None:
    """Return when it is tried again after so many attempts, each pause twice as long; None after the last."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return in_hours(now + timedelta(minutes=5) * 2**attempts, hours)


def planned(
    topic: str, made_at: datetime, ways: Sequence[Way], offered: Collection[str]
) -> list[tuple[str, datetime]]:
    """Return by which channels something is told, and from when on; in the product it always is.

    First the person's first channel that works here. SMS where they would lose something, and only if they have
    not seen it a day later.
    """
    able = [way.channel for way in ways if way.wanted and way.channel in offered]
    first = [(channel, made_at) for channel in able if channel != SMS][:1]
    by_sms = SMS in able and topic in MUST_REACH
    return [*first, (SMS, made_at + UNSEEN_FOR)] if by_sms else first


def next_channel(topic: str, ways: Sequence[Way], offered: Collection[str], tried: Collection[str]) -> str | None:
    """Return by which channel something is told that has not arrived by those `tried`; None where none is left.

    SMS only for what they would lose something by not seeing, as at first.
    """
    able = (way.channel for way in ways if way.wanted and way.channel in offered and way.channel not in tried)
    return next((channel for channel in able if channel != SMS or topic in MUST_REACH), None)


def in_words(topics: Sequence[str], telephone: str | None) -> str:
    """Return what is said outside: how much waits and of which kinds; of many only how much."""
    kinds = Counter(TOPICS.get(topic, "其他") for topic in topics)
    told = "、".join(f"{kind} {count} 条" for kind, count in kinds.items())
    listed = f"（{told}）" if len(topics) <= DIGEST_OVER else ""
    call = f"；不便上网请致电支部 {telephone}" if telephone else ""
    return f"您有 {len(topics)} 条新消息{listed}，请登录积分系统查看{call}。"


def check_ways(ways: Sequence[Way], offered: Collection[str]) -> None:
    """Refuse ways that do not work here, all faults at once."""
    faults = [f"本县没有开通“{way.channel}”。" for way in ways if way.channel not in offered]
    for way in ways:
        if way.wanted and not _plausible(way):
            faults.append(f"“{way.address}”不像{'手机号码' if way.channel == SMS else '地址'}，请核对。")
    if len({way.channel for way in ways}) < len(ways):
        faults.append("每种方式只能写一个地址。")
    if faults:
        raise Invalid(*faults)


def _plausible(way: Way) -> bool:
    address = way.address
    if not address or len(address) > LONGEST_ADDRESS or any(sign.isspace() or ord(sign) < 32 for sign in address):
        return False
    if way.channel == SMS:
        return address.isascii() and address.isdigit() and len(address) == 11 and address.startswith("1")
    return way.channel != "email" or MAILBOX.fullmatch(address) is not None
