"""Words: a department answers once, on the one claim that it is asked about."""

import pytest
from sqlalchemy import select

from shared.db.claims import Word
from shared.db.session import Db
from tests.api.conftest import Browser
from tests.api.people import signed_in
from tests.usecases.stage import Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch in its first quarter under the county's plan."""
    return Stage(db, clockwork)


def test_a_department_gives_its_word_once(browser: Browser, stage: Stage) -> None:
    claim = stage.claim(stage.mei, "D-B1")
    word = stage.all(select(Word))[0]
    department = signed_in(browser.app, stage.db, stage.who("word"))
    said = department.opens("/words")
    assert claim.number in said
    assert "联系帮扶困难户" in said
    department.opens(f"/words/{word.id}")
    assert "不同意要写明情况" in department.hands_in(f"/words/{word.id}", 422, agrees="no")

    department.hands_in(f"/words/{word.id}", agrees="yes", text="属实")

    assert stage.row(Word, word.id).agrees is True
    department.opens(f"/words/{word.id}", 404)


def test_another_department_does_not_find_it(browser: Browser, stage: Stage) -> None:
    stage.claim(stage.mei, "D-B1")
    word = stage.all(select(Word))[0]
    other = signed_in(browser.app, stage.db, stage.who("township_officer"))

    assert "没有要反馈的" in other.opens("/words")
    other.opens(f"/words/{word.id}", 404)
    signed_in(browser.app, stage.db, stage.who("secretary")).opens("/words", 403)
