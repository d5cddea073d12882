"""`jifen papers`: every paper of a branch of the demonstration, in the formats that it comes in, and pictures."""

from pathlib import Path

import pytest
from PIL import Image

from services.cli.papers import write_pictures, write_unit
from shared.db.session import Db
from shared.usecases.papers import KINDS
from tests.papers.conftest import fonts  # noqa: F401 - a fixture
from tests.papers.reading import cells, words
from tests.quarters import Quarter, a_full_county

# Every paper there is, twice: with ./jifen test --all. What each one says is tested in tests/papers in every run.
pytestmark = [pytest.mark.usefixtures("fonts"), pytest.mark.long]


@pytest.fixture(scope="module")
def full(db: Db, clockwork: Db) -> Quarter:
    """A branch's quarter with everything in it."""
    return a_full_county(db, clockwork, 1)[0]


def test_a_branch_has_every_paper_that_is_due(db: Db, full: Quarter, tmp_path: Path) -> None:
    branch = full.branch

    written = write_unit(db, branch.county_id, branch.unit_id, tmp_path, "https://jifen.example")

    forms = {one.form for one in written}
    assert forms >= {kind.form for kind in KINDS.values() if kind.of in {"round", "year", "notice", "filing"}}
    for one in written:
        assert words((tmp_path / f"{one.form}.pdf").read_bytes())
        assert cells((tmp_path / f"{one.form}.xlsx").read_bytes())
    assert (tmp_path / "公示情况报告.docx").read_bytes().startswith(b"PK")


def test_a_picture_is_kept_of_each_form(db: Db, full: Quarter, tmp_path: Path) -> None:
    shown = write_pictures(db, full.branch.county_id, tmp_path, "https://jifen.example")

    assert {"ledger", "poster", "booklet", "minutes", "summary"} <= shown
    assert all(Image.open(tmp_path / f"{name}.webp").format == "WEBP" for name in shown)
