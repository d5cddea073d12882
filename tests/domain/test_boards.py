"""Boards: the columns sum to the figure, days left are days on the calendar, a notice hangs 30 days more."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.boards import Shown, columns, countdown, hangs_until, told_apart

CLOSES = datetime(2026, 4, 21, 16, tzinfo=UTC)
LAST = date(2026, 4, 21)
POINTS = st.decimals(-200, 200, places=2)


@given(
    st.lists(
        st.builds(
            Shown, st.sampled_from(["base", "event", "clamp"]), st.text(max_size=3), POINTS, st.just("round")
        )
    )
)
def test_the_columns_sum_to_the_figure(awards: list[Shown]) -> None:
    shown = columns(awards)

    assert shown.base + shown.gained + shown.lost == sum((award.points for award in awards), Decimal(0))


def test_equal_grounds_are_told_once_with_how_often() -> None:
    lectures = [Shown("event", "讲党课", Decimal("2.00"), "round")] * 3

    assert columns(lectures).gains == (("讲党课", 3, Decimal("6.00")),)


def test_what_counts_for_the_year_is_no_part_of_the_round() -> None:
    shown = columns([Shown("event", "获奖", Decimal("5.00"), "year")])

    assert shown.gained == 0
    assert shown.for_year[0].points == 5


def test_a_zeroing_is_shown_though_it_takes_nothing_in_the_round() -> None:
    assert columns([Shown("event", "违法违纪", Decimal("0.00"), "round", zeroes=True)]).losses


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (datetime(2026, 4, 14, 1, tzinfo=UTC), "还剩 7 天（至 4月21日 24:00）"),
        (datetime(2026, 4, 20, 15, 59, tzinfo=UTC), "还剩 1 天（至 4月21日 24:00）"),
        (datetime(2026, 4, 20, 16, tzinfo=UTC), "今天截止（至 4月21日 24:00）"),
        (CLOSES - timedelta(seconds=1), "今天截止（至 4月21日 24:00）"),
        (CLOSES, "异议期已于 4月21日 24:00 截止"),
    ],
)
def test_a_window_is_counted_down_in_days(now: datetime, said: str) -> None:
    assert countdown(CLOSES, LAST, now) == said


def test_a_notice_hangs_until_thirty_days_after_its_last_line_has_settled() -> None:
    later = CLOSES + timedelta(days=9)

    assert hangs_until(CLOSES, CLOSES, 0) == CLOSES + timedelta(days=30)
    assert hangs_until(CLOSES, later, 0) == later + timedelta(days=30)
    assert hangs_until(CLOSES, None, 1) is None
    assert hangs_until(None, None, 0) is None


def test_people_of_one_name_are_told_apart() -> None:
    by_group = told_apart([("王秀兰", "一组"), ("李明", "一组"), ("王秀兰", "二组")])
    by_sign = told_apart([("李明", "一组"), ("李明", "一组"), ("李明", "二组")])

    assert by_group == ["", None, ""]
    assert by_sign == ["甲", "乙", ""]
