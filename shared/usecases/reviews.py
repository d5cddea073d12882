"""Reviews: the days on which something must be looked at again: set with it, reminded of, ended by whoever did."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require
from shared.db.members import Member
from shared.db.reviews import Review
from shared.domain.periods import day_in_words
from shared.domain.reviews import AHEAD, REVIEW, WORDS, ReviewCommand, ReviewKind, ReviewState, reminded_on
from shared.domain.windows import end_of_day, local_day
from shared.usecases.carry_out import arm, step
from shared.usecases.messages import Audience, tell

REVIEW_DUE = "review_due"
# Nine in the morning, not the middle of the night.
MORNING = timedelta(hours=9)


def set_review(
    session: Session, actor: Actor, unit_id: UUID, kind: ReviewKind, subject_id: UUID, what: str, due_on: date,
    now: datetime,
) -> Review:  # fmt: skip
    """Set the day for a subject anew, and let the clock remind people ahead of it."""
    end_reviews(session, actor, subject_id, kind, now)
    review = Review(
        county_id=actor.county_id,
        unit_id=unit_id,
        kind=kind,
        subject_id=subject_id,
        what=what,
        due_on=due_on,
        state=ReviewState.WAITING,
        stage=0,
    )
    session.add(review)
    session.flush()
    ahead = max(reminded_on(kind, due_on), local_day(now))
    arm(session, review, REVIEW_DUE, max(_morning(ahead), now))
    return review


def remind_of_review(session: Session, actor: Actor, review_id: UUID, at: datetime) -> None:
    """Tell those who must look again, and the level above of a body's term; on the day itself once more."""
    review = hold(session, actor, Action.REVIEW_REMIND, Review, review_id)
    kind = ReviewKind(review.kind)
    said = f"{review.what}{day_in_words(review.due_on)}到期，请按时办理。"
    to = Audience(roles=["secretary", "organiser"], steps=[Action.PROBATION_DECIDE])
    tell(session, actor, review.unit_id, "review", review.id, said, to, at)
    if review.state == ReviewState.WAITING and AHEAD[kind]:
        step(session, actor, review, REVIEW, ReviewCommand.REMIND_AHEAD, at)
        arm(session, review, REVIEW_DUE, max(_morning(review.due_on), at))


def open_reviews(session: Session, actor: Actor) -> Sequence[Review]:
    """Return the acting unit's days that are still to come or have passed without anybody looking, in order."""
    require(actor, Action.TRANSFER_SEE)
    own = select(Review).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    return session.scalars(own.where(Review.state != ReviewState.OVER).order_by(Review.due_on, Review.id)).all()


def end_reviews(session: Session, actor: Actor, subject_id: UUID, kind: ReviewKind, now: datetime) -> None:
    """End what waits about a subject: somebody has looked."""
    for review in session.scalars(_open(actor.county_id, subject_id).filter_by(kind=kind)):
        step(session, actor, review, REVIEW, ReviewCommand.END, now)


def hand_over_reviews(session: Session, actor: Actor, old: Member, new: Member, now: datetime) -> None:
    """Set the same days in the branch to which a member has gone."""
    for review in list(session.scalars(_open(actor.county_id, old.id))):
        kind = ReviewKind(review.kind)
        step(session, actor, review, REVIEW, ReviewCommand.END, now)
        set_review(session, actor, new.unit_id, kind, new.id, review.what, review.due_on, now)


def drop_reviews(session: Session, actor: Actor, subject_id: UUID, now: datetime) -> None:
    """End every day about somebody who has left."""
    for kind in WORDS:
        end_reviews(session, actor, subject_id, kind, now)


def _open(county_id: UUID, subject_id: UUID) -> Select[tuple[Review]]:
    waiting = select(Review).filter_by(county_id=county_id, subject_id=subject_id)
    return waiting.where(Review.state != ReviewState.OVER)


def _morning(day: date) -> datetime:
    return end_of_day(day - timedelta(days=1)) + MORNING
