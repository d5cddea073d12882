"""Members away: their quarterly report, and their vote before the meeting begins."""

import pytest

from shared.db.members import Member
from shared.db.session import Db, acting
from shared.usecases.meetings import convene
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.stage import Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch of which Mei works away."""
    made = Stage(db, clockwork)
    with acting(db, made.county_id, made.unit_id) as session:
        session.get_one(Member, (made.county_id, made.mei.id)).class_ = "流动党员"
    return made


@pytest.fixture
def mei(browser: Browser, db: Db, stage: Stage) -> Person:
    return signed_in(browser.app, db, stage.branch.actors[stage.mei.id])


def test_who_is_away_reports_and_the_secretary_reads_it(
    browser: Browser, db: Db, stage: Stage, mei: Person
) -> None:
    assert "思想汇报" in mei.opens("/home")
    mei.opens("/reflections/new")
    assert "请写明这一季度的情况" in mei.hands_in("/reflections/new", 422, text=" ", quarter="2026-Q1")
    said = mei.hands_in("/reflections/new", text="在工地做钢筋工。\n学习了党章。", quarter="2026-Q1")
    assert "2026年第一季度思想汇报" in said
    assert mei.page is not None
    address = mei.page.url.path
    secretary = signed_in(browser.app, db, stage.branch["secretary"])

    assert "在工地做钢筋工" in secretary.opens(address)

    assert "看过" in mei.opens(address)
    assert "重新写" not in mei.opens(address)


def test_others_do_not_read_it(browser: Browser, db: Db, stage: Stage, mei: Person) -> None:
    mei.opens("/reflections/new")
    mei.hands_in("/reflections/new", text="在工地做钢筋工。", quarter="2026-Q1")
    assert mei.page is not None
    other = signed_in(browser.app, db, stage.branch.actors[stage.branch.members[1].id])

    other.opens(mei.page.url.path, 403)
    other.opens("/reflections/new")
    assert "不用填写" in other.hands_in("/reflections/new", 422, text="好", quarter="2026-Q1")


def test_who_is_away_votes_once_and_how_is_not_shown(browser: Browser, db: Db, stage: Stage, mei: Person) -> None:
    stage.accept(stage.claim(stage.mei))
    stage.propose()
    address = f"/ballots/{stage.do(convene, 'secretary', 'members', '积分评定', '大会〔2026〕1号').id}"

    said = mei.opens(address)
    assert "您在外地，可以现在投票" in said
    assert "要评定的积分：2026年第一季度" in said
    assert "请选择赞成、反对或弃权" in mei.hands_in(address, 422)
    said = mei.hands_in(address, secret_choice="in_favour")
    assert "投的什么，谁也查不到" in said
    assert "赞成" not in said

    other = signed_in(browser.app, db, stage.branch.actors[stage.branch.members[1].id])
    assert "请按时到会" in other.opens(address)
