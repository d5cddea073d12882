"""A book that a form has changed: written down it reads the same, and an overlay says only what differs."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.rule_books import check, plain
from shared.domain.rule_edits import item_of, with_item, with_item_again, with_section, without_item
from shared.domain.rule_labels import Spot, finding_of
from shared.domain.rule_text import parse
from shared.domain.rule_writing import written
from shared.usecases.rules import SHIPPED, shipped_books


def text(name: str) -> str:
    return (SHIPPED / f"{name}.yaml").read_text("utf-8")


def values(name: str) -> dict[str, Any]:
    found = plain(parse(text(name), name, []))
    assert isinstance(found, dict)
    return found


def above(name: str) -> tuple[str, str] | None:
    return (name, text(name)) if name == "county-plan" else None


PLAN, TOWN = values("county-plan"), values("township-overlay")
ITEM = {"id": "N-1", "kind": "bonus", "points": 2, "title": "值班"}


@pytest.mark.parametrize("name", shipped_books())
def test_a_book_that_is_written_anew_is_the_same_book(name: str) -> None:
    again = check(written(values(name)), name, above)

    assert again.book == check(text(name), name, above).book
    assert again.errors == ()


# A book is read whole for each: a fifth of a second.
@settings(deadline=None, max_examples=20)
@given(st.text(min_size=1, max_size=30).filter(lambda words: words.isprintable() and words.strip()))
def test_whatever_title_somebody_types_is_read_as_it_was_typed(title: str) -> None:
    book = check(written(with_item(PLAN, None, {**ITEM, "title": title})), "x", above).book

    assert book.items["N-1"].title == title.strip()


def test_an_item_of_ones_own_is_put_in_changed_and_taken_out() -> None:
    more = with_item(PLAN, None, ITEM)
    worth = with_item(more, None, {**ITEM, "points": 3})

    assert item_of(worth, None, "N-1") == {**ITEM, "points": 3}
    assert len(worth["items"]) == len(PLAN["items"]) + 1
    assert without_item(worth, None, "N-1") == PLAN


def test_an_overlay_says_only_what_differs_from_the_book_above() -> None:
    item = item_of(TOWN, PLAN, "D-B5")
    assert item is not None

    changed = with_item(TOWN, PLAN, {**item, "points": 3})
    assert changed["changes"][-1] == {"id": "D-B5", "points": 3}
    assert item_of(changed, PLAN, "D-B5") == {**item, "points": 3}
    assert with_item(changed, PLAN, item) == TOWN


def test_an_overlay_drops_what_it_inherits_and_takes_it_up_again() -> None:
    dropped = without_item(TOWN, PLAN, "D-E2")

    assert dropped["drops"] == ["D-K10", "D-K17", "D-E2"]
    assert "changes" not in dropped
    assert item_of(dropped, PLAN, "D-E2") is None
    assert item_of(with_item_again(dropped, "D-E2"), PLAN, "D-E2") == item_of({}, PLAN, "D-E2")


def test_an_overlay_adds_and_no_longer_adds() -> None:
    added = with_item(TOWN, PLAN, ITEM)

    assert added["adds"][-1] == ITEM
    assert without_item(added, PLAN, "N-1") == TOWN


def test_a_fixed_figure_takes_the_place_of_an_inherited_range() -> None:
    plan = with_item(PLAN, None, {**ITEM, "points": None, "range": {"least": 1, "most": 3}})
    town = with_item(TOWN, plan, {**ITEM})

    assert item_of(town, plan, "N-1") == ITEM | {"points": 2}


def test_an_empty_section_is_left_out() -> None:
    assert "year" not in with_section(PLAN, "year", {})


def test_a_fault_leads_to_where_it_is_mended_in_the_words_of_the_forms() -> None:
    faulty = with_item(PLAN, None, {"id": "N-1", "kind": "bonus", "title": "值班"})
    tree = parse(written(faulty), "草稿", [])
    (fault,) = check(written(faulty), "草稿", above).errors
    found = finding_of(fault, tree)

    assert found.spot == Spot("items", "N-1")
    assert found.remedy == "分值 和 分值范围 写一个且只写一个"


def test_a_fault_of_a_grade_leads_to_the_grades() -> None:
    gap = with_section(PLAN, "grades", [{"name": "优秀", "from": 90}, {"name": "合格", "below": 80}])
    tree = parse(written(gap), "草稿", [])

    spots = [finding_of(fault, tree).spot for fault in check(written(gap), "草稿", above).errors]
    assert Spot("grades") in spots or Spot("grades", "优秀") in spots
