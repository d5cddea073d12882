"""Terms: each election of a unit's leading body, and whatever ends soon in the acting unit and below."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.db.clock import read_clock
from shared.db.terms import Term
from shared.db.units import Unit
from shared.domain.errors import Invalid
from shared.domain.reviews import ReviewKind
from shared.domain.roles import in_words
from shared.domain.terms import SOON_DAYS, term_faults
from shared.domain.windows import local_day
from shared.usecases.carry_out import remark
from shared.usecases.reviews import set_review

_ENDING = text("SELECT * FROM jifen.ending(:by)")


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that ends soon or has ended: a body's term or an office, in which unit, in how many days."""

    unit_id: UUID
    unit_name: str
    what: str
    ends_on: date
    days: int


def elect(session: Session, actor: Actor, since: date, until: date, minute: str, now: datetime) -> Term:
    """Write down the acting unit's newest election; its end is reminded of three months ahead."""
    require(actor, Action.TERM_RECORD)
    own = select(func.max(Term.number), func.max(Term.since)).filter_by(
        county_id=actor.county_id, unit_id=actor.unit_id
    )
    last, began = session.execute(own).one()
    number = (last or 0) + 1
    faults = term_faults(since, until, number)
    if not minute.strip():
        faults.append("请写明选举结果的批复文号或会议记录编号。")
    if began is not None and since <= began:
        faults.append("新的一届应在上一届开始以后。")
    if faults:
        raise Invalid(*faults)
    term = Term(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        number=number,
        since=since,
        until=until,
        minute=minute.strip(),
        entered_by=actor.person_id,
    )
    session.add(term)
    session.flush()
    unit = session.get_one(Unit, (actor.county_id, actor.unit_id))
    remark(session, actor, term, "elect", now, note=f"第 {number} 届")
    # The unit is the subject: the day of the body before ends with the new election.
    set_review(session, actor, unit.id, ReviewKind.TERM, unit.id, f"{unit.name}班子任期", until, now)
    return term


def terms_of(session: Session, actor: Actor) -> Sequence[Term]:
    """Return the acting unit's terms, the newest first."""
    own = select(Term).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    return session.scalars(own.order_by(Term.number.desc())).all()


def ending_soon(session: Session, actor: Actor) -> list[Ending]:
    """Return what ends within ninety days in the acting unit and below, and bodies whose term is over."""
    today = local_day(read_clock(session, actor.county_id))
    units = session.scalars(select(Unit).filter_by(county_id=actor.county_id))
    names = {unit.id: unit.name for unit in units}
    rows = session.execute(_ENDING, {"by": today + timedelta(days=SOON_DAYS)})
    return [
        Ending(
            unit_id=row.unit_id,
            unit_name=names[row.unit_id],
            what=f"第 {row.number} 届班子" if row.kind == "term" else in_words([row.role]),
            ends_on=row.ends_on,
            days=(row.ends_on - today).days,
        )
        for row in rows
    ]
