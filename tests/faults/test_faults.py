"""A short run of the faults: what was acknowledged is there, once, in time; and the clients were not idle."""

from pathlib import Path

import pytest

from tests.faults.run import Measure, run

pytestmark = pytest.mark.long


def test_whatever_is_killed_nothing_acknowledged_is_lost_and_nothing_happens_twice(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)

    report = run(tmp_path / "data", 7, Measure(seconds=30, branches=2), print)

    assert report.findings == []
    assert report.acts["claim done"] > 10
    assert report.acts["objection done"] > 10
    assert report.struck.total() > 4
