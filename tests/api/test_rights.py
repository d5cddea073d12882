"""What is kept about a member: theirs to read and to take away, with who has looked at it."""

import json
from datetime import date

import pytest

from shared.db.session import Db
from shared.usecases.proxies import enter_relative, name_relative
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.stage import Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    made = Stage(db, clockwork)
    made.accept(made.claim(made.mei))
    made.do(enter_relative, "recorder", "梅小芳", "13800005678")
    made.do(name_relative, made.mei, "梅小芳", "13800005678", date(2026, 6, 30))
    return made


@pytest.fixture
def mei(browser: Browser, db: Db, stage: Stage) -> Person:
    return signed_in(browser.app, db, stage.branch.actors[stage.mei.id])


def test_everything_that_is_kept_can_be_read_and_taken_away(stage: Stage, mei: Person) -> None:
    assert "申报：1 条" in mei.opens("/rights")
    assert "2026-Q1-001" in mei.opens("/rights/copy")

    answer = mei.client.get("/rights/copy.json")

    assert answer.headers["content-disposition"].startswith("attachment")
    kept = json.loads(answer.text)
    assert kept["个人信息"][0]["姓名"] == stage.mei.name
    assert [one["家人"] for one in kept["代办人"]] == ["梅小芳"]
    assert len(kept["申报"]) == 1
    others = {member.name for member in stage.branch.members[1:]}
    assert not any(name in answer.text for name in others)


def test_a_member_learns_who_has_looked_at_their_points(
    browser: Browser, db: Db, stage: Stage, mei: Person
) -> None:
    assert "还没有人打开过" in mei.opens("/rights")
    watcher = signed_in(browser.app, db, stage.branch["discipline"])

    watcher.opens(f"/members/{stage.mei.id}/statement")

    assert f"{stage.branch['discipline'].name}（纪检委员" in mei.opens("/rights")


def test_another_member_s_statement_stays_closed(browser: Browser, db: Db, stage: Stage, mei: Person) -> None:
    other = stage.branch.members[1]

    mei.opens(f"/members/{other.id}/statement", 403)
    led = mei.client.get(f"/members/{stage.mei.id}/statement", follow_redirects=False)
    assert led.headers["location"] == "/points"


def test_one_s_points_and_year_are_one_s_own(mei: Person, stage: Stage) -> None:
    assert "还没有积分" in mei.opens("/points")
    assert "还没有年度结果" in mei.opens("/year")
    stage.publish()
    assert "2.00 分怎么来的" in mei.opens("/points")
