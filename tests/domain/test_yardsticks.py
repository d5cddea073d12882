"""Yardsticks: the shipped measures are sound, and what a county may not set is said with what would be right."""

from dataclasses import fields, replace

import pytest

from shared.domain.yardsticks import Measures, differences, faults_of, usual
from shared.usecases.yardsticks import bounds

USUAL = usual(bounds())


def test_every_measure_has_its_bounds_and_the_usual_ones_are_sound() -> None:
    assert [field.name for field in fields(Measures)] == list(bounds())
    assert faults_of(USUAL, bounds()) == []


@pytest.mark.parametrize("name", list(bounds()))
def test_a_measure_beyond_its_bounds_is_refused_with_what_would_be_right(name: str) -> None:
    bound = bounds()[name]

    for beyond in (bound.least - 1, bound.most + 1):
        said = faults_of(replace(USUAL, **{name: beyond}), bounds())[0]
        assert said.startswith(f"“{bound.words}”应在 {bound.range}之间，写的是 {beyond}")


def test_all_faults_are_said_at_once() -> None:
    wrong = replace(USUAL, timely=50, commended_from=85, urged_below=85)

    assert faults_of(wrong, bounds()) == [
        "按期、完整、答复三项的分加起来应是 100 分，现在是 110 分。",
        "督促的界限（85 分）应低于表扬的界限（85 分）。",
    ]


def test_what_is_set_otherwise_is_said_in_plain_words() -> None:
    assert differences(USUAL, replace(USUAL, high_share=60), bounds()) == [
        "酌情加分超过百分之多少提示：50%改为 60%"
    ]
