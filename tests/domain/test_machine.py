"""The lifecycles: what is not in a table is refused in words, every state is reached, every book's path holds."""

from enum import StrEnum
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.domain.appraisals import EVALUATION
from shared.domain.ballots import BALLOT
from shared.domain.book_drafts import BOOK_DRAFT
from shared.domain.claims import CLAIM
from shared.domain.errors import NotNow
from shared.domain.filings import FILING
from shared.domain.imports import IMPORT
from shared.domain.jobs import JOB
from shared.domain.lines import LINE
from shared.domain.machine import Machine
from shared.domain.notices import NOTICE
from shared.domain.objections import OBJECTION
from shared.domain.outcomes import OUTCOME
from shared.domain.policies import POLICY
from shared.domain.reorganisations import REORGANISATION
from shared.domain.reviews import REVIEW
from shared.domain.rounds import PATIENCE, ROUND, YEAR_PATH, RoundCommand, RoundState
from shared.domain.transfers import TRANSFER
from shared.usecases.rules import load_book, shipped_books

MACHINES: list[Machine[Any, Any]] = [
    BALLOT,
    CLAIM,
    EVALUATION,
    FILING,
    IMPORT,
    BOOK_DRAFT,
    JOB,
    LINE,
    NOTICE,
    OBJECTION,
    POLICY,
    OUTCOME,
    ROUND,
]
MACHINES += [REORGANISATION, REVIEW, TRANSFER]
BOOKS = shipped_books()
STAGES = {book: load_book(book).procedure.stages for book in BOOKS}


def vocabulary(machine: Machine[Any, Any]) -> tuple[list[StrEnum], list[StrEnum]]:
    """All states and all commands of a machine."""
    states: type[StrEnum] = type(machine.initial)
    commands: type[StrEnum] = type(next(iter(machine.edges))[1])
    return list(states), list(commands)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.noun)
def test_whatever_is_not_in_the_table_is_refused_in_words(machine: Machine[Any, Any]) -> None:
    for state, command in set(product(*vocabulary(machine))) - set(machine.edges):
        doing, now = machine.words[command], machine.words[state]
        with pytest.raises(NotNow, match=f"^{machine.noun}现在是“{now}”，不能“{doing}”。$"):
            machine.after(state, command)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.noun)
def test_every_state_is_reached_every_command_used_and_every_word_there(machine: Machine[Any, Any]) -> None:
    states, commands = vocabulary(machine)

    reached = {machine.initial}
    while True:
        further = {end for (start, _), end in machine.edges.items() if start in reached} - reached
        if not further:
            break
        reached |= further

    assert reached == set(states)
    assert {command for _, command in machine.edges} == set(commands)
    assert set(machine.words) == {*states, *commands}
    assert len({machine.words[state] for state in states}) == len(states)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.noun)
def test_the_buttons_of_a_state_are_its_edges(machine: Machine[Any, Any]) -> None:
    for state in vocabulary(machine)[0]:
        for command in machine.commands(state):
            assert machine.after(state, command) is machine.edges[state, command]


@pytest.mark.parametrize("book", BOOKS)
def test_every_shipped_books_stages_are_a_path_from_claims_to_file(book: str) -> None:
    stages = STAGES[book]
    along = ROUND.along(stages)

    assert ROUND.breaks(stages) == []
    assert (stages[0], stages[-1]) == (RoundState.COLLECTING, RoundState.FILED)
    forward = {(start, end) for (start, _), end in along.edges.items() if stages.index(end) > stages.index(start)}
    assert forward == set(pairwise(stages))


@pytest.mark.parametrize(
    ("book", "state", "command"),
    [
        ("county-plan", RoundState.PROPOSED, RoundCommand.PUBLISH),  # not past the meeting
        ("county-plan", RoundState.REVIEWING, RoundCommand.PUBLISH),  # nor past the committee
        ("xujiayan", RoundState.REVIEWING, RoundCommand.PROPOSE),  # nor past the scoring group
        ("chaiqian", RoundState.PUBLISHED, RoundCommand.SETTLE),  # nor past the confirmation
        ("chaiqian", RoundState.REVIEWING, RoundCommand.PROPOSE),
        ("xinba", RoundState.PROPOSED, RoundCommand.PASS),  # its meeting only hears
    ],
)
def test_no_stage_that_a_book_asks_for_is_stepped_over(
    book: str, state: RoundState, command: RoundCommand
) -> None:
    with pytest.raises(NotNow):
        ROUND.along(STAGES[book]).after(state, command)


def test_only_a_scoring_group_is_given_its_scores_back() -> None:
    with_return = [book for book in BOOKS if _returns(STAGES[book])]

    assert with_return == ["xujiayan"]


def test_the_years_end_is_a_path_too() -> None:
    assert ROUND.breaks(YEAR_PATH) == []


def test_people_are_reminded_wherever_people_must_act() -> None:
    by_people = set(RoundState) - {"collecting", "published", "republished", "settled", "filed", "ended"}

    assert set(PATIENCE) == by_people


@given(some.lists(some.sampled_from(RoundState), min_size=1, unique=True))
def test_a_path_restricts_and_never_adds(path: list[RoundState]) -> None:
    along = ROUND.along(path)

    assert set(along.edges.items()) <= set(ROUND.edges.items())
    assert {state for (start, _), end in along.edges.items() for state in (start, end)} <= set(path)
    joined = {(start, end) for (start, _), end in ROUND.edges.items()}
    assert [pair for pair in pairwise(path) if pair not in joined] == ROUND.breaks(path)


@given(some.lists(some.sampled_from(RoundCommand), max_size=40), some.sampled_from(BOOKS))
def test_no_walk_through_a_book_settles_unpublished_or_files_unsettled(
    commands: list[RoundCommand], book: str
) -> None:
    machine, seen = ROUND.along(STAGES[book]), [RoundState.COLLECTING]
    for command in commands:
        if command in machine.commands(seen[-1]):
            seen.append(machine.after(seen[-1], command))

    stages = STAGES[book]
    assert all(stages.index(state) <= len(set(seen)) for state in seen)
    assert RoundState.FILED not in seen or set(stages) <= set(seen)


def _returns(stages: tuple[RoundState, ...]) -> bool:
    return any(command is RoundCommand.RETURN for _, command in ROUND.along(stages).edges)
