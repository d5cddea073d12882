"""The security list: what it names as proof is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
POINTS = [line for line in PAGE.splitlines() if re.match(r"\| .+ \| (有|部分|无) \| .+ \|$", line)]


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`(tests/[\w/]+\.py::\w+)`", PAGE))))
def test_a_test_that_is_named_as_proof_is_there(named: str) -> None:
    path, _, test = named.partition("::")

    assert (ROOT / path).is_file()
    assert f"def {test}(" in (ROOT / path).read_text("utf-8")


def test_every_point_has_a_state_and_what_it_rests_on() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| 要求 |")]

    assert rows == POINTS
    assert len(POINTS) > 40
