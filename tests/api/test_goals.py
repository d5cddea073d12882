"""A member's goals at the start of the year, and the check half-way."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from shared.authz.actor import the_clock
from shared.db.goals import Goal
from shared.db.session import Db, acting
from shared.usecases.plans import lay_out
from tests.api.conftest import Browser
from tests.api.people import signed_in
from tests.usecases.stage import Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    return Stage(db, clockwork)


def test_goals_are_written_checked_half_way_and_then_stand(browser: Browser, db: Db, stage: Stage) -> None:
    mei = signed_in(browser.app, db, stage.who(stage.mei))
    secretary = signed_in(browser.app, db, stage.branch["secretary"])
    with acting(db, stage.county_id, stage.unit_id) as session:
        lay_out(session, the_clock(stage.county_id, stage.unit_id), stage.unit_id, stage.now)
    assert "年度目标：2026 年" in mei.opens("/")
    mei.opens("/goal")
    assert "请写下今年的目标" in mei.hands_in("/goal", 422, words=" ")
    mei.hands_in("/goal", words="修好水渠")
    mei.hands_in("/goal", words="修好水渠，带两户种桃")
    goal = stage.all(select(Goal))[0]
    assert "年度目标：2026 年" not in mei.opens("/")
    at = f"/goals/{goal.id}"
    assert "带两户种桃" in secretary.opens("/goals")
    secretary.opens(at)
    assert "从 6 月开始" in secretary.hands_in(at, 422, words="好")
    stage.move(datetime(2026, 7, 1, 1, tzinfo=UTC))

    assert "作 1 份年度目标的年中检查" in secretary.opens("/desk")
    secretary.opens(at)
    assert "水渠修好了" in secretary.hands_in(at, words="水渠修好了，桃树还要抓紧")

    assert "桃树还要抓紧" in mei.opens("/goal")
    assert any("年中检查" in one.body["text"] for one in stage.messages("goal"))
    signed_in(browser.app, db, stage.who(stage.branch.members[1])).opens("/goals", 403)
    stage.move(datetime(2026, 12, 1, 1, tzinfo=UTC))
    assert "开始年度民主评议" in secretary.opens("/desk")
