"""A part of the demonstration county, played by a real worker in every run: what has happened there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.demonstration import books
from tests.demonstration.conftest import EVERY_RUN, Played
from tests.demonstration.facts import FACTS

Fact = Callable[[Played, Path], None]
OF_BOOKS = [fact for book in sorted(EVERY_RUN.books) for fact in books.FACTS[book]]


@pytest.mark.parametrize("fact", [*FACTS, *OF_BOOKS], ids=lambda fact: fact.__name__)
def test_in_the_demonstration_county(fact: Fact, part_played: Played, tmp_path: Path) -> None:
    fact(part_played, tmp_path)
