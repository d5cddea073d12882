"""A suspended county before programs: what it has can be read, and nothing is taken in."""

from uuid import uuid4

import pytest

from shared.db.session import Db
from shared.usecases.suspensions import operator, suspend
from tests.api.conftest import Browser
from tests.api.v1.programs import program_of
from tests.usecases.stage import Stage

# A suspension is the worker's to write: with ./jifen test --all.
pytestmark = pytest.mark.long


def test_a_program_reads_and_is_told_why_nothing_is_taken_in(browser: Browser, db: Db, clockwork: Db) -> None:
    stage, key = Stage(db, clockwork), str(uuid4())
    deed = {"item": "D-A4", "happened_on": "2026-01-05", "text": "清扫村道"}
    mei = program_of(browser.app, db, stage.who(stage.mei))
    before = mei.acts("/api/v1/claims", deed, 201, key)
    with clockwork.begin() as session:
        suspend(session, operator(stage.county_id, "值班员"), "suspended", "机构改革，停用到6月底。", stage.now)

    refused = mei.posts("/api/v1/claims", {**deed, "text": "修水渠"})

    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["detail"] == "现在只能看，不能办理。机构改革，停用到6月底。"
    assert [one["id"] for one in mei.asks("/api/v1/claims")["items"]] == [before["id"]]
    # What was answered before is answered again.
    assert mei.posts("/api/v1/claims", deed, key).status_code == 201
