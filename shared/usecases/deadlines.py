"""Deadlines: what the clock does when something is due; each effect and its mark in one commit."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor, the_clock
from shared.authz.gate import hold_all
from shared.db.base import Stateful
from shared.db.deadlines import Deadline
from shared.db.filings import Filing
from shared.db.half_years import HalfYear
from shared.db.notices import Notice
from shared.db.objections import Objection
from shared.db.outcomes import OutcomeCase
from shared.db.reorganisations import Reorganisation
from shared.db.reviews import Review
from shared.db.rounds import Round
from shared.db.session import plan_for_many
from shared.db.transfers import Transfer
from shared.db.units import Unit
from shared.domain.rounds import RoundCommand
from shared.usecases.answers import LAPSE, lapse
from shared.usecases.corrections import finish
from shared.usecases.filings import END_ROUNDS, end_rounds
from shared.usecases.half_years import CLOSE, REMIND_HALF_YEAR, close_half_year, remind_half_year
from shared.usecases.notices import CLOSE_WINDOW
from shared.usecases.objections import FINISH
from shared.usecases.oversight import UNREAD, tell_of_unread
from shared.usecases.reminders import REMIND, remind_all
from shared.usecases.reorganisations import TAKE_EFFECT, take_effect
from shared.usecases.reviews import REVIEW_DUE, remind_of_review
from shared.usecases.rounds import close_claims
from shared.usecases.transfer_statements import DRAW_UP, draw_up_again
from shared.usecases.windows import close_windows

Effect = Callable[[Session, Actor, UUID, datetime], None]
SUBJECTS: Mapping[str, type[Stateful]] = {
    "round": Round,
    "notice": Notice,
    "objection": Objection,
    "filing": Filing,
    "outcome_case": OutcomeCase,
    "reorganisation": Reorganisation,
    "review": Review,
    "transfer": Transfer,
    "half_year": HalfYear,
}


def _end_rounds(session: Session, actor: Actor, filing_id: UUID, at: datetime) -> None:
    end_rounds(session, actor, session.get_one(Filing, (actor.county_id, filing_id)), at)


EFFECTS: Mapping[str, Effect] = {
    RoundCommand.CLOSE_CLAIMS: close_claims,
    LAPSE: lapse,
    FINISH: finish,
    END_ROUNDS: _end_rounds,
    TAKE_EFFECT: take_effect,
    REVIEW_DUE: remind_of_review,
    DRAW_UP: draw_up_again,
    CLOSE: close_half_year,
    REMIND_HALF_YEAR: remind_half_year,
    UNREAD: tell_of_unread,
}


class Due(NamedTuple):
    """Where something is due; the deadline itself is read only after entering there."""

    county_id: UUID
    unit_id: UUID
    id: UUID
    command: str
    due_at: datetime


def due(session: Session, most: int) -> list[Due]:
    """Return the deadlines that are due anywhere, oldest first."""
    return [Due(*row) for row in session.execute(text("SELECT * FROM jifen.due(:most)"), {"most": most})]


def fire(session: Session, one: Due) -> bool:
    """Fire one deadline in its unit; False where another worker has it. The instant recorded is its own."""
    if one.command == CLOSE_WINDOW:
        return _fire_windows(session, one.county_id, [one]) == 1
    claimed = (
        select(Deadline)
        .where(Deadline.county_id == one.county_id, Deadline.id == one.id, Deadline.fired_at.is_(None))
        .with_for_update(skip_locked=True)
    )
    deadline = session.scalar(claimed)
    if deadline is None:
        return False
    actor = the_clock(one.county_id, one.unit_id)
    if deadline.command == REMIND:
        session.flush()
        remind_all(session, actor, [deadline.id])
        return True
    live = _stands(session, deadline)
    if live:
        EFFECTS[deadline.command](session, actor, deadline.subject_id, deadline.due_at)
    deadline.outcome = "done" if live else "outlived"
    deadline.fired_at = func.jifen.instant(one.county_id)
    session.flush()
    return True


def fire_reminders(session: Session, county_id: UUID, unit_id: UUID, ids: Sequence[UUID]) -> int:
    """Fire many reminders of one county in one statement."""
    with plan_for_many(session):
        return len(remind_all(session, the_clock(county_id, unit_id), ids))


def fire_windows(session: Session, county_id: UUID, batch: Sequence[Due]) -> int:
    """Close the windows of several branches that end at one instant, settling them set-wise."""
    with plan_for_many(session):
        return _fire_windows(session, county_id, batch)


def _fire_windows(session: Session, county_id: UUID, batch: Sequence[Due]) -> int:
    deadlines = _claimed(session, county_id, [one.id for one in batch])
    if not deadlines:
        return 0
    actor = the_clock(county_id, deadlines[0].unit_id)
    held = hold_all(session, actor, Action.NOTICE_CLOSE, Notice, [one.subject_id for one in deadlines])
    notices = {notice.id: notice for notice in held}
    live = [one for one in deadlines if _still(notices[one.subject_id], one)]
    if live:
        ended = dict.fromkeys(one.subject_id for one in live)
        close_windows(session, actor, [notices[notice_id] for notice_id in ended], live[0].due_at)
    if len(live) < len(deadlines):
        outlived = {one.id for one in deadlines} - {one.id for one in live}
        over = update(Deadline).where(Deadline.county_id == county_id, Deadline.id.in_(outlived))
        session.execute(over.values(outcome="outlived"), execution_options={"synchronize_session": False})
    return len(deadlines)


def _claimed(session: Session, county_id: UUID, ids: Sequence[UUID]) -> list[Deadline]:
    """Take those that no other worker has and mark them done, in one statement: the mark holds with its effect."""
    free = (
        select(Deadline.id)
        .where(Deadline.county_id == county_id, Deadline.id.in_(ids), Deadline.fired_at.is_(None))
        .order_by(Deadline.id)
        .with_for_update(skip_locked=True)
    )
    taken = update(Deadline).where(Deadline.county_id == county_id, Deadline.id.in_(free.scalar_subquery()))
    marked = taken.values(outcome="done", fired_at=func.jifen.instant(county_id)).returning(Deadline)
    found = session.scalars(marked, execution_options={"synchronize_session": False})
    return sorted(found, key=lambda one: one.id)


def postpone(session: Session, one: Due) -> None:
    """Step aside after a failure, longer each time, so that others get their turn."""
    deadline = session.get_one(Deadline, (one.county_id, one.id), with_for_update=True)
    deadline.attempts += 1
    # Seconds at first, as for two that stood in each other's way; after half a day of failing, every six hours.
    pause = timedelta(seconds=min(2 ** min(deadline.attempts, 15), 6 * 3600))
    deadline.try_at = func.jifen.instant(one.county_id) + pause


def _stands(session: Session, deadline: Deadline) -> bool:
    """Whether the subject is still where it was when the deadline was set; it is locked from here on.

    A unit stands wherever it stood: it is asked by the effect itself.
    """
    if deadline.subject_kind == Unit.__tablename__:
        return True
    kind = SUBJECTS[deadline.subject_kind]
    row = session.scalar(
        select(kind)
        .where(kind.county_id == deadline.county_id, kind.id == deadline.subject_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return _still(row, deadline)


def _still(row: Stateful | None, deadline: Deadline) -> bool:
    return row is not None and row.stage == deadline.stage and not _moved_on(row, deadline)


def _moved_on(row: Stateful, deadline: Deadline) -> bool:
    """Whether a new calendar has lengthened what this deadline was set for: the later one takes its place."""
    ends = {CLOSE_WINDOW: "closes_at", LAPSE: "appeal_until"}.get(deadline.command)
    now_ends = getattr(row, ends) if ends else None
    return now_ends is not None and now_ends > deadline.due_at
