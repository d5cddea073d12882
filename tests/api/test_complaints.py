"""Complaints: what was written past a unit is answered by the one above it, and by nobody else."""

import pytest

from shared.db.complaints import Complaint
from shared.db.session import Db
from shared.domain.complaints import ComplaintKind, Letter
from shared.usecases.complaints import write_complaint
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.stage import Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch in its first quarter under the county's plan."""
    return Stage(db, clockwork)


@pytest.fixture
def letter(stage: Stage) -> Complaint:
    """What a member has written about their branch."""
    return stage.do(write_complaint, stage.mei, Letter(ComplaintKind.COMPLAINT, "会开了没有记。"))


@pytest.fixture
def township(browser: Browser, stage: Stage) -> Person:
    return signed_in(browser.app, stage.db, stage.who("township_officer"))


def test_a_complaint_waits_on_the_desk_and_is_answered_and_closed(
    township: Person, stage: Stage, letter: Complaint
) -> None:
    assert "答复投诉建议" in township.opens("/desk")
    assert letter.number in township.opens("/complaints/received")
    township.opens(f"/complaints/{letter.id}")
    assert "请写明核实情况" in township.hands_in(f"/complaints/{letter.id}", 422, answer="")

    assert "已经补记" in township.hands_in(f"/complaints/{letter.id}", answer="已经补记")
    assert "已办结" in township.hands_in(f"/complaints/{letter.id}/close")

    assert "答复投诉建议" not in township.opens("/desk")


def test_the_branch_that_it_is_about_does_not_read_it(browser: Browser, stage: Stage, letter: Complaint) -> None:
    secretary = signed_in(browser.app, stage.db, stage.who("secretary"))

    secretary.opens(f"/complaints/{letter.id}", 403)
    secretary.opens("/complaints/received", 403)
