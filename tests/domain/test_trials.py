"""Trials: the same records under two versions; whose points or grade would change, and by which clause."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.procedures import Span
from shared.domain.records import EventRecord
from shared.domain.rules import Band, Cap, Kind, Range, RuleBook
from shared.domain.trials import Effect, Finish, Sample, shifts, try_out
from shared.usecases.rules import load_book
from tests.domain.books import event, member

D = Decimal
PLAN = load_book("county-plan")


def sample(*events: EventRecord, rounds: tuple[str, ...] = ("2025-Q1", "2025-Q2"), people: int = 2) -> Sample:
    return Sample(2025, rounds, [member(f"{n:03d}") for n in range(1, people + 1)], events, {})


def changed(name: str, book: RuleBook = PLAN, **more: Any) -> RuleBook:
    return replace(book, items={**book.items, name: replace(book.items[name], **more)})


HELPED = sample(
    event("1", "2025-02-03", "D-B5"), event("2", "2025-02-04", "D-B5"), event("3", "2025-05-01", "D-B5")
)


def test_the_version_in_force_changes_nothing() -> None:
    assert try_out(PLAN, PLAN, HELPED) == []


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(sorted(name for name, item in PLAN.items.items() if item.points)), max_size=12))
def test_no_version_changes_anything_against_itself(names: list[str]) -> None:
    events = [event(str(n), f"2025-0{n % 6 + 1}-05", name) for n, name in enumerate(names)]

    assert try_out(PLAN, replace(PLAN, version=9), sample(*events)) == []


def test_a_clause_worth_more_changes_whoever_did_it_and_says_so() -> None:
    after = changed("D-B5", points=D(3), caps=(Cap(Span.QUARTER, D(6)),))

    assert try_out(PLAN, after, HELPED) == [
        Effect("001", Finish(D("66.00"), "合格"), Finish(D("69.00"), "合格"), ("D-B5 参加志愿服务活动：6 → 9 分",))
    ]


def test_a_version_that_begins_later_is_tried_as_though_it_had_been_in_force() -> None:
    after = replace(changed("D-B5", points=D(3)), effective_from=PLAN.effective_from.replace(year=2030))

    assert [effect.member for effect in try_out(PLAN, after, HELPED)] == ["001"]


def test_only_the_chosen_rounds_count() -> None:
    after = changed("D-B5", points=D(3), caps=())
    (whole,) = try_out(PLAN, after, HELPED)
    (first,) = try_out(PLAN, after, sample(*HELPED.events[:2], rounds=("2025-Q1",)))

    assert (whole.before.points, whole.after.points) == (D("66.00"), D("69.00"))
    assert (first.before.points, first.after.points) == (D("64.00"), D("66.00"))


def test_a_clause_that_is_dropped_says_that_its_rows_no_longer_count() -> None:
    after = replace(PLAN, items={name: item for name, item in PLAN.items.items() if name != "D-B5"})
    (effect,) = try_out(PLAN, after, HELPED)

    assert effect.after.points == D("60.00")
    assert effect.reasons == ("D-B5 参加志愿服务活动：6 → 0 分", "3 件不再计分，D-B5：细则里没有这一条")


def test_a_moved_edge_of_the_grades_changes_grades_without_points() -> None:
    bands = (Band("优秀", D(65)), Band("合格", D(60), high=D(65)), Band("不合格", high=D(60)))
    effects = try_out(PLAN, replace(PLAN, bands=bands), HELPED)

    assert [(effect.member, effect.regraded) for effect in effects] == [("001", True)]
    assert effects[0].reasons == ("分数不变，等次的界线变了",)
    assert shifts(effects) == {"合格 → 优秀": 1}


def test_rows_that_named_their_points_get_the_fixed_ones_where_a_clause_becomes_fixed() -> None:
    ranged = changed("D-B5", points=None, range=Range(D(1), True, D(5)), caps=())
    rows = sample(event("1", "2025-02-03", "D-B5", "4"))

    (effect,) = try_out(ranged, changed("D-B5", points=D(2), caps=()), rows)
    assert effect.reasons == ("D-B5 参加志愿服务活动：4 → 2 分",)
    assert try_out(changed("D-B5", caps=()), ranged, sample(event("1", "2025-02-03", "D-B5"))) == []


def test_where_the_standing_decides_it_is_the_edges_that_change() -> None:
    book = load_book("chaiqian")
    rows = [event(str(n), "2025-02-03", "C-06" if n == 1 else "C-05", who=f"{n:03d}") for n in range(1, 10)]
    effects = try_out(book, changed("C-06", book, points=D(2)), sample(*rows, people=9))

    assert effects[0].before.result == "前 5 名"
    assert effects[0].after.result == "后 3 名"


@pytest.mark.parametrize("factor", [80, 95])
def test_another_factor_of_the_appraisal_is_named(factor: int) -> None:
    book = load_book("xiaxiyuan")
    rounds = tuple(f"2025-{month:02d}" for month in range(1, 13))
    given_ = Sample(2025, rounds, [member("001")], [], {"001": "合格"})
    (effect,) = try_out(book, replace(book, factors={**book.factors, "合格": D(factor)}), given_)

    assert effect.reasons == (f"民主评议折算：90% → {factor}%",)


def test_zeroing_and_bases_are_among_the_reasons() -> None:
    book = replace(
        PLAN, items={**PLAN.items, "Z": replace(PLAN.items["D-B5"], id="Z", kind=Kind.ZEROING, points=None)}
    )
    rows = sample(event("1", "2025-02-03", "D-B5"), event("2", "2025-02-04", "Z"))
    (effect, *_) = try_out(PLAN, book, rows)

    assert effect.after.points == D("0.00")
    assert any("清零" in reason for reason in effect.reasons)
