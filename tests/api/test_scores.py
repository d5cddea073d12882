"""Scores: a blind sheet, every figure once all are in, a joint one with its minute, handed over, returned once."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.claims import Claim
from shared.db.rounds import Round
from shared.db.session import Db
from shared.domain.claims import CLAIM, ClaimCommand
from shared.usecases.carry_out import carry_out
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.stage import CLOSED, Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch whose points a group of three gives."""
    return Stage(db, clockwork, "xujiayan")


@pytest.fixture
def scorers(browser: Browser, stage: Stage) -> list[Person]:
    return [signed_in(browser.app, stage.db, scorer) for scorer in stage.branch.scorers]


def score(scorer: Person, claim: Claim, points: str, status: int = 200) -> str:
    scorer.opens("/scores")
    boxes: dict[str, Any] = {f"s-{claim.id}": points}
    return scorer.hands_in("/scores", status, **boxes)


def test_nobody_sees_another_score_before_all_are_in(scorers: list[Person], stage: Stage) -> None:
    claim = stage.claim(stage.mei, "E-C5", points="3")

    score(scorers[0], claim, "7")
    assert "7.00" not in scorers[1].opens("/scores")
    assert "7.00" in scorers[0].opens("/scores")
    score(scorers[1], claim, "8")
    score(scorers[2], claim, "9")

    assert "7.00、8.00、9.00" in scorers[1].opens("/scores")


def test_where_none_agree_a_joint_figure_is_written_with_its_minute(scorers: list[Person], stage: Stage) -> None:
    claim = stage.claim(stage.mei, "E-C5", points="3")
    for scorer, points in zip(scorers, "789", strict=True):
        score(scorer, claim, points)
    scorers[0].opens(f"/scores/{claim.id}")
    assert "请填写会议记录编号" in scorers[0].hands_in(f"/scores/{claim.id}", 422, agreed="8")

    scorers[0].hands_in(f"/scores/{claim.id}", agreed="8", minute="评议〔2026〕1号")

    assert stage.row(Claim, claim.id).points == 8


@pytest.mark.long
def test_what_is_wrong_with_each_is_said_at_once(scorers: list[Person], stage: Stage) -> None:
    claim = stage.claim(stage.mei, "E-C5", points="3")

    assert "“很好”不是分数" in score(scorers[0], claim, "很好", 422)
    assert "不超过 10" in score(scorers[0], claim, "11", 422)
    assert scorers[0].form("/scores").fields[f"s-{claim.id}"] == ["11"]


@pytest.mark.long
def test_scores_are_handed_over_and_come_back_once(browser: Browser, scorers: list[Person], stage: Stage) -> None:
    claim = stage.claim(stage.mei, "E-C5", points="3")
    for scorer in scorers:
        score(scorer, claim, "3")
    stage.move(CLOSED)
    address = f"/rounds/{stage.round_id}/scores"
    scorers[0].opens("/scores")
    scorers[0].hands_in(f"{address}/finish")
    assert stage.row(Round, stage.round_id).state == "scored"

    secretary = signed_in(browser.app, stage.db, stage.who("secretary"))
    secretary.opens("/scores")
    assert "请写明理由" in secretary.hands_in(f"{address}/return", 422)
    secretary.hands_in(f"{address}/return", reason="两项同类的事评得不一样")

    assert stage.row(Round, stage.round_id).state == "reviewing"


@pytest.mark.long
def test_who_does_not_score_sees_no_sheet(browser: Browser, stage: Stage) -> None:
    signed_in(browser.app, stage.db, stage.who("recorder")).opens("/scores", 403)
    signed_in(browser.app, stage.db, stage.who(stage.mei)).opens("/scores", 403)


@pytest.mark.long
def test_scores_are_not_handed_over_while_one_is_missing(scorers: list[Person], stage: Stage) -> None:
    first, second = stage.claim(stage.mei, "E-C5", points="3"), stage.claim(stage.branch.members[1], "E-C1")
    for scorer in scorers:
        score(scorer, first, "3")
        score(scorer, second, "5")
    stage.move(CLOSED)
    address = f"/rounds/{stage.round_id}/scores/finish"
    scorers[0].opens("/scores")
    stage.do(reopen, "secretary", second.id)

    assert "还有 1 项申请没有评出分数" in scorers[0].hands_in(address, 422)


def reopen(session: Session, actor: Actor, claim_id: UUID, now: datetime) -> None:
    """Open a claim again, as an objection that is upheld does."""
    carry_out(session, actor, Claim, [claim_id], CLAIM, ClaimCommand.REOPEN, now)
