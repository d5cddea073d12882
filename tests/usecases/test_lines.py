"""Lines: proposed by the committee; its own figure stands beside the rule's, with a reason."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from shared.db.rounds import Award
from shared.db.session import Db
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.usecases.lines import Difference, propose
from tests.usecases.stage import CLOSED, Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch with one accepted claim of two points."""
    made = Stage(db, clockwork)
    made.accept(made.claim(made.mei))
    return made


def test_the_committees_own_figure_is_an_award_of_its_own(stage: Stage) -> None:
    stage.move(CLOSED)

    with pytest.raises(Invalid, match="理由"):
        stage.do(propose, "secretary", stage.round_id, {stage.mei.id: Difference(Decimal(1), " ")})
    with pytest.raises(Invalid, match="两位小数"):
        stage.do(propose, "secretary", stage.round_id, {stage.mei.id: Difference(Decimal("0.995"), "减")})
    stage.do(propose, "secretary", stage.round_id, {stage.mei.id: Difference(Decimal("1.50"), "准备不足")})

    line = stage.line(stage.mei)
    awards = stage.all(select(Award).filter_by(line_id=line.id).order_by(Award.ordinal))
    assert (line.by_rule, line.points, line.reason) == (Decimal(2), Decimal("1.5"), "准备不足")
    assert [(award.kind, award.points) for award in awards] == [("event", 2), ("adjustment", Decimal("-0.5"))]


def test_a_figure_that_equals_the_rules_is_no_difference(stage: Stage) -> None:
    stage.move(CLOSED)

    stage.do(propose, "secretary", stage.round_id, {stage.mei.id: Difference(Decimal(2), "")})

    assert stage.line(stage.mei).reason is None


def test_nobody_proposes_their_own_figure_nor_a_strangers(stage: Stage) -> None:
    stage.move(CLOSED)
    own = stage.branch["secretary"].member_id

    with pytest.raises(Forbidden, match="自己的积分"):
        stage.do(propose, "secretary", stage.round_id, {own: Difference(Decimal(9), "辛苦")})
    with pytest.raises(Invalid, match="本期"):
        stage.do(propose, "secretary", stage.round_id, {stage.round_id: Difference(Decimal(9), "辛苦")})
    with pytest.raises(Forbidden):
        stage.do(propose, stage.mei, stage.round_id, {})


def test_nothing_is_proposed_before_the_claims_close_or_with_one_undecided(stage: Stage) -> None:
    with pytest.raises(NotNow, match="申报登记中"):
        stage.do(propose, "secretary", stage.round_id, {})
    stage.claim(stage.mei)
    stage.move(CLOSED)

    with pytest.raises(NotNow, match="还有 1 项申请没有审核"):
        stage.do(propose, "secretary", stage.round_id, {})
