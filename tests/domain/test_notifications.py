"""Notifications: working hours, pauses, channels in their order, and words that tell nothing to others."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import Invalid
from shared.domain.notifications import (
    HOURS,
    MOST_ATTEMPTS,
    MUST_REACH,
    SMS,
    TOPICS,
    Hours,
    Way,
    again_at,
    check_ways,
    in_hours,
    in_words,
    planned,
)
from shared.domain.windows import SHANGHAI

AT = datetime(2026, 4, 14, 9, 0, tzinfo=SHANGHAI)
MAIL, PHONE = Way("email", "mei@example.cn"), Way(SMS, "13800000000")
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        (AT, AT),
        (AT.replace(hour=7, minute=59), AT.replace(hour=8)),
        (AT.replace(hour=8), AT.replace(hour=8)),
        (AT.replace(hour=19, minute=59), AT.replace(hour=19, minute=59)),
        (AT.replace(hour=20), AT.replace(day=15, hour=8)),
        (datetime(2026, 12, 31, 23, tzinfo=SHANGHAI), datetime(2027, 1, 1, 8, tzinfo=SHANGHAI)),
    ],
)
def test_what_comes_at_night_waits_for_the_morning(said: datetime, sent: datetime) -> None:
    assert in_hours(said.astimezone(UTC), HOURS) == sent


@given(at=INSTANTS, first=st.integers(0, 23), length=st.integers(1, 24))
def test_nobody_is_disturbed_outside_the_hours_nor_left_waiting_for_more_than_a_day(
    at: datetime, first: int, length: int
) -> None:
    hours = Hours(first, min(first + length, 24))
    sent = in_hours(at, hours)

    assert hours.first <= sent.astimezone(SHANGHAI).hour < hours.last
    assert at <= sent < at + timedelta(days=1)
    assert in_hours(sent, hours) == sent


def test_each_pause_is_twice_as_long_and_the_fifth_time_is_the_last() -> None:
    pauses = [again_at(AT, attempts, HOURS) for attempts in range(1, MOST_ATTEMPTS + 1)]

    assert [(at - AT) // timedelta(minutes=1) if at else None for at in pauses] == [10, 20, 40, 80, None]
    assert again_at(AT.replace(hour=19, minute=55), 1, HOURS) == AT.replace(day=15, hour=8)


def test_first_goes_out_by_the_first_channel_that_works_here_and_sms_a_day_later() -> None:
    wecom = Way("wecom", "mei")

    assert planned("deduction", AT, [wecom, MAIL, PHONE], {"email", SMS}) == [
        ("email", AT),
        (SMS, AT + timedelta(hours=24)),
    ]
    assert planned("deduction", AT, [PHONE], {"email", SMS}) == [(SMS, AT + timedelta(hours=24))]
    assert planned("filed", AT, [PHONE, MAIL], {"email", SMS}) == [("email", AT)]
    assert planned("deduction", AT, [MAIL, PHONE], set()) == []
    assert planned("deduction", AT, [Way("email", "a@b.cn", wanted=False)], {"email"}) == []


def test_outside_it_is_said_that_something_waits_and_never_what() -> None:
    assert in_words(["deduction", "meeting", "deduction"], "0939-100") == (
        "您有 3 条新消息（积分登记 2 条、会议 1 条），请登录积分系统查看；不便上网请致电支部 0939-100。"
    )
    assert in_words(["deduction"] * 6, None) == "您有 6 条新消息，请登录积分系统查看。"
    assert "其他 1 条" in in_words(["unheard"], None)
    assert set(TOPICS) >= MUST_REACH


@pytest.mark.parametrize(
    "way",
    [
        Way("email", "mei"),
        Way("email", "a@b.cn,c@d.cn"),
        Way("email", "a@b.cn\nBcc: c@d.cn"),
        Way(SMS, "1380000"),
        Way(SMS, "１３８００００００００"),
        Way("email", ""),
        Way("email", "a" * 200 + "@b.cn"),
        Way("fax", "1"),
    ],
)
def test_an_address_that_cannot_be_one_is_refused(way: Way) -> None:
    with pytest.raises(Invalid):
        check_ways([way], {"email", SMS})


def test_ways_that_can_be_are_taken_and_faults_are_said_all_at_once() -> None:
    check_ways(
        [
            MAIL,
            PHONE,
        ],
        {"email", SMS},
    )
    check_ways([Way(SMS, "", wanted=False)], {SMS})

    with pytest.raises(Invalid) as refused:
        check_ways([Way("email", "mei"), Way("email", "mei"), Way(SMS, "1")], {"email", SMS})
    assert len(refused.value.faults) == 4
