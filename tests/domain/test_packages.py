"""Packages: their sums, and the checks between their tables, each naming the place and what would mend it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.packages import Figures, check, faults_of, figures_of, lowest_of, to_mend, total
from shared.domain.rules import Band

SOUND: dict[str, Any] = {
    "period": "2026-Q1",
    "lines": [{"period": "2026-Q1", "member_no": "001", "name": "王秀兰", "state": "settled", "points": "3.00"}],
    "claims": {"confirmed": 2, "refused": 1, "draft": 4},
    "notices": [{"objections": 1}],
    "rosters": [{"period": "2026-Q1", "members": 1, "exempt": 0, "scored": 1, "without": [], "beside": []}],
    "minutes": [
        {
            "minute": "大会〔2026〕1号",
            "due": 9,
            "present": 7,
            "in_favour": 6,
            "against": 1,
            "abstained": 0,
            "passed": True,
        }
    ],
    "grades": [],
    "remarks": {},
    "lowest": None,
}
counts = st.integers(0, 99)
figures = st.builds(Figures, *[counts] * 8, grades=st.dictionaries(st.sampled_from("优合差"), st.integers(1, 9)))


def faults(**changed: Any) -> list[str]:
    return [fault.where + fault.says for fault in faults_of({**SOUND, **changed})]


def test_a_sound_package_has_no_fault_and_its_sums_are_those_of_its_rows() -> None:
    assert faults() == []
    assert figures_of(SOUND) == Figures(1, 1, 0, 0, 3, 2, 1, 1, {})
    assert len(check(SOUND)) == 6


def test_who_is_on_the_roster_and_neither_scored_nor_exempt_is_named() -> None:
    roster = {**SOUND["rosters"][0], "without": ["李建国"], "beside": ["赵明"]}

    first, second = faults(rosters=[roster])

    assert first.startswith("2026年第一季度李建国在名册上，没有积分")
    assert second == "2026年第一季度赵明有积分，期末却不在名册上。"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"present": 6}, "到会 6 人，却记了 7 票。"),
        ({"in_favour": 4, "against": 3}, "应到 9 人，赞成 4 票，没有过半，却记为通过。"),
    ],
)
def test_votes_are_those_of_people_who_were_there(wrong: dict[str, int], says: str) -> None:
    assert faults(minutes=[{**SOUND["minutes"][0], **wrong}]) == [f"会议记录 大会〔2026〕1号{says}"]


def test_the_lowest_grade_is_explained_before_it_goes_up_and_everything_else_may_go_up_as_it_is() -> None:
    graded = [{"member_no": "001", "name": "王秀兰", "grade": "不合格"}]
    package = {**SOUND, "grades": graded, "lowest": "不合格"}

    (sentence,) = to_mend(package)

    assert sentence == "编号 001 王秀兰：等次是“不合格”，备注里没有写原因。请在下面的备注里写明原因。"
    assert to_mend({**package, "remarks": {"001": "全年未参加组织生活"}}) == []
    assert to_mend({**SOUND, "notices": []}) == []


def test_members_are_as_many_as_the_grades() -> None:
    graded = [{"member_no": "1", "name": "甲", "grade": "合格"}, {"member_no": "2", "name": "乙", "grade": None}]

    assert faults(grades=graded) == ["年度等次参加积分的 2 人中，乙没有等次。"]
    assert faults(grades=graded[1:]) == []  # a book without grades


def test_a_sum_that_was_changed_is_noticed() -> None:
    parts = [{"figures": {"lines": 3, "branches": 1}}, {"figures": {"lines": 4, "branches": 2}}]
    told = {"parts": parts, "missing": ["东山村党支部"], "figures": {"lines": 8, "branches": 3}}

    assert [fault.where for fault in faults_of(told)] == ["合计", "东山村党支部"]
    assert figures_of(told).lines == 7


def test_a_package_from_before_there_were_checks_is_read_all_the_same() -> None:
    old = {name: SOUND[name] for name in ("period", "lines", "claims", "notices")}

    assert faults_of(old) == []


def test_the_lowest_grade_is_the_band_of_the_fewest_points() -> None:
    bands = [Band("优秀", low=90), Band("不合格", high=60), Band("合格", low=60, high=90)]  # type: ignore[arg-type]

    assert lowest_of(bands) == "不合格"
    assert lowest_of([]) is None


@given(st.lists(figures, max_size=6), st.randoms())
def test_a_total_is_the_same_in_whatever_order_and_however_it_is_grouped(
    given: list[Figures], chance: Any
) -> None:
    mixed = given[:]
    chance.shuffle(mixed)

    assert total(given) == total(mixed) == total(given[:2]) + total(given[2:])
