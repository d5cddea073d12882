"""Channels: how a few words leave for somebody's telephone or mailbox; each of them says so where they did not."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

import apprise
import httpx

from shared.config import Settings
from shared.domain.errors import Refusal
from shared.domain.notifications import SMS

TITLE = "党员积分"
WAITS_S = 8.0
ASSET = apprise.AppriseAsset(app_id="Jifen", app_desc=TITLE, storage_mode=apprise.PersistentStoreMode.MEMORY)


class NotSent(Exception):
    """The channel did not take it; the sentence stands with the delivery, and holds no secret and no address."""


class Channel(Protocol):
    """A way out of the product."""

    def send(self, address: str, text: str, key: str) -> None:
        """Hand the text over; raises NotSent. `key` is the same where the same is handed over again."""


class SmsGateway(Channel, Protocol):
    """A channel whose addresses are telephone numbers; another gateway is another class like this."""


@dataclass(frozen=True, slots=True)
class Apprised:
    """A channel that apprise knows: `template` is its URL, with {address} and perhaps {key} left open."""

    template: str

    def send(self, address: str, text: str, key: str) -> None:
        """Hand the text over."""
        # Quoted whole: an address cannot become another host, path or recipient.
        url = self.template.replace("{address}", quote(address, safe="")).replace("{key}", quote(key, safe=""))
        sender = apprise.Apprise(asset=ASSET)
        if not sender.add(url):
            raise NotSent("地址不对，或渠道设置有误")
        if not sender.notify(body=text, title=TITLE, body_format=apprise.NotifyFormat.TEXT):
            raise NotSent("对方没有接受，或连不上")


@dataclass(frozen=True, slots=True)
class JsonSms:
    """A gateway that takes a JSON POST; `body` holds {telephone}, {text} and {key} somewhere within."""

    url: str
    body: Any
    token: str | None
    accepted: str | None

    def send(self, address: str, text: str, key: str) -> None:
        """Hand the text over."""
        sent = _filled(self.body, {"telephone": address, "text": text, "key": key})
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            answer = httpx.post(self.url, json=sent, headers=headers, timeout=WAITS_S)
        except httpx.HTTPError as fault:
            raise NotSent(f"短信网关连不上（{type(fault).__name__}）") from fault
        if not answer.is_success:
            raise NotSent(f"短信网关回答 {answer.status_code}")
        if self.accepted and self.accepted not in answer.text:
            raise NotSent("短信网关没有接受")


def channels_of(given: Settings) -> dict[str, Channel]:
    """Return the channels that the settings name; raises Refusal with what would be right."""
    found: dict[str, Channel] = {}
    for one in (given.channels or "").split():
        name, separator, template = one.partition("=")
        if not separator or "://" not in template:
            raise Refusal("JIFEN_CHANNELS 应是“名称=地址”，用空格分开，如 email=mailtos://…&to={address}。")
        found[name] = Apprised(template)
    if given.sms_url:
        found[SMS] = sms_of(given.sms_url, given)
    return found


def sms_of(url: str, given: Settings) -> SmsGateway:
    """Return the SMS gateway at this address."""
    try:
        body = json.loads(given.sms_body)
    except ValueError as fault:
        raise Refusal("JIFEN_SMS_BODY 应是一段 JSON，其中写 {telephone}、{text}。") from fault
    return JsonSms(url, body, given.sms_token, given.sms_accepted)


def _filled(part: Any, words: Mapping[str, str]) -> Any:
    """Fill in the words where they belong, after the JSON has been read: no text can become a field."""
    if isinstance(part, dict):
        return {name: _filled(value, words) for name, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, words) for value in part]
    if not isinstance(part, str):
        return part
    for name, word in words.items():
        if part == f"{{{name}}}":
            return word
    return part
