"""Scores: three score blind; two equal decide, otherwise a joint figure with its minute."""

from datetime import date
from decimal import Decimal

import pytest

from shared.db.claims import Claim
from shared.db.rounds import Round
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.usecases.claims import Ruling, draft_claim, submit_claim
from shared.usecases.lines import Difference, propose
from shared.usecases.opinions import give_opinion
from shared.usecases.scores import agree_score, finish_scoring, give_score, return_scoring, seen_scores
from tests.usecases.stage import CLOSED, Stage, deed

FREE, FIXED = "E-C5", "E-C1"
JAN_2 = date(2026, 1, 2)


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch whose points a group of three gives."""
    return Stage(db, clockwork, "xujiayan")


def score(stage: Stage, claim: Claim, *points: int) -> None:
    """Let the scorers give their points, one after the other."""
    for scorer, given in zip(stage.branch.scorers, points, strict=False):
        stage.do(give_score, scorer, claim.id, Decimal(given))


def seen(stage: Stage, claim: Claim) -> list[Decimal]:
    """What a scorer sees of a claim's scores."""
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        return seen_scores(session, stage.branch.scorers[0], claim.id)


def test_nobody_sees_a_score_before_all_are_in(stage: Stage) -> None:
    claim = stage.claim(stage.mei, FREE)

    score(stage, claim, 3, 5)
    assert seen(stage, claim) == []
    assert all(told.note is None for told in stage.told(claim.id) if told.command == "score")
    stage.do(give_score, stage.branch.scorers[2], claim.id, Decimal(4))

    assert seen(stage, claim) == [3, 4, 5]


@pytest.mark.parametrize(
    ("points", "state", "figure"),
    [
        ((3, 3, 5), "accepted", 3),  # two equal decide, never the mean
        ((3, 5, 5), "accepted", 5),
        ((4, 4, 4), "accepted", 4),
        ((3, 4, 5), "submitted", None),  # none equal: they talk
        ((3, 3), "submitted", None),  # two of three: the third is still to come
        ((0, 0, 5), "refused", None),  # nought refuses
    ],
)
def test_two_equal_scores_decide(stage: Stage, points: tuple[int, ...], state: str, figure: int | None) -> None:
    claim = stage.claim(stage.mei, FREE)

    score(stage, claim, *points)

    found = stage.row(Claim, claim.id)
    assert (found.state, found.points) == (state, figure)
    assert (found.refused_by == "scoring_group") is (state == "refused")


def test_a_joint_figure_needs_all_scores_and_a_minute(stage: Stage) -> None:
    claim, scorer = stage.claim(stage.mei, FREE), stage.branch.scorers[0]
    score(stage, claim, 3, 4)

    with pytest.raises(NotNow, match="还没有全部评分"):
        stage.do(agree_score, scorer, claim.id, Decimal(4), "评议〔2026〕1号")
    stage.do(give_score, stage.branch.scorers[2], claim.id, Decimal(5))
    with pytest.raises(Invalid, match="会议记录"):
        stage.do(agree_score, scorer, claim.id, Decimal(4), "")
    with pytest.raises(Invalid, match="不超过 10"):
        stage.do(agree_score, scorer, claim.id, Decimal(11), "评议〔2026〕1号")
    stage.do(agree_score, scorer, claim.id, Decimal(4), "评议〔2026〕1号")

    assert stage.row(Claim, claim.id).decision == "评议〔2026〕1号"


def test_a_score_is_given_once_and_within_the_item(stage: Stage) -> None:
    claim, scorer = stage.claim(stage.mei, FIXED), stage.branch.scorers[0]

    for wrong in (Decimal(7), Decimal(-1)):
        with pytest.raises(Invalid, match="固定分值"):
            stage.do(give_score, scorer, claim.id, wrong)
    stage.do(give_score, scorer, claim.id, Decimal(5))
    with pytest.raises(NotNow, match="已经评过分"):
        stage.do(give_score, scorer, claim.id, Decimal(0))


def test_a_scorers_own_claim_is_scored_by_the_other_two(stage: Stage) -> None:
    own = stage.branch.scorers[0]
    claim = stage.do(draft_claim, own, stage.round_id, own.member_id, deed(FREE, JAN_2))
    stage.do(submit_claim, own, claim.id)
    leader = next(one for one in stage.branch.leaders if one.group_id == own.group_id)
    with pytest.raises(NotNow, match="还没有党小组长意见"):
        stage.do(give_score, stage.branch.scorers[1], claim.id, Decimal(3))
    stage.do(give_opinion, leader, claim.id, True, "好")

    for step, more in ((give_score, ()), (agree_score, ("评议〔2026〕1号",))):
        with pytest.raises(Forbidden, match="自己的申请"):
            stage.do(step, own, claim.id, Decimal(9), *more)
    for other in stage.branch.scorers[1:]:
        stage.do(give_score, other, claim.id, Decimal(3))

    assert stage.row(Claim, claim.id).state == "accepted"


def test_the_committee_returns_the_scores_once_and_changes_none(stage: Stage) -> None:
    claim = stage.claim(stage.mei, FREE)
    score(stage, claim, 9, 9, 9)
    stage.move(CLOSED)
    stage.do(finish_scoring, stage.branch.scorers[0], stage.round_id)

    with pytest.raises(NotNow, match="不改动分数"):
        stage.decide([claim], Ruling(True, "支委会〔2026〕1号", points=Decimal(2)))
    with pytest.raises(Forbidden, match="不改动分数"):
        stage.do(propose, "secretary", stage.round_id, {stage.mei.id: Difference(Decimal(71), "偏高")})
    with pytest.raises(Invalid, match="理由"):
        stage.do(return_scoring, "secretary", stage.round_id, "")
    stage.do(return_scoring, "secretary", stage.round_id, "与往期同类事项不一致")
    with pytest.raises(NotNow, match="还有 1 项"):
        stage.do(finish_scoring, stage.branch.scorers[0], stage.round_id)
    stage.do(agree_score, stage.branch.scorers[0], claim.id, Decimal(6), "评议〔2026〕2号")
    stage.do(finish_scoring, stage.branch.scorers[0], stage.round_id)
    with pytest.raises(NotNow, match="已经退回过一次"):
        stage.do(return_scoring, "secretary", stage.round_id, "仍不一致")
    stage.do(propose, "secretary", stage.round_id, {})

    assert stage.line(stage.mei).points == Decimal(76)
    assert stage.row(Round, stage.round_id).state == "proposed"


def test_nothing_is_proposed_past_the_scoring_group(stage: Stage) -> None:
    stage.move(CLOSED)

    with pytest.raises(NotNow, match="不能“提出初步意见”"):
        stage.do(propose, "secretary", stage.round_id, {})
    for stranger in ("secretary", "recorder"):
        with pytest.raises(Forbidden):
            stage.do(finish_scoring, stranger, stage.round_id)
