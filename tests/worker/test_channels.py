"""Channels: what arrives at a mail server, WeCom, DingTalk and an SMS gateway, and what does not."""

import json
from dataclasses import replace

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.wecombot import NotifyWeComBot

from services.worker.channels import Apprised, Channel, NotSent, channels_of
from shared.config import offered, settings
from shared.domain.errors import Refusal
from tests.mailboxes import mail_server
from tests.receivers import Answered, receiving

TEXT = "您有 3 条新消息，请登录积分系统查看。"
GATEWAY = '{"phone": "{telephone}", "sign": "积分", "params": [{"content": "{text}"}], "id": "{key}", "n": 1}'


def sms(url: str, token: str | None = None, accepted: str | None = None) -> Channel:
    given = replace(settings(), sms_url=url, sms_body=GATEWAY, sms_token=token, sms_accepted=accepted)
    return channels_of(given)["sms"]


def test_a_letter_arrives_in_the_one_mailbox_it_is_for() -> None:
    with mail_server() as server:
        template = f"mailto://127.0.0.1:{server.port}?smtp=127.0.0.1&from=jifen@example.cn&to={{address}}"
        Apprised(template).send("mei@example.cn", TEXT, "key")

    (letter,) = server.letters
    assert letter.to == ["mei@example.cn"]
    assert letter.message["Subject"] == "党员积分"
    assert TEXT in letter.words


def test_a_mail_server_that_refuses_is_a_failure() -> None:
    with mail_server() as server:
        server.refuses = True
        template = f"mailto://127.0.0.1:{server.port}?smtp=127.0.0.1&from=jifen@example.cn&to={{address}}"
        with pytest.raises(NotSent, match="没有接受"):
            Apprised(template).send("mei@example.cn", TEXT, "key")


def test_wecom_is_told_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving(lambda _: Answered(200, b'{"errcode":0,"errmsg":"ok"}')) as wecom:
        monkeypatch.setattr(NotifyWeComBot, "notify_url", wecom.url + "/cgi-bin/webhook/send?key={key}")
        Apprised("wecombot://{address}").send("693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa", TEXT, "key")

    (arrived,) = wecom.arrived
    assert arrived.path == "/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
    said = json.loads(arrived.body)
    assert said["msgtype"] == "text"
    assert TEXT in said["text"]["content"]


def test_dingtalk_is_told_whom_to_call_upon(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving(lambda _: Answered(200, b'{"errcode":0,"errmsg":"ok"}')) as dingtalk:
        monkeypatch.setattr(NotifyDingTalk, "notify_url", dingtalk.url + "/robot/send?access_token={token}")
        Apprised("dingtalk://abcdefgh1234/{address}").send("13800000000", TEXT, "key")

    (arrived,) = dingtalk.arrived
    assert arrived.path.startswith("/robot/send?access_token=abcdefgh1234")
    said = json.loads(arrived.body)
    assert said["at"]["atMobiles"] == ["13800000000"]
    assert TEXT in str(said)


def test_a_gateway_gets_its_own_json_with_nothing_but_what_belongs_there() -> None:
    harmful = '"}], "phone": "13900000000'
    with receiving(lambda _: Answered(200, b'{"code":"0"}')) as gateway:
        sms(gateway.url, "TOKEN", '"code":"0"').send("13800000000", harmful, "key-1")

    (arrived,) = gateway.arrived
    assert arrived.headers["authorization"] == "Bearer TOKEN"
    assert json.loads(arrived.body) == {
        "phone": "13800000000",
        "sign": "积分",
        "params": [{"content": harmful}],
        "id": "key-1",
        "n": 1,
    }


@pytest.mark.parametrize(
    ("answer", "said"),
    [(Answered(503), "回答 503"), (Answered(302, b"", {"Location": "/x"}), "回答 302"),
     (Answered(200, b'{"code":"17"}'), "没有接受")],
)  # fmt: skip
def test_a_gateway_that_does_not_take_it_is_a_failure(answer: Answered, said: str) -> None:
    with receiving(lambda _: answer) as gateway, pytest.raises(NotSent, match=said):
        sms(gateway.url, accepted='"code":"0"').send("13800000000", TEXT, "key")


def test_a_gateway_that_is_not_there_is_a_failure() -> None:
    with receiving(lambda _: Answered()) as gateway:
        pass
    with pytest.raises(NotSent, match="连不上"):
        sms(gateway.url).send("13800000000", TEXT, "key")


@pytest.mark.parametrize("address", ["../../other", "a@b.cn&to=c@d.cn", "evil.example/x", "a?key=b", "a#b"])
def test_an_address_stays_one_address(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving(lambda _: Answered(200, b'{"errcode":0}')) as wecom:
        monkeypatch.setattr(NotifyWeComBot, "notify_url", wecom.url + "/send?key={key}")
        try:
            Apprised("wecombot://{address}").send(address, TEXT, "key")
        except NotSent:
            assert not wecom.arrived
    assert all(one.path.count("=") == 1 and one.path.startswith("/send?key=") for one in wecom.arrived)


def test_settings_name_the_channels_and_wrong_ones_are_said() -> None:
    given = replace(
        settings(), channels="email=mailtos://h?to={address} wecom=wecombot://{address}", sms_url="http://x"
    )

    assert set(channels_of(given)) == {"email", "wecom", "sms"} == offered(given)
    with pytest.raises(Refusal, match="JIFEN_CHANNELS"):
        channels_of(replace(settings(), channels="mailtos://h"))
    with pytest.raises(Refusal, match="JIFEN_SMS_BODY"):
        channels_of(replace(settings(), sms_url="http://x", sms_body="{text}"))
