"""Units, transfers, probations, reviews and terms: what may stand where, and which days are right."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.domain.probations import extension_faults, one_year_after
from shared.domain.reorganisations import Change, Plan, plan_faults
from shared.domain.reviews import ReviewKind, reminded_on, review_day_faults
from shared.domain.terms import ends_soon, term_faults
from shared.domain.transfers import carried, day_faults
from shared.domain.units import ABOVE, WORDS, UnitKind, name_faults, place_faults

TODAY = date(2026, 3, 1)
DAYS = some.dates(date(2020, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(("kind", "above"), list(product(UnitKind, UnitKind)))
def test_a_unit_stands_where_it_may_and_anywhere_else_is_refused_in_words(kind: UnitKind, above: UnitKind) -> None:
    faults = place_faults(kind, above)

    assert (faults == []) is (above in ABOVE[kind])
    assert all(WORDS[above] in fault or "县" in fault for fault in faults)


def test_a_branch_is_always_a_leaf_and_a_county_always_the_root() -> None:
    assert not any(UnitKind.BRANCH in above for above in ABOVE.values())
    assert ABOVE[UnitKind.COUNTY] == frozenset()


def test_a_name_can_stand_on_a_board() -> None:
    assert name_faults("青禾县柳溪镇第一村党支部") == []
    assert name_faults("  ")
    assert name_faults("长" * 41)


@pytest.mark.parametrize("change", Change)
def test_every_plan_needs_its_document_and_what_it_is_about(change: Change) -> None:
    empty = plan_faults(Plan(change, date(2026, 2, 28), " "), TODAY)
    whole = Plan(change, TODAY, "青组〔2026〕1号", to_unit_id=None, name="新", code="new", members=("001",))

    assert len(empty) >= 2
    assert len(plan_faults(whole, TODAY)) == (1 if change in {Change.MOVE, Change.MERGE} else 0)


@given(DAYS)
def test_a_probation_lasts_a_year_also_from_a_leap_day(begun: date) -> None:
    ends = one_year_after(begun)

    assert ends.year == begun.year + 1
    assert 364 <= (ends - begun).days <= 366


def test_a_probation_is_extended_within_its_bounds() -> None:
    until = date(2026, 3, 1)
    assert extension_faults(until, False, date(2026, 9, 1)) == []
    assert extension_faults(until, False, date(2027, 3, 1)) == []
    assert extension_faults(until, False, date(2026, 8, 1))
    assert extension_faults(until, False, date(2027, 4, 1))
    assert extension_faults(until, True, date(2026, 9, 1))
    assert extension_faults(None, False, date(2026, 9, 1))


@given(some.sampled_from(ReviewKind), DAYS)
def test_people_hear_of_a_day_before_it_comes(kind: ReviewKind, due_on: date) -> None:
    assert reminded_on(kind, due_on) < due_on


def test_an_exemption_is_looked_at_again_within_a_year() -> None:
    assert review_day_faults(date(2027, 3, 1), TODAY) == []
    assert all(review_day_faults(day, TODAY) for day in (None, TODAY, date(2027, 4, 1)))


def test_a_term_runs_forwards_and_no_longer_than_five_years() -> None:
    assert term_faults(date(2023, 1, 1), date(2028, 1, 1), 1) == []
    assert term_faults(date(2023, 1, 1), date(2029, 1, 1), 1)
    assert term_faults(date(2023, 1, 1), date(2022, 1, 1), 0)
    assert ends_soon(date(2026, 5, 30), TODAY)
    assert ends_soon(date(2025, 1, 1), TODAY)
    assert not ends_soon(date(2026, 5, 31), TODAY)
    assert not ends_soon(None, TODAY)


@given(DAYS, DAYS, some.none() | DAYS)
def test_a_day_of_transfer_is_after_what_has_ended_and_not_in_the_future(
    day: date, earliest: date, since: date | None
) -> None:
    right = earliest <= day <= TODAY and (since is None or day > since)

    assert (day_faults(day, earliest, TODAY, since) == []) is right


def test_a_statement_is_read_as_it_was_written_and_counts_under_its_own_book() -> None:
    of = {"book": "county-plan", "unit": "第1村党支部"}
    read = carried(
        {
            "present_from": None,
            "pending": ["2026-Q2"],
            "rounds": [{**of, "period": "2026-Q1", "points": "3.50", "bonus": "0.00", "items": ["x"]}],
            "deeds": [
                {
                    **of,
                    "id": "1",
                    "period": "2026-Q2",
                    "day": "2026-04-02",
                    "item": "x",
                    "title": "事",
                    "points": None,
                    "replaces": None,
                    "decision": None,
                    "came": "2026-04-02T09:00:00+08:00",
                }
            ],
        }
    )

    assert read.under("county-plan") == read
    assert (read.under("another").rounds, read.under("another").deeds) == ((), ())
    assert read.pending == ("2026-Q2",)
