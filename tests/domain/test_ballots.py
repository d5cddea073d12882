"""Ballots: an urn adds up slips and keeps nobody's; paper that two count alike; when enough have voted."""

from uuid import UUID

import pytest

from shared.domain.ballots import DIGITS, FEWEST_VOTERS, Urn, faults_of_count, faults_of_slip, valid, why

LI, WANG, ZHAO = UUID(int=1), UUID(int=2), UUID(int=3)
EMPTY = Urn.empty([LI, WANG], ["优秀", "合格", "基本合格"])


def test_slips_add_up_by_subject_and_choice() -> None:
    urn = EMPTY.with_slip({LI: "优秀", WANG: "基本合格"}).with_slip({LI: "优秀"}).with_slip({})

    assert urn.slips == 3
    assert urn.counts == {
        LI: {"优秀": 2, "合格": 0, "基本合格": 0},
        WANG: {"优秀": 0, "合格": 0, "基本合格": 1},
    }


def test_paper_adds_to_what_fell_on_the_screen() -> None:
    urn = EMPTY.with_slip({LI: "合格"}).with_counts(4, {LI: {"合格": 3, "优秀": 1}, ZHAO: {"优秀": 9}})

    assert urn.slips == 5
    assert urn.counts[LI] == {"优秀": 1, "合格": 4, "基本合格": 0}
    assert urn.counts[WANG] == {"优秀": 0, "合格": 0, "基本合格": 0}


def test_an_urn_is_written_in_as_many_digits_whatever_is_in_it() -> None:
    full = EMPTY.with_counts(99_999, {LI: {"优秀": 99_998}, WANG: {"合格": 1}})

    assert EMPTY.written() == "0" * 35
    assert Urn((), ()).written() == "00000"
    assert full.written() == "99999" + "99998" + "00000" * 3 + "00001" + "00000"
    assert EMPTY.read(full.written()) == full
    assert (DIGITS, FEWEST_VOTERS) == (5, 3)


@pytest.mark.parametrize("digits", ["0" * 30, "0" * 40])
def test_an_urn_of_another_ballot_is_not_read(digits: str) -> None:
    with pytest.raises(ValueError, match="another ballot"):
        EMPTY.read(digits)


def test_a_slip_says_only_what_is_asked_and_nothing_of_oneself() -> None:
    assert faults_of_slip(EMPTY, {LI: "优秀"}, WANG) == []
    assert faults_of_slip(EMPTY, {LI: "优秀"}, None) == []
    assert faults_of_slip(Urn.empty([LI, WANG], ["优秀", "合格"]), {LI: "优秀", WANG: "合格"}, None) == []
    assert "看不懂" in faults_of_slip(EMPTY, {ZHAO: "优秀"}, None)[0]
    assert "看不懂" in faults_of_slip(EMPTY, {LI: "极好"}, None)[0]
    assert "自己" in faults_of_slip(EMPTY, {LI: "优秀"}, LI)[0]


def test_paper_that_does_not_add_up_is_counted_again() -> None:
    assert faults_of_count(EMPTY, 5, 5, {LI: {"优秀": 3, "合格": 2}, WANG: {}}) == []
    assert faults_of_count(EMPTY, 5, 0, {LI: {"优秀": 0}}) == []
    assert "发出纸质票 4 张" in faults_of_count(EMPTY, 4, 5, {})[0]
    assert len(faults_of_count(EMPTY, 5, 2, {LI: {"优秀": 3}, WANG: {"合格": 9}})) == 1
    assert len(faults_of_count(EMPTY, 1, 2, {LI: {"优秀": 3}})) == 2
    assert faults_of_count(EMPTY, 5, -1, {}) == ["票数不能是负数。"]
    assert faults_of_count(EMPTY, 5, 1, {LI: {"优秀": 1, "合格": -1}}) == ["票数不能是负数。"]


@pytest.mark.parametrize(("due", "cast", "enough"), [(0, 0, False), (1, 1, True), (4, 2, True), (5, 2, False)])
def test_half_of_those_who_should_are_enough(due: int, cast: int, enough: bool) -> None:
    assert valid(due, cast) is enough
    assert ("投票有效" in why(due, cast)) is enough
