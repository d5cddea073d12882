"""The scoring group at work: three score blind, and talk where no two agree."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from services.cli.demonstration.deeds import HALF, some_points
from services.cli.demonstration.rounds import known
from services.cli.demonstration.stage import Stage, Troupe
from shared.db.claims import Claim
from shared.domain.claims import ClaimState
from shared.usecases.scores import agree_score, finish_scoring, give_score


def score_claims(stage: Stage, troupe: Troupe, round_id: UUID, claims: Sequence[UUID]) -> None:
    """Score every claim; most agree, some by two of three, a few only after talking it over."""
    with stage.acting(troupe) as session, known(session, troupe):
        for claim_id in claims:
            points = _three(stage, troupe, session.get_one(Claim, (stage.county_id, claim_id)))
            for scorer, figure in zip(troupe.scorers, points, strict=True):
                give_score(session, scorer, claim_id, figure, stage.now)
            left = session.scalar(select(Claim.state).filter_by(id=claim_id))
            if left == ClaimState.SUBMITTED:
                minute = troupe.minute("评议小组", stage.now)
                agree_score(session, troupe.scorers[0], claim_id, sorted(points)[1], minute, stage.now)
        finish_scoring(session, troupe.scorers[0], round_id, stage.now)


def _three(stage: Stage, troupe: Troupe, claim: Claim) -> list[Decimal]:
    """Return three scores around what was claimed; a fixed value is granted or not."""
    chance, item = stage.chance, troupe.book.items[claim.item]
    if item.range is None:
        value = item.points or Decimal(0)
        refused = chance.random() < 0.08
        return [Decimal(0)] * 3 if refused else [value, value, value if chance.random() < 0.8 else Decimal(0)]
    figure = claim.points or some_points(chance, item) or Decimal(1)
    if chance.random() < 0.7:
        return [figure, figure, max(HALF, figure - HALF)]
    return [figure, max(HALF, figure - HALF), max(HALF, figure - 2 * HALF)]
