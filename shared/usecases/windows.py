"""Windows: what the clock does when a notice's time is up; one notice, or a township's at once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold_all
from shared.db.notices import Notice
from shared.db.rounds import Line, Round
from shared.domain.notices import NOTICE, NoticeCommand, NoticeKind
from shared.domain.rounds import RoundCommand, RoundState
from shared.usecases.books import book_of
from shared.usecases.carry_out import all_of, carry_out
from shared.usecases.filings import build_due, supplement
from shared.usecases.outcomes import propose_outcomes
from shared.usecases.reminders import watch
from shared.usecases.rounds import path_of
from shared.usecases.settlement import settle


def close_windows(session: Session, actor: Actor, notice_ids: Sequence[UUID], at: datetime) -> None:
    """Close notices whose windows end at `at`, settle what nobody objects to, and let the rounds go on."""
    notices = hold_all(session, actor, Action.NOTICE_CLOSE, Notice, notice_ids)
    for notice in notices:
        # The row woke us; the instants are compared here, after the lock: never early.
        if notice.closes_at is None or at < notice.closes_at:
            raise AssertionError(f"notice {notice.id} is not due at {at}")
        notice.closed_at = notice.closes_at
    session.flush()
    ids = [notice.id for notice in notices]
    all_of(session, actor, Notice, ids, NOTICE, NoticeCommand.CLOSE, at)
    final = [notice for notice in notices if not _confirms_after(session, actor, notice, at)]
    settle(session, actor, [notice.id for notice in final], at)
    for notice in final:
        _end(session, actor, notice, at)


def _confirms_after(session: Session, actor: Actor, notice: Notice, at: datetime) -> bool:
    """Under a book that publishes first, the first notice leads to the confirmation, not to the ledger."""
    rounds = _rounds(session, notice)
    book = book_of(session, actor.county_id, rounds[0].book_id)
    if notice.kind != NoticeKind.FIRST or RoundState.CONFIRMING not in book.procedure.stages:
        return False
    machine = path_of(book, rounds[0])
    all_of(session, actor, Round, [r.id for r in rounds], machine, RoundCommand.OPEN_CONFIRMATION, at)
    for round_ in rounds:
        watch(session, round_, at)
    return True


def _end(session: Session, actor: Actor, notice: Notice, at: datetime) -> None:
    """Settle the rounds as a whole; a correction after the filing makes a supplement."""
    rounds = _rounds(session, notice)
    within = Actor(actor.county_id, notice.unit_id, None, actor.name, actor.roles)
    machine = path_of(book_of(session, actor.county_id, rounds[0].book_id), rounds[0])
    ended = carry_out(session, within, Round, [r.id for r in rounds], machine, RoundCommand.SETTLE, at)
    if notice.kind == NoticeKind.YEAR:
        propose_outcomes(session, within, rounds[0], at)
        return
    if ended:
        build_due(session, within, rounds, at)
    elif notice.kind == NoticeKind.CORRECTION:
        supplement(session, within, rounds[0], at)


def _rounds(session: Session, notice: Notice) -> list[Round]:
    of_notice = select(Line.round_id).where(Line.county_id == notice.county_id, Line.notice_id == notice.id)
    chosen = select(Round).where(Round.county_id == notice.county_id, Round.id.in_(of_notice))
    found = list(session.scalars(chosen.order_by(Round.period)))
    if found:
        return found
    # Every line of it has been amended and shown on a later notice; its rounds are those of its period.
    own = select(Round).filter_by(county_id=notice.county_id, unit_id=notice.unit_id, notice_period=notice.period)
    return list(session.scalars(own.order_by(Round.period)))
