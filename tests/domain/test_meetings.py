"""Quorum and majority, by tables worked out by hand from article 11."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.domain.meetings import COUNTS_AS_PRESENT, Attended, Count, Roll, carried, faults_of, why


@pytest.mark.parametrize(
    ("due", "present", "in_favour", "quorate", "passes"),
    [
        (10, 5, 5, True, False),  # half is a quorum; half of those due is no majority
        (10, 6, 6, True, True),
        (10, 10, 5, True, False),
        (10, 10, 6, True, True),
        (10, 4, 4, False, False),
        (11, 5, 5, False, False),  # half of eleven is five and a half
        (11, 6, 5, True, False),
        (11, 6, 6, True, True),
        (1, 1, 1, True, True),
        (2, 1, 1, True, False),
        (802, 401, 401, True, False),
        (802, 402, 402, True, True),
        (0, 0, 0, False, False),  # nobody due: no meeting
    ],
)
def test_quorum_and_majority_are_reckoned_over_those_who_should_attend(
    due: int, present: int, in_favour: int, quorate: bool, passes: bool
) -> None:
    roll = Roll(due, present)

    assert roll.quorate is quorate
    assert carried(roll, Count(in_favour)) is passes
    assert ("通过。" in why(roll, Count(in_favour)) and "未通过" not in why(roll, Count(in_favour))) is passes


def test_a_remote_ballot_and_a_written_opinion_count_as_present_and_leave_does_not() -> None:
    assert {how for how in Attended if how not in COUNTS_AS_PRESENT} == {Attended.LEAVE, Attended.ABSENT}


@pytest.mark.parametrize(
    ("count", "faulty"),
    [
        (Count(5, 3, 2), False),
        (Count(5), False),  # who says nothing has not voted
        (Count(5, 3, 3), True),
        (Count(-1), True),
        (Count(5, -1), True),
        (Count(11), True),
    ],
)
def test_there_are_never_more_votes_than_voters(count: Count, faulty: bool) -> None:
    assert bool(faults_of(Roll(12, 10), count)) is faulty


@given(some.integers(0, 2000), some.integers(0, 2000), some.integers(0, 2000))
def test_what_carries_has_a_quorum_and_more_votes_never_hurt(due: int, present: int, votes: int) -> None:
    roll = Roll(due, min(present, due))

    if carried(roll, Count(votes)):
        assert roll.quorate
        assert carried(roll, Count(votes + 1))
