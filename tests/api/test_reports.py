"""Reports: a leader tells of somebody in writing; the recorder makes a record of it or sets it aside."""

from typing import Any

import pytest
from sqlalchemy import select

from shared.db.claims import Record
from shared.db.reports import Report
from shared.db.session import Db
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.stage import Stage

SEEN: dict[str, Any] = {"kind": "breach", "happened_on": [2026, 1, 3], "text": "开会中途离场"}


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch in its first quarter under the county's plan."""
    return Stage(db, clockwork)


@pytest.fixture
def told(browser: Browser, stage: Stage) -> Report:
    """A report that a leader has handed in on a page."""
    leader = signed_in(browser.app, stage.db, stage.branch.leader_of(stage.mei))
    leader.opens(f"/reports/new?member={stage.mei.id}")
    said = leader.hands_in("/reports/new", **SEEN)
    assert "待核实" in said
    return stage.all(select(Report))[0]


@pytest.fixture
def recorder(browser: Browser, stage: Stage) -> Person:
    return signed_in(browser.app, stage.db, stage.who("recorder"))


def test_a_report_becomes_a_record_as_far_as_it_was_verified(recorder: Person, stage: Stage, told: Report) -> None:
    assert "开会中途离场" in recorder.opens("/reports")
    recorder.opens(f"/reports/{told.id}")

    said = recorder.hands_in(f"/reports/{told.id}/enter", item="D-K10", text="经核实，早退")

    assert "已登记" in said
    assert [record.text for record in stage.all(select(Record))] == ["经核实，早退"]


def test_a_report_is_set_aside_with_its_reason(recorder: Person, told: Report) -> None:
    recorder.opens(f"/reports/{told.id}")
    assert "请写明理由" in recorder.hands_in(f"/reports/{told.id}/aside", 422, reason="")

    said = recorder.hands_in(f"/reports/{told.id}/aside", reason="因家人急病，请过假")

    assert "因家人急病，请过假" in said
    assert "您来核实" not in said


def test_nobody_else_reads_a_report(browser: Browser, stage: Stage, told: Report) -> None:
    signed_in(browser.app, stage.db, stage.who("secretary")).opens(f"/reports/{told.id}", 403)
    signed_in(browser.app, stage.db, stage.who("secretary")).opens("/reports", 403)


def test_nobody_is_told_of_outside_ones_own_group(browser: Browser, stage: Stage) -> None:
    leader = signed_in(browser.app, stage.db, stage.branch.leader_of(stage.mei))
    leader.opens("/reports/new")

    said = leader.hands_in("/reports/new", 422, member=stage.branch.members[1].id, **SEEN)

    assert "请从名单里选择反映谁" in said
