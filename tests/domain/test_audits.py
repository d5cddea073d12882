"""Sampling audits: a draw that repeats, keeps its share, can be foreseen by nobody and spares nobody."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.audits import Tally, digest_of, draw, draw_lines, tally

ids = st.lists(st.uuids(), unique=True, max_size=60)
seeds = st.text(min_size=1, max_size=12)
percents = st.integers(1, 100)
branches = st.dictionaries(st.uuids(), st.lists(st.uuids(), unique=True, max_size=20), max_size=8)
AUDITOR = UUID(int=1)


@given(ids, percents, seeds, st.randoms())
def test_the_same_seed_draws_the_same_in_whatever_order_the_lines_come(
    population: list[UUID], percent: int, seed: str, chance: object
) -> None:
    mixed = population[:]
    chance.shuffle(mixed)  # type: ignore[attr-defined]

    assert draw(population, percent, seed) == draw(mixed, percent, seed)


@given(ids, percents, seeds)
def test_the_share_is_kept_and_rounded_up(population: list[UUID], percent: int, seed: str) -> None:
    drawn = draw(population, percent, seed)

    assert len(drawn) == -(-len(population) * percent // 100)
    assert set(drawn) <= set(population)
    assert len(set(drawn)) == len(drawn)


@given(ids, seeds, percents, percents)
def test_a_larger_share_adds_lines_and_takes_none_away(
    population: list[UUID], seed: str, one: int, other: int
) -> None:
    small, large = sorted((one, other))

    assert draw(population, large, seed)[: len(draw(population, small, seed))] == draw(population, small, seed)


@given(st.lists(st.uuids(), unique=True, min_size=1, max_size=12), st.data())
def test_every_line_can_be_drawn_by_some_seed(population: list[UUID], data: st.DataObject) -> None:
    wanted = data.draw(st.sampled_from(population))

    assert any(draw(population, 1, str(seed))[0] == wanted for seed in range(600))


@given(branches, percents, percents, seeds, st.booleans())
def test_nobody_checks_their_own_branch(
    population: dict[UUID, list[UUID]], of_branches: int, of_lines: int, seed: str, crosswise: bool
) -> None:
    drawn = draw_lines(population, of_branches, of_lines, seed, AUDITOR, crosswise)

    assert all(one.checker_id != one.branch_id for one in drawn)
    assert all(one.line_id in population[one.branch_id] for one in drawn)
    if not crosswise:
        assert {one.checker_id for one in drawn} <= {AUDITOR}


@given(branches, percents, seeds)
def test_of_each_branch_that_was_drawn_its_share_is_drawn(
    population: dict[UUID, list[UUID]], percent: int, seed: str
) -> None:
    drawn = draw_lines(population, 100, percent, seed, AUDITOR, crosswise=True)

    assert {one.branch_id for one in drawn} == {branch for branch, lines in population.items() if lines}
    for branch, lines in population.items():
        assert sum(one.branch_id == branch for one in drawn) == -(-len(set(lines)) * percent // 100)


@given(branches)
def test_the_population_is_known_again_by_its_digest(population: dict[UUID, list[UUID]]) -> None:
    turned = {branch: lines[::-1] for branch, lines in reversed(population.items())}

    assert digest_of(population) == digest_of(turned)


def test_what_was_found_is_counted() -> None:
    assert tally(["sound", "wrong", None]) == Tally(3, 2, 1)
