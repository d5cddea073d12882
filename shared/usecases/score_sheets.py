"""Score sheets: what a scorer has to score, blind until all are in, then every figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import able, require
from shared.db.kinships import kin_of
from shared.db.rounds import Round
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.kinships import WORDS
from shared.domain.rounds import RoundState
from shared.domain.rules import Item, RuleBook
from shared.usecases.books import book_of
from shared.usecases.scores import give_score

UNDER_WAY = (RoundState.COLLECTING, RoundState.REVIEWING, RoundState.SCORED)

# Nobody is shown another's score before the last one is in; how many are in is no secret.
_CLAIMS = text("""
WITH sheet AS (
    SELECT c.id, c.number, c.state, c.item, c.happened_on, c.points, c.text, c.decision, m.name, m.person_id,
           m.name_sort, c.stage,
           CAST(:scorers AS int) - (
               SELECT count(DISTINCT h.person_id) FROM holding h
               LEFT JOIN kinship k ON k.county_id = h.county_id AND k.person_id = h.person_id
                    AND k.relative_id = m.person_id AND k.ended_at IS NULL
               WHERE h.county_id = c.county_id AND h.unit_id = c.unit_id AND h.role = 'scorer'
                 AND (h.person_id = m.person_id OR k.id IS NOT NULL)) AS needed
    FROM claim c JOIN member m ON m.county_id = c.county_id AND m.id = c.member_id
    WHERE c.county_id = :county AND c.round_id = :round AND c.state IN ('submitted', 'accepted', 'refused')
), scored AS (
    SELECT s.claim_id, count(*) AS given, array_agg(s.points ORDER BY s.points) AS points,
           max(s.points) FILTER (WHERE s.person_id = :person) AS mine
    FROM score s JOIN sheet ON sheet.id = s.claim_id WHERE s.county_id = :county GROUP BY s.claim_id
)
SELECT sheet.*, coalesce(scored.given, 0) AS given, scored.mine,
       CASE WHEN scored.given >= sheet.needed THEN scored.points ELSE '{}' END AS scores,
       NOT EXISTS (SELECT FROM word w WHERE w.county_id = :county AND w.claim_id = sheet.id
                   AND w.given_at IS NULL)
       AND (NOT :opinions OR EXISTS (SELECT FROM opinion o WHERE o.county_id = :county
                                     AND o.claim_id = sheet.id)) AS heard
FROM sheet LEFT JOIN scored ON scored.claim_id = sheet.id
ORDER BY sheet.state <> 'submitted', sheet.name_sort, sheet.happened_on, sheet.number
""")


@dataclass(frozen=True, slots=True)
class Scored:
    """A claim on the sheet with its item; `scores` is empty until all are in; `aside` says why others score it."""

    claim: Row[Any]
    item: Item
    aside: str

    @property
    def to_score(self) -> bool:
        """Whether the reader has still to score it."""
        return self.claim.state == "submitted" and self.claim.heard and not self.aside and self.claim.mine is None

    @property
    def to_agree(self) -> bool:
        """Whether all are in and no two are equal."""
        return self.claim.state == "submitted" and bool(self.claim.scores)


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """A round's sheet; `left` are the claims without a figure yet."""

    round: Round
    book: RuleBook
    rows: Sequence[Scored]

    @property
    def left(self) -> int:
        """How many have no figure yet."""
        return sum(row.claim.state == "submitted" for row in self.rows)


def see_score_sheets(session: Session, actor: Actor) -> Sequence[ScoreSheet]:
    """Return the sheets of the rounds under way, for the scoring group and the committee."""
    if not (able(actor, Action.SCORE_GIVE) or able(actor, Action.SCORE_RETURN)):
        raise Forbidden("评分由评议小组办理。")
    own = select(Round).where(Round.county_id == actor.county_id, Round.unit_id == actor.unit_id)
    rounds = session.scalars(own.where(Round.state.in_(UNDER_WAY)).order_by(Round.first_day))
    found = [(one, book_of(session, actor.county_id, one.book_id)) for one in rounds]
    return [_sheet(session, actor, one, book) for one, book in found if book.procedure.scorers]


def give_scores(session: Session, actor: Actor, scores: Mapping[UUID, Decimal], now: datetime) -> None:
    """Give one's points for several claims: all of them, or nothing with what is wrong with each."""
    require(actor, Action.SCORE_GIVE)
    if not scores:
        raise Invalid("一项也没有评：请至少填一项的分数。")
    faults = []
    for claim_id, points in sorted(scores.items()):
        try:
            give_score(session, actor, claim_id, points, now)
        except (Forbidden, Invalid, NotNow) as refusal:
            faults.append(str(refusal))
    if faults:
        raise Invalid(*faults)


def _sheet(session: Session, actor: Actor, round_: Round, book: RuleBook) -> ScoreSheet:
    given = {
        "county": actor.county_id,
        "round": round_.id,
        "person": actor.person_id,
        "scorers": book.procedure.scorers,
        "opinions": book.procedure.opinions,
    }
    rows = session.execute(_CLAIMS, given).all()
    kin = kin_of(session, actor.county_id, actor.person_id) if actor.person_id else {}
    aside: dict[UUID | None, str] = {person: f"{WORDS[one]}的申报，您要回避" for person, one in kin.items()}
    aside[actor.person_id] = "本人的申报，由其他同志评"
    shown = [Scored(row, book.items[row.item], aside.get(row.person_id, "")) for row in rows]
    return ScoreSheet(round_, book, shown)
