"""Inheritance: a township adds and drops on the county's plan, and never touches what is locked."""

from collections import Counter

import pytest

from shared.domain.rule_books import check
from shared.domain.rule_text import Fault
from shared.usecases.rules import load_book
from tests.domain.books import SEVENTH

PLAN = (
    SEVENTH.replace("{id: G, kind: bonus, points: 3", "{id: G, locked: yes, kind: bonus, points: 3")
    .replace(
        "{id: D, kind: deduction, points: 8", "{id: D, kind: deduction, points: 8, bounds: {least: 5, most: 9}"
    )
    .replace("aspects: [甲]", "aspects: [甲]\nadditions: {kinds: [bonus], points: {least: 1, most: 5}}")
)
HEAD = "book: lower\ntitle: 下级\nversion: 1\neffective_from: 2020-01-01\ninherits: plan\n"


def faults(overlay: str) -> list[Fault]:
    sources = {"plan": ("plan.yaml", PLAN), "lower": ("lower.yaml", HEAD + overlay)}
    return list(check(HEAD + overlay, "lower.yaml", sources.get).faults)


def test_the_township_has_forty_bonus_items_and_eighteen_deductions() -> None:
    county, township = load_book("county-plan"), load_book("township-overlay")

    assert Counter(item.kind for item in county.items.values()) == {"bonus": 30, "deduction": 20}
    assert Counter(item.kind for item in township.items.values()) == {"bonus": 40, "deduction": 18}
    assert len({item.aspect for item in county.items.values() if item.aspect}) == 4


def test_locked_items_reach_the_township_unchanged() -> None:
    county, township = load_book("county-plan"), load_book("township-overlay")
    locked = [item for item in county.items.values() if item.locked]

    assert len(locked) > 5
    assert all(township.items[item.id] == item for item in locked)


def test_what_is_not_mentioned_is_inherited() -> None:
    sources = {"plan": ("plan.yaml", PLAN)}

    book = check(HEAD + "drops: [T]\nchanges: [{id: D, points: 6}]", "lower.yaml", sources.get).book

    assert (book.id, book.title, str(book.round_base)) == ("lower", "下级", "20")
    assert "T" not in book.items
    assert str(book.items["D"].points) == "6"


SOUND = ["drops: [T]", "changes: [{id: D, points: 5}]", "adds: [{id: N, kind: bonus, points: 5, title: 新}]"]


@pytest.mark.parametrize("overlay", SOUND)
def test_what_the_county_leaves_open_may_be_changed(overlay: str) -> None:
    assert faults(overlay) == []


REFUSED = [
    ("drops: [G]", "锁定，不得取消"),
    ("changes: [{id: G, points: 3}]", "锁定，不得修改"),
    ("changes: [{id: G, locked: no}]", "锁定，不得修改"),
    ("adds: [{id: G, kind: bonus, points: 1, title: 又}]", "重号"),
    ("drops: [Q]", "“Q”上级没有"),
    ("changes: [{id: D, points: 10}]", "超出上级给出的范围"),
    ("changes: [{id: D, kind: bonus}]", "不能由下级修改"),
    ("changes: [{id: T, caps: [{per: round, points: 9}]}]", "没有可调范围"),
    ("adds: [{id: N, kind: bonus, points: 6, title: 新}]", "超出上级给出的范围"),
    ("adds: [{id: N, kind: deduction, points: 2, title: 新}]", "不被允许"),
    ("grades: [{name: 好}]", "不认识“grades”"),
    ("drops: [H]\nadds: [{id: H, kind: bonus, points: 1, title: 又}]", "重号"),
]


@pytest.mark.parametrize(("overlay", "what"), REFUSED)
def test_the_countys_locks_and_bounds_hold(overlay: str, what: str) -> None:
    found = faults(overlay)

    assert [
        fault
        for fault in found
        if what in fault.what and fault.place.file == "lower.yaml" and fault.place.line > 5
    ]


def test_an_unknown_parent_and_a_circle_are_faults() -> None:
    lower = HEAD.replace("plan", "lower")
    circle = check(lower, "lower.yaml", {"lower": ("lower.yaml", lower)}.get).faults
    stranger = check(HEAD, "lower.yaml", lambda _: None).faults

    assert any("绕了圈子" in fault.what for fault in circle)
    assert any("找不到所继承的规则" in fault.what for fault in stranger)
