"""Scoring, by hand: each figure here was worked out on paper from the seventh book."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.awards import AwardKind, MemberScore, YearScore
from shared.domain.grades import grade_of
from shared.domain.records import EventRecord, Exemption, MemberClass, Office
from shared.domain.rules import Kind, RuleBook, Scope, YearFigure
from shared.domain.scoring import score
from shared.usecases.rules import load_book, shipped_books
from tests.domain.books import codes, event, member, points_by_round, scored, seventh

BOOKS = {name: load_book(name) for name in shipped_books()} | {"seventh": seventh()}


def only(year: YearScore) -> MemberScore:
    (one,) = year.members
    return one


def test_a_quiet_year_is_its_bases() -> None:
    one = only(scored(seventh()))

    assert [str(round_.points) for round_ in one.rounds] == ["24.00"] * 4  # 20 a round and 4 for P
    assert (str(one.year_points), str(one.annual_points)) == ("34.00", "34.00")  # 24 on average, 10 for tier y
    assert (one.tier, one.grade, one.rank) == ("y", "中", 1)


def test_shortfalls_of_a_base_item_stop_at_its_points() -> None:
    year = scored(seventh(), event("1", "2025-01-05", "P", "3"), event("2", "2025-02-05", "P", "3"))

    assert points_by_round(year)["2025-Q1"] == "20.00"


def test_several_rows_share_a_cap_in_order_of_date() -> None:
    late, early = event("1", "2025-02-05", "T", "4"), event("2", "2025-01-05", "T", "5")

    first = only(scored(seventh(), late, early)).rounds[0]

    assert [(award.event_no, str(award.counted)) for award in first.awards[2:]] == [("2", "5.00"), ("1", "1.00")]
    assert "至多 6.00 分" in first.awards[3].note


def test_what_replaces_another_counts_for_the_difference() -> None:
    year = scored(seventh(), event("1", "2025-01-05", "G"), event("2", "2025-05-05", "H", replaces="1"))

    assert points_by_round(year) == {
        "2025-Q1": "27.00",
        "2025-Q2": "28.00",  # 7 less the 3 that event 1 gave
        "2025-Q3": "24.00",
        "2025-Q4": "24.00",
    }


def test_a_round_is_held_between_floor_and_ceiling_and_says_so() -> None:
    gains = [event(f"g{n}", "2025-01-05", "G") for n in range(10)]
    losses = [event(f"d{n}", "2025-04-05", "D") for n in range(4)]

    one = only(scored(seventh(), *gains, *losses))

    assert [str(round_.points) for round_ in one.rounds[:2]] == ["50.00", "0.00"]
    clamps = [round_.awards[-1] for round_ in one.rounds[:2]]
    assert [(clamp.kind, str(clamp.counted)) for clamp in clamps] == [("clamp", "-4.00"), ("clamp", "8.00")]


def test_the_years_bonus_counts_once_and_the_appraisal_takes_its_part() -> None:
    year = scored(seventh(), event("1", "2025-03-05", "Y", "5"), event("2", "2025-09-05", "Y", "5"), result="差")
    one = only(year)

    assert str(one.year_points) == "43.00"  # 24 + 10 + 9: the tenth point passes the cap
    assert (str(one.annual_points), one.grade) == ("21.50", "中")


def test_what_passes_the_years_ceiling_is_reward() -> None:
    gains = [event(f"{q}{n}", f"2025-{q:02}-05", "G") for q in (1, 4, 7, 10) for n in range(9)]
    one = only(scored(seventh(), *gains, event("y", "2025-01-05", "Y", "9")))

    assert (str(one.year_points), str(one.annual_points), str(one.reward_points)) == ("69.00", "60.00", "9.00")


def test_a_zeroed_year_is_nothing_and_the_rounds_keep_their_figures() -> None:
    one = only(scored(seventh(), event("1", "2025-01-05", "G"), event("2", "2025-12-05", "Z")))

    assert one.zeroed
    assert str(one.rounds[0].points) == "27.00"
    assert (str(one.year_points), str(one.annual_points), one.grade) == ("0.00", "0.00", "下")


def test_a_mean_is_rounded_half_up_from_rounded_rounds() -> None:
    person = member(present_from=date(2025, 7, 1))
    year = scored(seventh(), event("1", "2025-07-05", "T", "0.01"), who=person)

    assert str(only(year).year_points) == "34.01"  # (24.01 + 24.00) / 2 = 24.005, and 10


def test_only_rounds_with_the_member_on_their_last_day_are_listed() -> None:
    person = member(present_from=date(2025, 3, 31), present_to=date(2025, 9, 29))

    assert list(points_by_round(scored(seventh(), who=person))) == ["2025-Q1", "2025-Q2"]


def test_without_a_round_there_is_no_figure_but_a_tier() -> None:
    one = only(scored(seventh(), who=member(office=Office.DIRECTOR, present_to=date(2025, 2, 1))))

    assert (one.tier, one.rounds, one.year_points, one.grade, one.rank) == ("x", (), None, None, None)
    assert one.reward_points is None


def test_without_an_appraisal_the_year_waits() -> None:
    one = only(score(seventh(), 2025, [member()], []))

    assert (str(one.year_points), str(one.reward_points)) == ("34.00", "0.00")
    assert (one.annual_points, one.grade, one.rank) == (None, None, None)


def test_ties_share_a_rank() -> None:
    people = [member(number) for number in ("1", "2", "3", "4")]
    gains = [event("a", "2025-01-05", "G", who="1"), event("b", "2025-05-05", "D", who="4")]

    year = score(seventh(), 2025, people, gains, dict.fromkeys("1234", "好"))

    assert [one.rank for one in year.members] == [1, 2, 2, 4]


@pytest.mark.parametrize(
    ("since", "until", "left_out"),
    [
        (date(2025, 2, 28), date(2025, 4, 1), {2, 3, 4}),
        (date(2025, 2, 1), date(2025, 2, 1), {2}),
        (date(2024, 7, 1), date(2025, 1, 31), {1}),
        (date(2025, 11, 30), None, {11, 12}),
        (date(2026, 1, 1), None, set()),
    ],
)
def test_an_exemption_leaves_out_whole_rounds(since: date, until: date | None, left_out: set[int]) -> None:
    who = replace(member(), exemption=Exemption(since, until))
    rows = [event(f"{month}", f"2025-{month:02d}-15", "F-J1") for month in range(1, 13)]

    year = score(BOOKS["xinba"], 2025, [who], rows, {})

    counted = {int(one[-2:]) for one in points_by_round(year)}
    assert counted == set(range(1, 13)) - left_out
    assert codes(year) == {str(month): "not-scored" for month in left_out}


def test_an_exempt_member_is_graded_by_the_meeting_alone() -> None:
    book = BOOKS["xinba"]
    people = [member("001", exempt=True), member("002")]

    year = score(book, 2025, people, [event("1", "2025-01-05", "F-J1")], {"001": "本色型", "002": "先锋型"})

    exempt, other = year.members
    assert (exempt.grade, exempt.tier, exempt.rounds, exempt.rank) == ("本色型", None, (), None)
    assert (other.grade, other.rank) == ("褪色型", 1)
    assert codes(year) == {"1": "not-scored"}


REFUSED = [
    ("duplicate", [event("1", "2025-01-01", "G"), event("1", "2025-01-01", "nothing", who="nobody")]),
    ("unknown-member", [event("1", "2025-01-01", "nothing", who="nobody")]),
    ("unknown-item", [event("1", "2019-01-01", "nothing")]),
    ("not-in-force", [event("1", "2019-12-31", "G")]),
    ("not-in-force", [event("1", "2025-07-01", "M", decision="纪要")]),
    ("wrong-year", [event("1", "2024-12-31", "G")]),
    ("not-eligible", [event("1", "2025-03-01", "M", "99")]),
    ("out-of-range", [event("1", "2025-03-01", "T")]),  # a range asks for points
    ("out-of-range", [event("1", "2025-03-01", "T", "0")]),  # above 0
    ("out-of-range", [event("1", "2025-03-01", "T", "6.01")]),
    ("out-of-range", [event("1", "2025-03-01", "G", "2")]),  # fixed at 3
    ("out-of-range", [event("1", "2025-03-01", "P", "4.01")]),
    ("out-of-range", [event("1", "2025-03-01", "Z", "1")]),
    ("reference-required", [event("1", "2025-03-01", "H")]),
    ("bad-reference", [event("1", "2025-03-01", "H", replaces="2"), event("2", "2025-03-01", "G")]),
    ("bad-reference", [event("1", "2025-03-01", "H", replaces="1")]),
]


@pytest.mark.parametrize(("code", "events"), REFUSED)
def test_a_row_is_refused_for_the_first_reason_that_holds(code: str, events: list[EventRecord]) -> None:
    assert codes(scored(seventh(), *events)) == {"1": code}


def test_a_decision_is_asked_for_after_the_class_and_the_points() -> None:
    migrant = member(class_=MemberClass.MIGRANT)

    assert codes(scored(seventh(), event("1", "2025-03-01", "M"), who=migrant)) == {"1": "decision-required"}
    assert codes(scored(seventh(), event("1", "2025-03-01", "M", decision="纪要"), who=migrant)) == {}


def test_nothing_replaces_twice() -> None:
    year = scored(
        seventh(),
        event("1", "2025-01-01", "G"),
        event("2", "2025-01-02", "H", replaces="1"),
        event("3", "2025-01-03", "H", replaces="1"),
    )

    assert codes(year) == {"3": "bad-reference"}


def test_a_row_of_an_absent_member_is_refused() -> None:
    person = member(present_from=date(2025, 2, 1))

    assert codes(scored(seventh(), event("1", "2025-01-31", "G"), who=person)) == {"1": "not-present"}


# Properties, held by every book.


@st.composite
def years(draw: st.DrawFn) -> tuple[RuleBook, list[EventRecord]]:
    """A book, and up to forty rows of three members, each on a day of its own."""
    book = BOOKS[draw(st.sampled_from(sorted(BOOKS)))]
    chance = Random(draw(st.integers(0, 2**32)))
    days = chance.sample(range(365), draw(st.integers(0, 40)))
    return book, [_any_row(book, chance, number, day) for number, day in enumerate(days)]


def _any_row(book: RuleBook, chance: Random, number: int, day: int) -> EventRecord:
    item = chance.choice(list(book.items.values()))
    points = None
    if item.range is not None:
        high = item.range.high or Decimal(99)
        points = item.range.low + (high - item.range.low) * chance.randint(1, 100) / 100
        points = points.quantize(Decimal("0.01"))
    elif item.kind is Kind.BASE:
        points = item.points
    who = chance.choice(["001", "002", "003"])
    replaces = f"e{chance.randint(0, 40)}"
    return EventRecord(f"e{number}", date.fromordinal(date(2025, 1, 1).toordinal() + day), who, item.id, points,
                       replaces, "纪要")  # fmt: skip


PEOPLE = [member("001"), member("002", MemberClass.MIGRANT, 1950), member("003", office=Office.SECRETARY)]


def run(book: RuleBook, rows: list[EventRecord]) -> YearScore:
    results = {person.number: next(iter(book.appraisal_results), "") for person in PEOPLE}
    return score(book, 2025, PEOPLE, rows, results)


@given(years(), st.randoms())
def test_the_order_of_lines_with_other_dates_changes_nothing(
    year: tuple[RuleBook, list[EventRecord]], chance: Random
) -> None:
    book, rows = year
    shuffled = chance.sample(rows, len(rows))

    assert run(book, shuffled) == run(book, rows)


@given(years())
def test_a_rounds_awards_sum_to_its_points_and_a_years_to_its(
    year: tuple[RuleBook, list[EventRecord]],
) -> None:
    book, rows = year
    for one in run(book, rows).members:
        for round_ in one.rounds:
            assert sum(award.counted for award in round_.awards) == round_.points
            assert {award.scope for award in round_.awards} <= {Scope.ROUND}
        assert one.year_points == by_hand(book, one)


def by_hand(book: RuleBook, one: MemberScore) -> Decimal:
    """The year from the rounds, with a pocket calculator."""
    total = sum((round_.points for round_ in one.rounds), Decimal(0))
    if book.year_figure is YearFigure.MEAN:
        total = (total / len(one.rounds)).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    return total + sum((award.counted for award in one.year_awards), Decimal(0))


@given(years(), st.integers(0, 364), st.sampled_from(["001", "002", "003"]))
def test_adding_a_bonus_never_lowers(year: tuple[RuleBook, list[EventRecord]], day: int, who: str) -> None:
    book, rows = year
    gains = [item for item in book.items.values() if item.kind is Kind.BONUS and item.points and not item.replaces]
    when = date.fromordinal(date(2025, 1, 1).toordinal() + day)
    before = run(book, rows)

    for item in gains:
        after = run(book, [*rows, EventRecord("new", when, who, item.id, None, None, "纪要")])
        for old, new in zip(before.members, after.members, strict=True):
            assert (new.annual_points or 0) >= (old.annual_points or 0)


@given(years())
def test_caps_hold(year: tuple[RuleBook, list[EventRecord]]) -> None:
    book, rows = year
    for one in run(book, rows).members:
        awards = [award for round_ in one.rounds for award in round_.awards] + list(one.year_awards)
        for item in book.items.values():
            for cap in item.caps:
                used: dict[int, Decimal] = {}
                for award in awards:
                    if award.item == item.id and award.kind is AwardKind.EVENT and award.day:
                        stretch = (award.day.month - 1) // {"month": 1, "quarter": 3, "year": 12}[cap.per]
                        used[stretch] = used.get(stretch, Decimal(0)) + abs(award.counted)
                assert all(total <= cap.points for total in used.values())


@given(st.sampled_from(sorted(BOOKS)), st.decimals(-500, 500, places=2))
def test_every_figure_has_exactly_one_grade(name: str, figure: Decimal) -> None:
    book = BOOKS[name]
    if not book.bands:
        return
    matching = [
        band.name
        for band in book.bands
        if (band.low is None or figure > band.low or (band.low_included and figure == band.low))
        and (band.high is None or figure < band.high or (band.high_included and figure == band.high))
    ]
    assert matching == [grade_of(book.bands, figure)]
