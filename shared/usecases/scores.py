"""Scores: three score blind; two equal decide, otherwise a joint figure with its minute, never an average."""

from collections import Counter
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.claims import Claim, Score
from shared.db.kinships import who_declared
from shared.db.members import Member
from shared.db.rounds import Round
from shared.db.units import holders
from shared.domain.claims import CLAIM, ClaimCommand, ClaimState
from shared.domain.deeds import points_faults
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.procedures import Body
from shared.domain.rounds import RoundCommand, RoundState
from shared.domain.rules import Item, RuleBook
from shared.usecases.books import book_of
from shared.usecases.carry_out import carry_out, remark, step
from shared.usecases.opinions import unheard
from shared.usecases.reminders import watch
from shared.usecases.rounds import path_of


def give_score(session: Session, actor: Actor, claim_id: UUID, points: Decimal, now: datetime) -> None:
    """Give one's points for a claim, not one's own; nought is to refuse it. The last one in decides."""
    claim = _not_own(actor, hold(session, actor, Action.SCORE_GIVE, Claim, claim_id))
    if claim.state != ClaimState.SUBMITTED:
        raise NotNow("这项申请现在不在评分。")
    missing = unheard(session, claim)
    if missing:
        raise NotNow("；".join(missing))
    _sound(session, claim, points)
    given = _scores(session, claim)
    if actor.person_id in given:
        raise NotNow("您已经评过分，评出后不能再改。")
    session.add(
        Score(
            county_id=actor.county_id,
            unit_id=claim.unit_id,
            claim_id=claim.id,
            person_id=actor.person_id,
            points=points,
            scored_at=now,
        )
    )
    remark(session, actor, claim, "score", now)
    _decide(session, actor, claim, [*given.values(), points], now)


def seen_scores(session: Session, actor: Actor, claim_id: UUID) -> list[Decimal]:
    """Return the scores of a claim once all are in; before that nobody sees another's."""
    claim = hold(session, actor, Action.SCORE_GIVE, Claim, claim_id)
    given = _scores(session, claim)
    return sorted(given.values()) if len(given) >= _needed(session, claim) else []


def agree_score(
    session: Session, actor: Actor, claim_id: UUID, points: Decimal, minute: str, now: datetime
) -> None:
    """Write down the joint figure where no two scores were equal, with the minute of the discussion."""
    claim = _not_own(actor, hold(session, actor, Action.SCORE_AGREE, Claim, claim_id))
    if len(_scores(session, claim)) < _needed(session, claim):
        raise NotNow("评议小组成员还没有全部评分，不能商定。")
    if not minute.strip():
        raise Invalid("商定的分数要写明会议记录编号。")
    _sound(session, claim, points)
    _enter(session, actor, claim, points, minute, now)


def finish_scoring(session: Session, actor: Actor, round_id: UUID, now: datetime) -> None:
    """Hand the round's scores to the committee when no claim is left without."""
    round_ = hold(session, actor, Action.SCORE_AGREE, Round, round_id)
    open_one = select(Claim.number).filter_by(county_id=actor.county_id, round_id=round_.id, state="submitted")
    left = list(session.scalars(open_one))
    if left:
        raise NotNow(f"还有 {len(left)} 项申请没有评出分数：{'、'.join(left[:5])}。")
    machine = path_of(book_of(session, actor.county_id, round_.book_id), round_)
    step(session, actor, round_, machine, RoundCommand.SCORE, now)
    watch(session, round_, now)


def return_scoring(session: Session, actor: Actor, round_id: UUID, reason: str, now: datetime) -> None:
    """Give the scores back once, with a reason; the committee does not change them itself.

    Every claim that was scored is open again, and the group agrees on each figure with a minute.
    """
    round_ = hold(session, actor, Action.SCORE_RETURN, Round, round_id)
    if not reason.strip():
        raise Invalid("退回评分要写明理由。")
    machine = path_of(book_of(session, actor.county_id, round_.book_id), round_)
    machine.after(RoundState(round_.state), RoundCommand.RETURN)
    if _returned_before(round_):
        raise NotNow("本期评分已经退回过一次，不能再退。")
    step(session, actor, round_, machine, RoundCommand.RETURN, now, note=reason)
    scored = select(Claim.id).filter_by(county_id=actor.county_id, round_id=round_.id)
    scored = scored.where(Claim.state.in_([ClaimState.ACCEPTED, ClaimState.REFUSED]))
    carry_out(session, actor, Claim, list(session.scalars(scored)), CLAIM, ClaimCommand.REOPEN, now, note=reason)
    watch(session, round_, now)


def _returned_before(round_: Round) -> bool:
    """The stages count every step: a round that came here straight has taken two."""
    return round_.stage > 2


def _decide(session: Session, actor: Actor, claim: Claim, points: list[Decimal], now: datetime) -> None:
    figure, times = Counter(points).most_common(1)[0]
    if len(points) >= _needed(session, claim) and times >= 2:
        _enter(session, actor, claim, figure, f"评议小组评分 {'、'.join(map(str, sorted(points)))}", now)


def _enter(session: Session, actor: Actor, claim: Claim, points: Decimal, minute: str, now: datetime) -> None:
    claim.decision = minute
    if points == 0:
        claim.refused_by, claim.reason, claim.minute = Body.SCORING_GROUP, "评议小组评分为 0", minute
        step(session, actor, claim, CLAIM, ClaimCommand.REFUSE, now, note=minute)
        return
    claim.refused_by = claim.reason = claim.minute = None
    if _item(session, claim).range is not None:
        claim.points = points
    step(session, actor, claim, CLAIM, ClaimCommand.ACCEPT, now, note=minute)


def _not_own(actor: Actor, claim: Claim) -> Claim:
    if claim.member_id == actor.member_id:
        raise Forbidden("不能给自己的申请评分，请由其他同志评分。")
    return claim


def _sound(session: Session, claim: Claim, points: Decimal) -> None:
    """A fixed value is only granted or not; a range leaves the points to the group; nought refuses."""
    faults = points_faults(points, _item(session, claim)) if points else []
    if faults:
        raise Invalid(*faults)


def _item(session: Session, claim: Claim) -> Item:
    return _book(session, claim).items[claim.item]


def _book(session: Session, claim: Claim) -> RuleBook:
    round_ = session.get_one(Round, (claim.county_id, claim.round_id))
    return book_of(session, claim.county_id, round_.book_id)


def _needed(session: Session, claim: Claim) -> int:
    """Return how many score this claim: the whole group, without the claimant and their kin who sit in it."""
    member = session.get_one(Member, (claim.county_id, claim.member_id))
    group = holders(session, claim.county_id, claim.unit_id, "scorer")
    aside = {member.person_id, *who_declared(session, claim.county_id, [member.person_id])}
    return _book(session, claim).procedure.scorers - len(aside & set(group))


def _scores(session: Session, claim: Claim) -> dict[UUID, Decimal]:
    own = select(Score).filter_by(county_id=claim.county_id, claim_id=claim.id)
    return {score.person_id: score.points for score in session.scalars(own)}
