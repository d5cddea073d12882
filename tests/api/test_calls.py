"""Calls: whom nothing has reached is called, and each call is written down."""

import pytest

from shared.db.session import Db
from shared.usecases.notifications import call_list
from tests.api.conftest import Browser
from tests.api.people import signed_in
from tests.usecases.stage import Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch in its first quarter under the county's plan."""
    return Stage(db, clockwork)


def test_an_empty_list_says_who_will_stand_on_it(browser: Browser, stage: Stage) -> None:
    assert stage.do(call_list, "recorder") == []

    assert "没有要打的电话" in signed_in(browser.app, stage.db, stage.who("recorder")).opens("/calls")


def test_a_member_calls_nobody(browser: Browser, stage: Stage) -> None:
    signed_in(browser.app, stage.db, stage.who(stage.mei)).opens("/calls", 403)
