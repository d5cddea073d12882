"""A suspended county on pages: the sentence stands on each of them, they can be read, and nothing is taken in."""

import pytest

from shared.db.session import Db
from shared.usecases.suspensions import operator, suspend
from tests.api.conftest import Browser
from tests.api.people import signed_in
from tests.usecases.stage import DAY, POSTED, Stage

# What takes minutes together: with ./jifen test --all.
pytestmark = pytest.mark.long


def test_everything_can_be_read_and_nothing_done(browser: Browser, db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork)
    stage.accept(stage.claim(stage.mei))
    stage.publish()
    stage.move(POSTED + 20 * DAY)
    secretary = signed_in(browser.app, db, stage.who("secretary"))
    secretary.opens("/filings")
    assert secretary.page is not None
    address = next(part for part in secretary.page.text.split('"') if part.startswith("/filings/"))
    secretary.opens(address)
    with clockwork.begin() as session:
        suspend(session, operator(stage.county_id, "值班员"), "suspended", "机构改革，停用到6月底。", stage.now)

    refused = secretary.hands_in(f"{address}/submit", 422)

    assert "现在只能看，不能办理。机构改革，停用到6月底。" in refused
    for page in ("/filings", "/rounds", "/desk", address):
        assert "机构改革，停用到6月底。" in secretary.opens(page)
    assert stage.messages("filed") == []
