"""What follows from a year is decided by people, once, with a minute."""

from uuid import uuid4

import pytest

from shared.db.outcomes import OutcomeCase
from shared.db.session import Db, acting
from tests.api.conftest import Browser
from tests.api.people import signed_in
from tests.usecases.stage import START, Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    return Stage(db, clockwork)


@pytest.fixture
def case(stage: Stage) -> OutcomeCase:
    """A proposal as the clock makes it when a year has settled."""
    made = OutcomeCase(
        county_id=stage.county_id,
        id=uuid4(),
        unit_id=stage.unit_id,
        member_id=stage.mei.id,
        period="2025",
        kind="talk",
        basis="2025 年度积分 40.00 分，依据细则“谈话提醒”",
        body="committee",
        state="proposed",
        proposed_at=START,
    )
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        session.add(made)
    return made


def test_a_proposal_is_decided_with_a_minute(browser: Browser, stage: Stage, case: OutcomeCase) -> None:
    secretary = signed_in(browser.app, stage.db, stage.branch["secretary"])
    at = f"/outcomes/{case.id}"
    assert "待研究" in secretary.opens("/outcomes")
    secretary.opens(at)
    assert "请填写会议记录编号" in secretary.hands_in(at, 422, taken="yes", note="谈一次话")

    said = secretary.hands_in(at, taken="yes", note="谈一次话", minute="支委会〔2026〕2号")

    assert "已采用" in said
    assert stage.row(OutcomeCase, case.id).state == "decided"
    assert "怎样决定" not in secretary.opens(at)


def test_who_came_second_is_told(browser: Browser, stage: Stage, case: OutcomeCase) -> None:
    first, second = (signed_in(browser.app, stage.db, stage.branch["secretary"]) for _ in "12")
    at, words = f"/outcomes/{case.id}", {"taken": "no", "note": "情况特殊", "minute": "支委会〔2026〕2号"}
    first.opens(at)
    second.opens(at)
    first.hands_in(at, 200, **words)

    assert "已经研究过了" in second.hands_in(at, 422, **words)


def test_nobody_else_decides(browser: Browser, stage: Stage, case: OutcomeCase) -> None:
    for who in (stage.branch["recorder"], stage.who(stage.mei)):
        signed_in(browser.app, stage.db, who).opens(f"/outcomes/{case.id}", 403)
