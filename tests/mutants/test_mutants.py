"""The core's mutants: each is changed in one place, and a sample of them is noticed or explained."""

import ast

import pytest

from tests.mutants.changes import mutants
from tests.mutants.run import TESTS, explained, survivors

CODE = '''
def late(at: int = 3, due: int | None = None) -> bool:
    """Whether 3 is more than 2."""
    return due is not None and at - due > 0
'''
# Each run of the long tests takes one in so many; all of them are taken by hand.
EVERY = 30


def test_a_mutant_differs_in_one_place_and_never_in_what_is_only_said() -> None:
    made = {mutant.place: ast.unparse(mutant.tree) for mutant in mutants(CODE)}

    assert set(made) == {
        "late: 3 → 4",
        "late: due is not None and at - due > 0 → due is not None or at - due > 0",
        "late: due is not None → due is None",
        "late: at - due > 0 → at - due >= 0",
        "late: at - due → at + due",
        "late: 0 → 1",
    }
    assert len(set(made.values())) == 6
    assert all("Whether 3 is more than 2." in code for code in made.values())


@pytest.mark.long
@pytest.mark.parametrize("name", TESTS)
def test_a_sample_is_noticed_or_explained(name: str) -> None:
    assert set(survivors([name], EVERY, len(name))) <= explained()
