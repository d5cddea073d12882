"""What must not hang on a board is found, however it is written; what may hang is left in peace."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.disclosures import Found, Private, check_sign, identity_number, private_in

WIDE = str.maketrans("0123456789X-", "０１２３４５６７８９Ｘ－")
words = st.text(st.sampled_from("党员参加村道清扫，认真。"), max_size=12)
days = st.dates(date(1900, 1, 1), date(2020, 12, 31))


@st.composite
def identities(draw: st.DrawFn) -> str:
    place = draw(st.integers(110000, 659999))
    first = f"{place}{draw(days):%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return first + check_sign(first)


mobiles = st.builds(lambda second, rest: f"1{second}{rest:09d}", st.integers(3, 9), st.integers(0, 999_999_999))


def kinds(text: str) -> set[Private]:
    return {found.kind for found in private_in(text)}


@given(words, identities(), words)
def test_an_identity_number_is_found_wherever_it_stands(before: str, number: str, after: str) -> None:
    for written in (number, number.lower(), number.translate(WIDE), f"{number[:6]} {number[6:14]} {number[14:]}"):
        assert kinds(before + written + after) == {Private.IDENTITY}


@given(identities(), st.integers(0, 5), st.integers(1, 9))
def test_a_mistyped_identity_number_is_one_all_the_same(number: str, place: int, more: int) -> None:
    wrong = number[:place] + str((int(number[place]) + more) % 10) + number[place + 1 :]

    assert kinds(f"身份证{wrong}") == {Private.IDENTITY}


@given(words, mobiles, words)
def test_a_mobile_number_is_found_however_it_is_written(before: str, number: str, after: str) -> None:
    apart = f"{number[:3]}-{number[3:7]}-{number[7:]}"
    for written in (number, number.translate(WIDE), apart, apart.translate(WIDE), f"+86 {number}", f"86{number}"):
        assert kinds(before + written + after) == {Private.TELEPHONE}


@given(st.one_of(identities(), mobiles))
def test_what_is_shown_of_it_is_never_the_whole(number: str) -> None:
    assert all(number not in found.shown for found in private_in(f"号码{number}"))


@given(st.text(max_size=60))
def test_any_text_can_be_looked_through(text: str) -> None:
    assert all(isinstance(found, Found) for found in private_in(text))


@given(days, st.integers(1, 99), st.decimals(0, 100, places=2))
def test_days_minutes_and_points_are_not_private(day: date, number: int, points: object) -> None:
    text = (
        f"{day.year}年{day.month}月{day.day}日（{day}）支委会〔{day.year}〕{number}号，{points} 分，公示 q7m2k9xd"
    )

    assert private_in(text) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("固话 0539-2345678", Private.TELEPHONE),
        ("电话：2345678", Private.TELEPHONE),
        ("卡号 6222 0212 3456 7890 128", Private.CARD),
        ("家住河东村3组12号", Private.ADDRESS),
        ("柳溪路25号", Private.ADDRESS),
        ("2026-04-21 13812345678", Private.TELEPHONE),
        ("110101900307001", Private.IDENTITY),
    ],
)
def test_other_private_matters(text: str, kind: Private) -> None:
    assert kinds(text) == {kind}


def test_fifteen_digits_that_hold_no_birthday_are_no_identity_number() -> None:
    assert not identity_number("110101909907001")
