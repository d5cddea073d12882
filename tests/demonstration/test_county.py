"""A part of the demonstration county, played by a real worker: what has happened there."""

from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from services.cli.demo import furnish
from services.cli.engines.start import Engines
from services.cli.processes import Processes
from services.cli.site import Site
from shared.domain.errors import Refusal
from tests.demonstration import accounts, appraisals, books
from tests.demonstration.conftest import A_PART, Played
from tests.demonstration.facts import FACTS

# A worker plays half a year: with ./jifen test --all; `jifen demo` itself fails where a figure is missed.
pytestmark = pytest.mark.long

Fact = Callable[[Played, Path], None]
OF_BOOKS = [fact for book in sorted(A_PART.books) for fact in books.FACTS[book]]


@pytest.mark.parametrize(
    "fact", [*FACTS, *appraisals.FACTS, *OF_BOOKS, *accounts.FACTS], ids=lambda fact: fact.__name__
)
def test_in_the_demonstration_county(fact: Fact, part_played: Played, tmp_path: Path) -> None:
    fact(part_played, tmp_path)


def test_a_demonstration_that_was_broken_off_is_named_with_its_remedy(part_played: Played, tmp_path: Path) -> None:
    processes = Processes(tmp_path / "logs")
    running = Site("http://127.0.0.1:0/", part_played.urls, Engines("", "", tmp_path), processes, "", "", tmp_path)

    with pytest.raises(Refusal, match="没有做完的示范县：加 --fresh"):
        furnish(running, console=Console(quiet=True))
    processes.stop()
