"""Supervisions: a branch is judged by its terms, its packages and its answers, and by nothing else."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.supervisions import Conduct, Share, Standing, conduct_of
from shared.domain.yardsticks import usual
from shared.usecases.yardsticks import bounds

USUAL = usual(bounds())
shares = st.integers(0, 50).flatmap(lambda due: st.builds(Share, st.just(due), st.integers(0, due)))
conducts = st.builds(Conduct, st.just(USUAL), shares, shares, shares)


def test_everything_in_order_is_commended_and_much_that_is_late_is_urged() -> None:
    assert conduct_of({"round": (3, 0), "filing": (1, 0), "package": (1, 0)}, USUAL).standing is Standing.COMMENDED
    assert conduct_of({"round": (3, 1), "filing": (1, 0)}, USUAL).standing is Standing.SOUND
    assert conduct_of({"round": (2, 2), "objection": (1, 1)}, USUAL).standing is Standing.URGED


def test_a_county_that_weighs_otherwise_comes_to_another_standing() -> None:
    counts = {"round": (2, 1), "filing": (2, 1)}
    by = replace(USUAL, timely=20, answered=55)

    assert conduct_of(counts, USUAL).standing is Standing.SOUND
    assert conduct_of(counts, replace(USUAL, urged_below=85)).standing is Standing.URGED
    assert (conduct_of(counts, USUAL).mark, conduct_of(counts, by).mark) == (80, 90)


def test_who_had_nothing_to_do_is_neither_commended_nor_urged() -> None:
    idle = conduct_of({}, USUAL)

    assert (idle.standing, idle.words) == (Standing.SOUND, "这一期没有到期的工作。")


@given(conducts)
def test_a_mark_lies_between_nought_and_a_hundred(conduct: Conduct) -> None:
    assert 0 <= conduct.mark <= 100
    assert conduct.mark < 100 or not any(share.percent < 100 for share in (conduct.timely, conduct.answered))


@given(conducts)
def test_what_was_late_is_never_commended_and_one_more_late_never_helps(conduct: Conduct) -> None:
    worse = Conduct(
        USUAL, Share(conduct.timely.due + 1, conduct.timely.late + 1), conduct.complete, conduct.answered
    )

    assert not conduct.late or conduct.standing is not Standing.COMMENDED
    assert worse.mark <= conduct.mark
