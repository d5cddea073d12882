"""Differences between versions: none to itself, and a plain sentence for whatever single thing is changed."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.differences import BASICS, LISTS, POINTS, PROCEDURE, Difference, differences
from shared.domain.item_differences import WORDED
from shared.domain.procedures import Body, MeetingMode, Objector, Procedure, Span, WindowKind
from shared.domain.records import MemberClass
from shared.domain.rounds import RoundState
from shared.domain.rules import (
    Additions,
    Bounds,
    Cap,
    Edge,
    Item,
    Kind,
    Mark,
    Note,
    Outcome,
    Range,
    RuleBook,
    Scope,
    Standing,
    YearFigure,
)
from shared.domain.windows import DayUnit, WindowRule
from shared.usecases.rules import load_book, shipped_books

D = Decimal
PLAN = load_book("county-plan")
BOUNDS = Bounds(D(1), D(9))


def with_item(book: RuleBook, name: str = "D-B5", **changes: Any) -> RuleBook:
    """The book with one item changed."""
    return replace(book, items={**book.items, name: replace(book.items[name], **changes)})


def sentences(before: RuleBook, after: RuleBook) -> list[str]:
    return [one.sentence for one in differences(before, after)]


@pytest.mark.parametrize("name", shipped_books())
def test_a_book_does_not_differ_from_itself(name: str) -> None:
    assert differences(load_book(name), load_book(name)) == []


def test_a_clause_worth_more_is_said_in_one_sentence() -> None:
    after = with_item(PLAN, points=D(3), caps=(Cap(Span.QUARTER, D(9)),))
    before = with_item(PLAN, caps=(Cap(Span.QUARTER, D(6)),))

    assert differences(before, after) == [
        Difference("items", "D-B5", "第12项 D-B5 参加志愿服务活动：每次 2 分 → 3 分；每季度上限 6 分 → 9 分")
    ]


def test_what_is_added_and_what_is_dropped_says_what_it_was_worth() -> None:
    kept = {name: item for name, item in PLAN.items.items() if name != "D-B5"}
    new = Item("D-Z9", "值班", Kind.BONUS, points=D(1))

    assert sentences(PLAN, replace(PLAN, items={**kept, "D-Z9": new})) == [
        "新增第50项 D-Z9 值班：加分，每次 1 分",
        "取消 D-B5 参加志愿服务活动（原来加分，每次 2 分，每季度至多 4 分）",
    ]


ITEM_CHANGES: dict[str, Any] = {
    "title": "参加值班",
    "kind": Kind.DEDUCTION,
    "points": D("2.5"),
    "range": Range(D(1), True, D(4)),
    "caps": (Cap(Span.MONTH, D(4)),),
    "scope": Scope.YEAR,
    "aspect": "发展致富",
    "classes": (MemberClass.MIGRANT,),
    "starts": date(2026, 4, 1),
    "ends": date(2026, 6, 30),
    "decision": True,
    "replaces": "D-A1",
    "word_of": "民政办",
    "evidence": "现场照片",
    "taken_from": "学校考核",
    "locked": True,
    "bounds": BOUNDS,
    "cap_bounds": BOUNDS,
    "mark": Mark.SEED,
}
BOOK_CHANGES: dict[str, Any] = {
    "id": "another",
    "title": "另一个名称",
    "effective_from": date(2027, 1, 1),
    "effective_until": date(2030, 12, 31),
    "inherits": "above",
    "exemption": True,
    "round_span": Span.MONTH,
    "round_base": D(5),
    "round_floor": D(0),
    "round_ceiling": D(100),
    "year_figure": YearFigure.MEAN,
    "year_base": D(0),
    "year_ceiling": D(100),
    "factors": {"好": D(90)},
    "standing": Standing(5, 3),
    "aspects": ("甲",),
    "departments": ("乙",),
    "additions": Additions((Kind.BONUS,), BOUNDS),
    "notes": (Note(Mark.SEED, "一句话"),),
    "tiers": load_book("xinba").tiers[:1],
    "bands": PLAN.bands[:2],
    "duties": {MemberClass.FRAIL: "力所能及"},
    "outcomes": (Outcome("x", "谈话", Body.COMMITTEE, standing=Edge.LAST, weak_quarter_below=D(3)),),
    "items": {},
}
PROCEDURE_CHANGES: dict[str, Any] = {
    "stages": (RoundState.COLLECTING, RoundState.FILED),
    "notice_every": Span.YEAR,
    "filing_every": Span.YEAR,
    "windows": {**PLAN.procedure.windows, WindowKind.APPEAL: WindowRule(9, DayUnit.WORKING)},
    "meeting": MeetingMode.NONE,
    "meeting_every": Span.YEAR,
    "first_answer": Body.OFFICE,
    "appeals": (Body.DISCIPLINE,),
    "objectors": (Objector.VILLAGER,),
    "public_board": True,
    "opinions": False,
    "words": False,
    "scorers": 3,
    "claims_close_days": 9,
    "overdue_days": 9,
    "recall_days": 9,
    "paper_days": 9,
    "observers": (),
    "witnesses": ("驻村干部",),
}


@pytest.mark.parametrize("field", ITEM_CHANGES)
def test_each_change_of_an_item_yields_its_sentence(field: str) -> None:
    (said,) = differences(PLAN, with_item(PLAN, **{field: ITEM_CHANGES[field]}))

    assert said.entry == "D-B5"
    assert said.sentence.partition("：")[2]


@pytest.mark.parametrize("field", BOOK_CHANGES)
def test_each_change_of_the_book_yields_a_sentence(field: str) -> None:
    assert sentences(PLAN, replace(PLAN, **{field: BOOK_CHANGES[field]}))


@pytest.mark.parametrize("field", PROCEDURE_CHANGES)
def test_each_change_of_the_procedure_yields_its_sentence(field: str) -> None:
    after = replace(PLAN, procedure=replace(PLAN.procedure, **{field: PROCEDURE_CHANGES[field]}))

    (said,) = differences(PLAN, after)
    assert said.chapter == "windows"


def test_no_field_of_a_book_is_forgotten() -> None:
    """Whoever adds a field says how its change is told."""
    assert {one.name for one in fields(Item)} == {*ITEM_CHANGES, "id", "place"}
    assert {one.name for one in fields(RuleBook)} == {*BOOK_CHANGES, "version", "procedure", "places"}
    assert {one.name for one in fields(Procedure)} == {*PROCEDURE_CHANGES}
    assert {*BASICS, *POINTS, *LISTS} <= {*BOOK_CHANGES}
    assert {*PROCEDURE, "windows"} == {*PROCEDURE_CHANGES}
    assert {*WORDED, "kind", "points", "range", "caps"} == {*ITEM_CHANGES}


@settings(deadline=None)
@given(st.sampled_from(sorted(PLAN.items)), st.data())
def test_whatever_is_done_to_a_clause_is_said_of_that_clause_both_ways(name: str, data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(sorted(ITEM_CHANGES)), min_size=1, unique=True))
    after = with_item(PLAN, name, **{field: ITEM_CHANGES[field] for field in chosen})
    there, back = differences(PLAN, after), differences(after, PLAN)

    assert [one.entry for one in there] == [one.entry for one in back] == ([name] if after != PLAN else [])


@settings(deadline=None)
@given(st.permutations(sorted(PLAN.items)))
def test_the_order_of_the_clauses_is_no_difference(order: list[str]) -> None:
    assert differences(PLAN, replace(PLAN, items={name: PLAN.items[name] for name in order})) == []
