"""Webhooks: which steps a county's program is told of, at which addresses, and when again if it was not heard."""

import hashlib
import hmac
from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_address
from types import MappingProxyType
from urllib.parse import urlsplit

from shared.domain.errors import Invalid

LONGEST_ADDRESS = 300
MOST = 10
# What a step of a machine is called outside, by the table and the step.
STEPS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("claim", "accept"): "claim.decided",
        ("claim", "refuse"): "claim.decided",
        ("notice", "publish"): "notice.published",
        ("objection", "reject"): "objection.answered",
        ("objection", "uphold"): "objection.answered",
        ("filing", "submit"): "filing.submitted",
        ("filing", "receive"): "filing.received",
        ("filing", "return"): "filing.returned",
        ("filing", "file"): "filing.filed",
    }
)
EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "claim.decided": "申报已审核",
        "notice.published": "公示已张贴",
        "objection.answered": "异议已答复",
        "filing.submitted": "备案材料已上报",
        "filing.received": "备案材料已接收",
        "filing.returned": "备案材料已退回",
        "filing.filed": "已备案",
    }
)
# After each time that it was not heard; after the last nobody tries again by themselves. A little over two days.
PAUSES = (
    *(timedelta(minutes=n) for n in (1, 5, 30)),
    *(timedelta(hours=n) for n in (2, 8, 16, 24)),
)


class TellingState(StrEnum):
    """Where a telling stands; a dead one was not heard in two days."""

    WAITING = "waiting"
    HEARD = "heard"
    DEAD = "dead"


def pause_after(attempts: int) -> timedelta | None:
    """Return how long to wait after so many tries; None after the last."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


def check_webhook(address: str, events: Collection[str], private: bool) -> None:
    """Refuse an address or a choice of events with every fault at once.

    `private`: the operator lets programs in their own network be told, by HTTP as well.
    """
    faults = address_faults(address, private)
    if not events:
        faults.append("请至少选择一种事件。")
    if not set(events) <= set(EVENTS):
        faults.append("没有这样的事件，请重新选择。")
    if faults:
        raise Invalid(*faults)


def address_faults(address: str, private: bool) -> list[str]:
    """Return what is wrong with an address as it is written; where its name leads is asked when it is called."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return ["网址写得不对，应像 https://county.example/jifen。"]
    if len(address) > LONGEST_ADDRESS or not address.isascii() or any(ord(sign) < 33 for sign in address):
        return [f"网址应是 {LONGEST_ADDRESS} 字以内的英文字符，不含空格。"]
    faults = []
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        faults.append("网址应以 https:// 开头。")
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        faults.append("网址里应有主机名，不能有账号、密码和 # 后面的部分。")
    elif not private and is_inside(host):
        faults.append("网址不能指向内部网络。")
    return faults


def is_inside(host: str) -> bool:
    """Return whether a host, given as a number, is not one of the public internet; names are not."""
    try:
        found = ip_address(host.strip("[]"))
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return not found.is_global or found.is_multicast or (mapped is not None and not mapped.is_global)


def signature(secret: str, at: int, body: bytes) -> str:
    """Return how a telling is signed: HMAC-SHA256 over its second (since 1970), a dot and its body, in hex."""
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
