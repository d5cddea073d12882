"""Hints: each fires on the numbers that it is for, and says nothing of a branch that works as it should."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.hints import Pattern, hints_of
from shared.domain.yardsticks import Measures, usual
from shared.usecases.yardsticks import bounds

USUAL = usual(bounds())
TODAY = date(2026, 9, 1)
SOUND = Pattern(
    rounds=3,
    uniform_rounds=0,
    claims=60,
    corrected=4,
    given=Decimal(200),
    discretionary=Decimal(40),
    lines_ever=120,
    deductions_ever=2,
    newest_notice=date(2026, 7, 14),
)


def kinds(seen: Pattern, today: date = TODAY, by: Measures = USUAL) -> list[str]:
    return [hint.kind for hint in hints_of(seen, by, today)]


def test_a_branch_that_works_as_it_should_gives_no_sign() -> None:
    assert kinds(SOUND) == []


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        ("uniform", {"uniform_rounds": 1}),
        ("uncorrected", {"corrected": 0}),
        ("discretionary", {"discretionary": Decimal("100.01")}),
        ("stale", {"newest_notice": date(2025, 12, 31)}),
        ("undeducted", {"deductions_ever": 0}),
    ],
)
def test_each_sign_alone_gives_its_own_hint_alone(kind: str, changed: dict[str, object]) -> None:
    assert kinds(replace(SOUND, **changed)) == [kind]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "seen", "changed"),
    [
        ("uncorrected", replace(SOUND, claims=19, corrected=0), {"fewest_claims": 19}),
        ("discretionary", replace(SOUND, discretionary=Decimal(61)), {"high_share": 30}),
        ("stale", replace(SOUND, newest_notice=date(2025, 12, 31)), {"stale_from_month": 10}),
        ("undeducted", replace(SOUND, lines_ever=29, deductions_ever=0), {"fewest_lines": 29}),
    ],
)
def test_a_county_that_sets_another_threshold_changes_what_fires(
    kind: str, seen: Pattern, changed: dict[str, int]
) -> None:
    usually, then = kind in kinds(seen), kind in kinds(seen, by=replace(USUAL, **changed))

    assert usually is not then


def test_a_new_branch_gives_no_sign_of_what_it_could_not_have_done() -> None:
    assert kinds(Pattern()) == []
    assert kinds(replace(SOUND, claims=19, corrected=0, lines_ever=29, deductions_ever=0)) == []
    assert kinds(replace(SOUND, discretionary=Decimal(100))) == []


def test_before_may_nobody_is_late_with_the_years_first_notice() -> None:
    last_year = replace(SOUND, newest_notice=date(2025, 12, 31))

    assert kinds(last_year, date(2026, 4, 30)) == []
    assert kinds(last_year, date(2026, 5, 1)) == ["stale"]


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_a_hint_says_what_was_seen_and_what_to_ask_and_names_nobody(claims: int, lines: int, today: date) -> None:
    seen = Pattern(claims=claims, lines_ever=lines, uniform_rounds=1, rounds=1, newest_notice=date(2019, 1, 1))

    for hint in hints_of(seen, USUAL, today):
        assert hint.says.endswith("。")
        assert hint.ask.startswith("看看")
