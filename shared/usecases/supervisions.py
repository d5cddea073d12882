"""Supervisions: how branches ran the system in a month or quarter; the rule proposes, the level above decides."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.db.clock import read_clock
from shared.db.supervisions import Supervision
from shared.db.units import Unit
from shared.domain.errors import Invalid, NotFound, NotNow
from shared.domain.periods import Period, period_of
from shared.domain.procedures import Span
from shared.domain.supervisions import WORDS, Conduct, Standing, conduct_of
from shared.domain.units import UnitKind
from shared.domain.windows import local_day
from shared.usecases.carry_out import remark
from shared.usecases.messages import Audience, tell
from shared.usecases.unit_periods import lies_under
from shared.usecases.yardsticks import measures_of

_CONDUCT = text("SELECT unit_id, noun, due, late FROM jifen.conduct(:since, :until)")
LATEST = 6


@dataclass(frozen=True, slots=True)
class Supervised:
    """A branch's period: how it ran the system, and what was decided, if it has been."""

    branch: Unit
    conduct: Conduct
    decided: Supervision | None


def periods_over(session: Session, actor: Actor) -> list[Period]:
    """Return the months and quarters that have ended lately, the newest first: those to be decided on."""
    today = local_day(read_clock(session, actor.county_id))
    month, quarter = (period_of(today, span).previous for span in (Span.MONTH, Span.QUARTER))
    found = []
    for _ in range(LATEST):
        found.append(month)
        month = month.previous
    for _ in range(LATEST // 3):
        found.append(quarter)
        quarter = quarter.previous
    return sorted(found, key=lambda one: (one.last, len(one.months)), reverse=True)


def see_supervisions(session: Session, actor: Actor, period: Period) -> list[Supervised]:
    """Return every branch below with its conduct in a period, those that were late most first."""
    require(actor, Action.SUPERVISION_DECIDE)
    units = {unit.id: unit for unit in session.scalars(select(Unit).filter_by(county_id=actor.county_id))}
    by = measures_of(session, actor.county_id)
    counts: dict[UUID, dict[str, tuple[int, int]]] = defaultdict(dict)
    for row in session.execute(_CONDUCT, {"since": period.first, "until": period.last}):
        counts[row.unit_id][row.noun] = (row.due, row.late)
    own = select(Supervision).filter_by(county_id=actor.county_id, unit_id=actor.unit_id, period=str(period))
    decided = {one.branch_id: one for one in session.scalars(own)}
    below = (
        unit
        for unit in units.values()
        if unit.kind == UnitKind.BRANCH and lies_under(units, unit.id, actor.unit_id)
    )
    found = [Supervised(unit, conduct_of(counts[unit.id], by), decided.get(unit.id)) for unit in below]
    return sorted(found, key=lambda one: (-one.conduct.late, one.conduct.mark, one.branch.code))


def supervise(
    session: Session, actor: Actor, branch_id: UUID, period: Period, standing: Standing, words: str, now: datetime
) -> Supervision:
    """Decide what is said of one branch's period, once, and tell it; one against the rule gives its reason."""
    found = next((one for one in see_supervisions(session, actor, period) if one.branch.id == branch_id), None)
    if found is None:
        raise NotFound("没有这个支部，或者它不在您所在单位之下。")
    if found.decided is not None:
        raise NotNow(f"{found.branch.name}{period.in_words}已经评定为“{WORDS[found.decided.standing]}”。")
    if standing != found.conduct.standing and not words.strip():
        said = WORDS[found.conduct.standing]
        raise Invalid(f"按规则是“{said}”，评定为“{WORDS[standing]}”的要写明理由。")
    _refuse_early(period, now)
    return _decide(session, actor, found, period, standing, words, now)


def supervise_all(session: Session, actor: Actor, period: Period, now: datetime) -> int:
    """Decide every branch that is still undecided as the rule proposes, and tell each; return how many."""
    _refuse_early(period, now)
    waiting = [one for one in see_supervisions(session, actor, period) if not one.decided and one.conduct.worked]
    for one in waiting:
        _decide(session, actor, one, period, one.conduct.standing, "", now)
    if not waiting:
        raise NotNow(f"{period.in_words}的评定都办完了。")
    return len(waiting)


def supervisions_of(session: Session, actor: Actor) -> Sequence[Supervision]:
    """Return what has been decided about the acting branch, the newest first."""
    require(actor, Action.SUPERVISION_SEE)
    own = select(Supervision).filter_by(county_id=actor.county_id, branch_id=actor.unit_id)
    return session.scalars(own.order_by(Supervision.decided_at.desc())).all()


def _refuse_early(period: Period, now: datetime) -> None:
    if local_day(now) <= period.last:
        raise NotNow(f"{period.in_words}还没有结束，{local_day(now) + timedelta(days=1)} 以后再评定。")


def _decide(
    session: Session,
    actor: Actor,
    found: Supervised,
    period: Period,
    standing: Standing,
    words: str,
    now: datetime,
) -> Supervision:
    why = " ".join(part for part in (found.conduct.words, words.strip()) if part)
    decided = Supervision(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        branch_id=found.branch.id,
        period=str(period),
        figures=asdict(found.conduct),
        mark=found.conduct.mark,
        standing=standing,
        words=why,
        decided_by=actor.person_id,
        decided_at=now,
    )
    session.add(decided)
    remark(session, actor, decided, "supervise", now, note=f"{found.branch.name}：{WORDS[standing]}")
    own = session.get_one(Unit, (actor.county_id, actor.unit_id))
    said = f"{own.name}对{found.branch.name}{period.in_words}积分工作的评定：{WORDS[standing]}。{why}"
    to = Audience(roles=["secretary", "committee"])
    tell(session, actor, found.branch.id, "supervision", decided.id, said, to, now)
    return decided
