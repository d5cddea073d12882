"""Two people for one step, by their programs: the first one's call signs, the second's carries it out."""

from sqlalchemy import select

from shared.db.filings import Filing
from shared.db.policies import Signature
from shared.db.session import Db
from shared.domain.policies import Effect, Rule
from tests.api.conftest import Browser
from tests.api.v1.programs import program_of
from tests.usecases.stage import POSTED, Stage
from tests.usecases.test_filings import SETTLED
from tests.usecases.test_policies import granted, now_as

TWO = [Rule(Effect.GIVE, "filing:submit", "organiser"), Rule(Effect.TWO, "filing:submit")]


def test_the_first_of_two_programs_only_signs(browser: Browser, db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork)
    granted(stage, *TWO)
    stage.accept(stage.claim(stage.mei))
    stage.publish(POSTED)
    stage.move(SETTLED)
    filing = stage.all(select(Filing))[0]
    first, second = (
        program_of(browser.app, db, now_as(stage, stage.branch[role])) for role in ("secretary", "organiser")
    )
    path = f"/api/v1/filings/{filing.id}/submit"

    for _ in range(2):
        assert "您是第一位" in first.acts(path, status=409)["detail"]
    assert stage.row(Filing, filing.id).state == "built"
    assert len(stage.all(select(Signature))) == 1
    second.acts(path)

    assert stage.row(Filing, filing.id).state == "submitted"
