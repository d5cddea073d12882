"""What others have reported of somebody: read at once, answered once, by nobody else."""

from datetime import date
from uuid import uuid4

import pytest

from shared.db.session import Db
from shared.domain.reports import ReportKind, Seen
from shared.usecases.reports import report
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.stage import Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    made = Stage(db, clockwork)
    seen = Seen(ReportKind.BREACH, date(2026, 1, 3), "没有参加义务劳动")
    made.do(report, made.branch.leader_of(made.mei), made.mei.id, seen)
    return made


@pytest.fixture
def mei(browser: Browser, db: Db, stage: Stage) -> Person:
    return signed_in(browser.app, db, stage.branch.actors[stage.mei.id])


def test_a_member_reads_what_was_told_and_says_what_they_have_to_say(mei: Person) -> None:
    assert "没有参加义务劳动" in mei.opens("/reports/about-me")
    address = link(mei)
    mei.opens(address)
    assert "请写明您要说明的情况" in mei.hands_in(address, 422, reply=" ")

    said = mei.hands_in(address, reply="那天在医院，有病历。")

    assert "您的说明 那天在医院，有病历。" in said
    assert "交给支部" not in said


def test_others_cannot(browser: Browser, db: Db, stage: Stage, mei: Person) -> None:
    mei.opens("/reports/about-me")
    other = signed_in(browser.app, db, stage.branch.actors[stage.branch.members[1].id])

    assert "没有人反映过您的情况" in other.opens("/reports/about-me")
    other.opens(link(mei), 404)
    mei.opens(f"/reports/about-me/{uuid4()}", 404)


def link(person: Person) -> str:
    assert person.page is not None
    return next(a for a in person.page.text.split('"') if a.startswith("/reports/about-me/"))
