"""Logs: whatever people write, an event is one line, and what is personal or secret stands in none."""

import io
import json
import logging
import re
import sys
import unicodedata
from datetime import datetime
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.telemetry import logs
from shared.telemetry.masking import masked
from shared.telemetry.standing import Standing, in_county, standing, withhold
from tests.telemetry.lines import parsed, written

log = logging.getLogger("jifen.tests")
EVIL = st.text(st.characters(codec=None) | st.sampled_from("\r\n\x1b\x9b\u2028\u202e\x00\"\\{}'"), max_size=60)
DIGITS = st.integers(0, 9999).map("{:04}".format)
TELEPHONES = st.builds(
    "{}{sign}{}{sign}{}".format, st.integers(130, 199), DIGITS, DIGITS, sign=st.sampled_from(["", "-", " "])
)
CARDS = st.builds("{}{}".format, st.integers(10**16, 10**17 - 1), st.sampled_from("0123456789Xx"))
SECRETS = st.text("abcdefghijkmnpqrstuvwxyz23456789", min_size=24, max_size=40)


def fails(said: str) -> None:
    """Something that goes wrong in these words."""
    raise ValueError(said)


@settings(max_examples=40)
@given(EVIL, EVIL)
def test_nobody_forges_a_line(message: str, value: str) -> None:
    with written() as stream, standing(Standing(request="1")):
        log.info("%s", message, extra={"fields": {"of": value}})
        try:
            fails(message)
        except ValueError:
            log.exception("failed: %s", value)

    assert stream.getvalue().count("\n") == 2
    first, second = parsed(stream)
    assert set(first) == {"time", "level", "logger", "service", "request", "of", "message"}
    assert second["exception"]["type"] == "ValueError"
    said = [first["message"], first["of"], second["message"], *second["exception"]["trace"].split("\n")]
    assert not [sign for sign in "".join(said) if unicodedata.category(sign) in {"Cc", "Zl", "Zp", "Cs"}]
    assert len(second["exception"]["trace"].split("\n")) == 3


@settings(max_examples=40)
@given(EVIL)
def test_a_person_s_log_has_one_line_for_an_event_and_what_went_wrong_below_it(message: str) -> None:
    with written(logs.TEXT) as stream:
        try:
            fails(message)
        except ValueError:
            log.exception("%s", message)

    first, *below = stream.getvalue().removesuffix("\n").split("\n")
    assert re.match(r"\d{4}-\d\d-\d\dT[\d:.]+\+08:00 ERROR jifen\.tests ", first)
    assert len(below) == 3
    assert all(line.startswith("  ") for line in below)


@settings(max_examples=40)
@given(
    TELEPHONES | CARDS,
    st.sampled_from(["{}", "电话{}。", "/members?q={}", "Key (telephone)=({}) exists", "{{'x': '{}'}}"]),
)
def test_no_number_of_a_person_stands_in_a_line(number: str, said: str) -> None:
    assert number not in masked(said.format(number))


@settings(max_examples=40)
@given(
    SECRETS,
    st.sampled_from(
        [
            "password={}",
            "{{'password': ['{}'], 'x': 1}}",
            '{{"new_password": "{}"}}',
            "Authorization: Bearer {}",
            "Bearer {}",
            "Cookie: a=1; sign_in={}; b=2",
            "set-cookie: sign_in={}",
            "redis://:{}@cache.example:6379/0",
            "GET /card?token={} failed",
            "GET /members?name={}&year=2026",
            "token={}",
            "密码：{}",
            "jf_{}",
        ]
    ),
)
def test_no_secret_stands_in_a_line(secret: str, said: str) -> None:
    assert secret not in masked(said.format(secret))


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("{'code': '123456'}", "{'code': '***'}"),
        ("mail to zhangsan@example.cn", "mail to ***@example.cn"),
        ("/members?name=张三", "/members?***"),
        ("exit code: 1, 650 branches in 30.5 s", "exit code: 1, 650 branches in 30.5 s"),
        ("succeeded in 0.043271123456s: None", "succeeded in 0.043271123456s: None"),
        (
            "deadline 0f3a5c7e-9b1d-4f46-8a13-912345678901 failed",
            "deadline 0f3a5c7e-9b1d-4f46-8a13-912345678901 failed",
        ),
        ("2026-11-23 04:10:27 数据库检查未完成", "2026-11-23 04:10:27 数据库检查未完成"),
    ],
)
def test_what_is_hidden_is_what_is_personal_and_nothing_else(said: str, left: str) -> None:
    assert masked(said) == left


def test_what_somebody_typed_stands_in_no_line_of_their_request() -> None:
    with written() as stream, standing(Standing()):
        withhold(["东山的桃花", "ok"])
        log.error("ok: %s", "东山的桃花")

    assert parsed(stream)[0]["message"] == "ok: ***"


def test_a_line_says_where_it_stands_and_when_with_its_offset() -> None:
    county = uuid4()
    with written() as stream:
        with standing(Standing(request="a1", task="deadlines.fire_due", task_id="7")):
            in_county(county)
            log.warning("late")
        log.warning("nowhere")

    inside, outside = parsed(stream)
    assert (inside["request"], inside["tenant"]) == ("a1", str(county))
    assert (inside["task"], inside["task_id"]) == ("deadlines.fire_due", "7")
    assert (inside["level"], inside["logger"], inside["service"]) == ("WARNING", "jifen.tests", "tests")
    assert str(datetime.fromisoformat(inside["time"]).utcoffset()) == "8:00:00"
    assert not {"request", "tenant", "task", "task_id"} & outside.keys()


def test_a_database_s_details_and_whatever_does_not_fit_its_template_are_left_out_and_the_line_is_not() -> None:
    class Diagnosed(Exception):
        class diag:  # noqa: N801 - as psycopg has it
            message_primary = "duplicate key value"

    with written() as stream:
        log.info("%d rows", "three")
        log.error("failed", exc_info=Diagnosed("duplicate key value\nDETAIL: Key (name)=(鲁春香)"))

    template, diagnosed = parsed(stream)
    assert template["message"] == "%d rows"
    assert "鲁春香" not in json.dumps(diagnosed, ensure_ascii=False)
    assert diagnosed["exception"]["message"] == "duplicate key value"


def test_one_who_begins_leaves_nobody_a_way_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    root, other, stream = logging.getLogger(), logging.getLogger("uvicorn.error"), io.StringIO()
    monkeypatch.setattr(root, "handlers", [*root.handlers])
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    level = root.level
    monkeypatch.setattr(other, "handlers", [logging.StreamHandler()])
    monkeypatch.setattr(other, "propagate", False)
    try:
        logs.begin(logs.JSON, "api", stream=stream)
        other.error("password=hunter2secret")
        sys.excepthook(RuntimeError, RuntimeError("out of memory"), None)
    finally:
        root.setLevel(level)
        logging.captureWarnings(False)

    first, last = parsed(stream)
    assert first["message"] == "password=***"
    assert (last["level"], last["exception"]["message"]) == ("CRITICAL", "out of memory")
