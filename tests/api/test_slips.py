"""Slips: a paper claim is entered for its member, in both names; the same one twice is pointed out."""

from typing import Any

import pytest
from sqlalchemy import select

from shared.db.claims import Claim
from shared.db.session import Db
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.stage import Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch in its first quarter under the county's plan."""
    return Stage(db, clockwork)


@pytest.fixture
def recorder(browser: Browser, stage: Stage) -> Person:
    return signed_in(browser.app, stage.db, stage.who("recorder"))


PAPER: dict[str, Any] = {
    "item": "D-A4",
    "happened_on": [2026, 1, 2],
    "text": "讲党课一次",
    "handed_in_by": "党员001",
    "handed_in_on": [2026, 1, 4],
}


def test_a_paper_is_entered_and_handed_in_with_both_names(recorder: Person, stage: Stage) -> None:
    address = f"/rounds/{stage.round_id}/paper"
    assert "找到 1 人" in recorder.opens(f"{address}?q=001")
    recorder.opens(f"{address}/{stage.mei.id}")

    said = recorder.hands_in(f"{address}/{stage.mei.id}", **PAPER)

    assert "代党员001填报" in said
    assert "纸质申报由党员001于2026年1月4日交来" in said
    assert [claim.state for claim in stage.all(select(Claim))] == ["submitted"]


def test_the_same_paper_twice_is_pointed_out_first(recorder: Person, stage: Stage) -> None:
    stage.claim(stage.mei)
    address = f"/rounds/{stage.round_id}/paper/{stage.mei.id}"
    recorder.opens(address)

    said = recorder.hands_in(address, 422, **PAPER)
    assert "已有一条同样的申报：编号 2026-Q1-001，已提交" in said
    recorder.hands_in(address, another="y")

    assert len(stage.all(select(Claim))) == 2


def test_what_is_missing_is_said_at_once(recorder: Person, stage: Stage) -> None:
    address = f"/rounds/{stage.round_id}/paper/{stage.mei.id}"
    recorder.opens(address)

    said = recorder.hands_in(address, 422)

    assert "请选择项目" in said
    assert "请填写谁交来的" in said


def test_a_member_enters_no_papers(browser: Browser, stage: Stage) -> None:
    mei = signed_in(browser.app, stage.db, stage.who(stage.mei))

    mei.opens(f"/rounds/{stage.round_id}/paper/{stage.branch.members[1].id}", 403)
