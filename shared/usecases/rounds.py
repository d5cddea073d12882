"""Rounds: opened for a branch and a period, and closed to claims by the clock."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require
from shared.db.rounds import Round
from shared.db.rules import book_for
from shared.db.units import Unit
from shared.domain.errors import Invalid
from shared.domain.machine import Machine
from shared.domain.periods import Period, day_in_words, period_of
from shared.domain.rounds import ROUND, YEAR_PATH, RoundCommand, RoundState
from shared.domain.rules import RuleBook
from shared.domain.windows import end_of_day, local_day
from shared.usecases.books import book_of
from shared.usecases.carry_out import arm, remark, step
from shared.usecases.messages import MEMBERS, Audience, tell
from shared.usecases.plans import lay_out
from shared.usecases.reminders import watch

# Whoever is present on the round's last day and not left out of scoring has a line.
_LINES = text("""
INSERT INTO line (county_id, id, unit_id, round_id, member_id, state, stage, edition)
SELECT m.county_id, gen_random_uuid(), m.unit_id, :round, m.id, 'open', 0, 0
FROM member m
WHERE m.county_id = :county AND m.unit_id = :unit
  AND coalesce(m.present_from, :day) <= :day AND coalesce(m.present_to, :day) >= :day
  AND (m.exempt_from IS NULL OR m.exempt_from > :day OR m.exempt_to < :first OR NOT :exemption)
ON CONFLICT (county_id, round_id, member_id) DO NOTHING
""")


def open_round(session: Session, actor: Actor, unit_id: UUID, period: str, now: datetime) -> Round:
    """Begin a round under the version of the book in force on its first day; the version stays to its end."""
    require(actor, Action.ROUND_OPEN)
    span = Period.parse(period)
    issued = book_for(session, actor.county_id, unit_id, span.first)
    if issued is None:
        raise Invalid(f"{span.in_words}开始时本单位没有施行的积分细则，请先选定细则。")
    book = book_of(session, actor.county_id, issued.id)
    if span.span is not book.round_span:
        raise Invalid(f"“{book.title}”不按“{span.in_words}”这样的周期计分。")
    procedure = book.procedure
    round_ = Round(
        county_id=actor.county_id,
        unit_id=unit_id,
        book_id=issued.id,
        period=period,
        first_day=span.first,
        last_day=span.last,
        claims_close_at=end_of_day(span.last + timedelta(days=procedure.claims_close_days)),
        notice_period=str(span.within(procedure.notice_every)),
        filing_period=str(span.within(procedure.filing_every)),
        state=RoundState.COLLECTING,
        stage=0,
    )
    session.add(round_)
    session.flush()
    remark(session, actor, round_, "open", now)
    arm(session, round_, RoundCommand.CLOSE_CLAIMS, round_.claims_close_at)
    last = day_in_words(span.last + timedelta(days=procedure.claims_close_days))
    said = f"{span.in_words}开始收申报，到{last} 24:00 截止。"
    tell(session, actor, unit_id, "round", round_.id, said, Audience(roles=[MEMBERS]), now)
    return round_


class Beginning(NamedTuple):
    """A branch in whose book a period has begun, and that has no round of it yet."""

    county_id: UUID
    unit_id: UUID


def beginning(session: Session, most: int) -> list[Beginning]:
    """Return such branches of every county that works by the day of the calendar."""
    return [
        Beginning(*row) for row in session.execute(text("SELECT * FROM jifen.beginning(:most)"), {"most": most})
    ]


def open_current(session: Session, actor: Actor, now: datetime) -> Round | None:
    """Begin the period that today belongs to; None where it has begun, or its book came later."""
    require(actor, Action.ROUND_OPEN)
    here = (actor.county_id, actor.unit_id)
    today = local_day(now)
    # Two workers at once: the second waits here, and then finds the round.
    session.get(Unit, here, with_for_update={"key_share": True})
    newest = book_for(session, *here, today)
    if newest is None:
        return None
    period = period_of(today, book_of(session, actor.county_id, newest.id).round_span)
    begun = select(Round.id).filter_by(county_id=here[0], unit_id=here[1], period=str(period))
    if book_for(session, *here, period.first) is None or session.scalar(begun) is not None:
        return None
    lay_out(session, actor, actor.unit_id, now)
    return open_round(session, actor, actor.unit_id, str(period), now)


def path_of(book: RuleBook, round_: Round) -> Machine[RoundState, RoundCommand]:
    """Return the round's machine as this book's stages allow it; the year's end has stages of its own."""
    return ROUND.along(YEAR_PATH if len(round_.period) == 4 else book.procedure.stages)


def close_claims(session: Session, actor: Actor, round_id: UUID, at: datetime) -> None:
    """End claims and records for the period, and give every member who counts a line."""
    round_ = hold(session, actor, Action.ROUND_RUN, Round, round_id)
    book = book_of(session, actor.county_id, round_.book_id)
    step(session, actor, round_, path_of(book, round_), RoundCommand.CLOSE_CLAIMS, at)
    session.execute(
        _LINES,
        {
            "county": round_.county_id,
            "unit": round_.unit_id,
            "round": round_.id,
            "first": round_.first_day,
            "day": round_.last_day,
            "exemption": book.exemption,
        },
    )
    watch(session, round_, at)


def rounds_of(session: Session, actor: Actor, notice_period: str) -> list[Round]:
    """Return the acting unit's rounds that one notice covers, in order."""
    covered = select(Round).where(
        Round.county_id == actor.county_id,
        Round.unit_id == actor.unit_id,
        Round.notice_period == notice_period,
    )
    return list(session.scalars(covered.order_by(Round.period)))
