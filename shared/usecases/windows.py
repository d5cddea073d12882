"""Windows: what the clock does when a notice's time is up; one notice, or a township's at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.notices import Notice
from shared.db.rounds import Line, Round
from shared.domain.notices import NOTICE, NoticeCommand, NoticeKind
from shared.domain.rounds import RoundCommand, RoundState
from shared.usecases.books import book_of
from shared.usecases.carry_out import all_of, carry_out, move, moving, terms
from shared.usecases.filings import build_due, supplement
from shared.usecases.outcomes import propose_outcomes, propose_talks
from shared.usecases.reminders import watch
from shared.usecases.rounds import path_of
from shared.usecases.settlement import settle
from shared.usecases.transfer_statements import follow
from shared.usecases.verdicts import settle_results

_CLOSE = moving("notice", sets="closed_at = closes_at,")


def close_windows(session: Session, actor: Actor, notices: Sequence[Notice], at: datetime) -> None:
    """Close notices whose windows end at `at`, settle what nobody objects to, and let the rounds go on.

    The notices are held by the caller: what is compared here can no longer change.
    """
    for notice in notices:
        # The row woke us; the instants are compared here, after the lock: never early.
        if notice.closes_at is None or at < notice.closes_at:
            raise AssertionError(f"notice {notice.id} is not due at {at}")
    given = {**terms(actor, Notice, NOTICE, NoticeCommand.CLOSE, at), "ids": [notice.id for notice in notices]}
    if len(move(session, Notice, _CLOSE, given)) < len(notices):
        raise AssertionError("a notice that is not on the board has no window to close")
    for notice in notices:
        if notice.kind == NoticeKind.APPRAISAL:
            settle_results(session, _in(actor, notice), notice, at)
    if over_rounds := [one for one in notices if one.kind != NoticeKind.APPRAISAL]:
        _close_rounds(session, actor, over_rounds, at)


def _close_rounds(session: Session, actor: Actor, notices: Sequence[Notice], at: datetime) -> None:
    rounds = _rounds(session, actor, notices)
    final = [notice for notice in notices if not _confirms_after(session, actor, notice, rounds[notice.id], at)]
    settled = settle(session, actor, [notice.id for notice in final], at)
    follow(session, actor.county_id, settled, at)
    _end(session, actor, final, rounds, at)


def _confirms_after(session: Session, actor: Actor, notice: Notice, rounds: Sequence[Round], at: datetime) -> bool:
    """Under a book that publishes first, the first notice leads to the confirmation, not to the ledger."""
    book = book_of(session, actor.county_id, rounds[0].book_id)
    if notice.kind != NoticeKind.FIRST or RoundState.CONFIRMING not in book.procedure.stages:
        return False
    machine = path_of(book, rounds[0])
    all_of(session, actor, Round, [r.id for r in rounds], machine, RoundCommand.OPEN_CONFIRMATION, at)
    for round_ in rounds:
        watch(session, round_, at)
    return True


def _end(
    session: Session, actor: Actor, notices: Sequence[Notice], rounds: Mapping[UUID, Sequence[Round]], at: datetime
) -> None:
    """Settle the rounds as a whole; a correction after the filing went up makes a supplement."""
    ended = _settled(session, actor, [round_ for notice in notices for round_ in rounds[notice.id]], at)
    over: list[Round] = []
    late: list[Notice] = []
    for notice in notices:
        own = rounds[notice.id]
        if notice.kind == NoticeKind.YEAR:
            propose_outcomes(session, _in(actor, notice), own[0], at)
        elif ended & {round_.id for round_ in own}:
            # Where two notices of one round end together, the second is late for the round's own package.
            ended -= {round_.id for round_ in own}
            over.extend(own)
            propose_talks(session, _in(actor, notice), own[-1], at)
        elif notice.kind == NoticeKind.CORRECTION:
            late.append(notice)
    build_due(session, actor, over, at)
    for notice in late:
        supplement(session, _in(actor, notice), rounds[notice.id][0], at)


def _in(actor: Actor, notice: Notice) -> Actor:
    return Actor(actor.county_id, notice.unit_id, None, actor.name, actor.roles)


def _settled(session: Session, actor: Actor, rounds: Sequence[Round], at: datetime) -> set[UUID]:
    """Settle rounds, one statement for those that go along one path; return those that moved."""
    along: dict[tuple[UUID, bool], list[Round]] = defaultdict(list)
    for round_ in rounds:
        along[round_.book_id, len(round_.period) == 4].append(round_)
    ended: set[UUID] = set()
    for (book_id, _), together in along.items():
        machine = path_of(book_of(session, actor.county_id, book_id), together[0])
        ids = [round_.id for round_ in together]
        ended.update(carry_out(session, actor, Round, ids, machine, RoundCommand.SETTLE, at))
    return ended


def _rounds(session: Session, actor: Actor, notices: Sequence[Notice]) -> dict[UUID, list[Round]]:
    """Return the rounds of each notice, in order."""
    of_line = (Line.county_id == Round.county_id) & (Line.round_id == Round.id)
    chosen = select(Line.notice_id, Round).join(Line, of_line).distinct()
    chosen = chosen.where(Line.county_id == actor.county_id, Line.notice_id.in_([notice.id for notice in notices]))
    found: dict[UUID, list[Round]] = defaultdict(list)
    for notice_id, round_ in session.execute(chosen):
        found[notice_id].append(round_)
    return {
        notice.id: sorted(found[notice.id], key=lambda round_: round_.period) or _of_period(session, notice)
        for notice in notices
    }


def _of_period(session: Session, notice: Notice) -> list[Round]:
    """Every line of the notice has been amended and shown on a later one; its rounds are those of its period."""
    own = select(Round).filter_by(county_id=notice.county_id, unit_id=notice.unit_id, notice_period=notice.period)
    return list(session.scalars(own.order_by(Round.period)))
