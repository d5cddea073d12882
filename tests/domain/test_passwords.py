"""Passwords: any script and length that one can remember; not what everybody tries first."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.domain.accounts import digits_of, sign_in_name, telephone_of
from shared.domain.passwords import LONGEST, SHORTEST, faults_of
from shared.usecases.passwords import COMMON, common, hash_of, is_right

OWN = ("13800001234", "mt-ht-001", "王秀兰")


@pytest.mark.parametrize(
    "password", ["东山的桃花开了三次", "correct horse battery", "ағаш көпір үсті", "Ⅷ月十五看月亮啊", "a1!" * 3]
)
def test_what_one_can_remember_is_taken(password: str) -> None:
    assert faults_of(password, common(), OWN) == []


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("", "太短"),
        ("桃花开了三次", "太短"),
        ("春" * 129, "太长"),
        ("12345678", "太常见"),
        ("Password1", "太常见"),
        ("１２３４５６７８", "太常见"),
        ("aaaaaaaabb", "太常见"),
        ("13800001234", "自己的电话"),
        ("13800001234a", "自己的电话"),
        ("mt-ht-001!", "自己的"),
    ],
)
def test_what_anybody_would_try_is_not(password: str, fault: str) -> None:
    assert fault in "".join(faults_of(password, common(), OWN))


def test_one_s_name_within_a_longer_password_is_no_guess() -> None:
    assert faults_of("王秀兰和桃花开了三次", common(), OWN) == []


@given(some.text(min_size=SHORTEST, max_size=LONGEST))
def test_no_script_is_refused_for_itself(password: str) -> None:
    said = faults_of(password, common(), ())

    assert all("太常见" in fault or "太长" in fault or "太短" in fault for fault in said)


def test_the_list_of_common_ones_is_long_enough_to_be_on_it() -> None:
    listed = COMMON.read_text("utf-8").split()

    assert listed == sorted(set(listed))
    assert all(len(word) >= SHORTEST and word == word.casefold() for word in listed)


def test_a_hash_is_argon2id_and_opens_with_the_password_alone_however_it_was_typed() -> None:
    kept = hash_of("Ⅷ月十五看月亮")

    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert is_right(kept, "VIII月十五看月亮")
    assert not is_right(kept, "Ⅸ月十五看月亮")
    assert not is_right(None, "Ⅷ月十五看月亮")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" 138 0000-1234 ", "13800001234"),
        ("+86 13800001234", "13800001234"),
        ("１３８００００１２３４", "13800001234"),
        ("mt-ht-001", "mt-ht-001"),
        ("001", "001"),
    ],
)
def test_a_sign_in_name_is_read_as_people_type_it(typed: str, name: str) -> None:
    assert sign_in_name(typed) == name


def test_telephones_and_codes_are_read_without_what_groups_them() -> None:
    assert telephone_of("0555-1234567") == "05551234567"
    assert telephone_of("没有") == "没有"
    assert digits_of(" 1234 ５678-") == "12345678"
