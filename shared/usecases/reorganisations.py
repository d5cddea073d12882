"""Reorganisations: decided above a unit, in force from a day, at once or by the clock on that day."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require
from shared.db.reorganisations import Reorganisation
from shared.db.session import enter
from shared.db.units import Unit
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.periods import day_in_words
from shared.domain.reorganisations import (
    REORGANISATION,
    WORDS,
    Change,
    Plan,
    ReorganisationCommand,
    ReorganisationState,
    as_written,
    plan_faults,
)
from shared.domain.windows import end_of_day, local_day
from shared.usecases.carry_out import arm, remark, step
from shared.usecases.changes import EFFECTS, Order
from shared.usecases.messages import Audience, officers_of, tell
from shared.usecases.unit_periods import lies_under

TAKE_EFFECT = "take_effect"
_ON_DAY = text("SELECT set_config('jifen.day', :day, true)")


def decide_reorganisation(
    session: Session, actor: Actor, subject_id: UUID, plan: Plan, now: datetime
) -> Reorganisation:
    """Decide what becomes of a unit below the acting one; what holds from today is carried out at once."""
    require(actor, Action.UNIT_REORGANISE)
    subject = _below(session, actor, subject_id)
    if plan.to_unit_id is not None:
        _below(session, actor, plan.to_unit_id)
    faults = plan_faults(plan, local_day(now))
    if subject.id == actor.unit_id and plan.change is not Change.RENAME:
        faults.append("本单位的隶属和撤并由上级决定。")
    if faults:
        raise Invalid(*faults)
    decision = Reorganisation(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        subject_id=subject_id,
        change=plan.change,
        takes_effect_on=plan.day,
        document=plan.document.strip(),
        particulars=as_written(plan),
        decided_by=actor.person_id,
        decided_at=now,
        state=ReorganisationState.PLANNED,
        stage=0,
    )
    session.add(decision)
    session.flush()
    remark(session, actor, decision, "decide", now, note=f"{subject.name}{WORDS[plan.change]}（{plan.document}）")
    if plan.day > local_day(now):
        arm(session, decision, TAKE_EFFECT, end_of_day(plan.day - timedelta(days=1)))
    else:
        _carry_out(session, actor, decision, now)
    return decision


def call_off(session: Session, actor: Actor, decision_id: UUID, now: datetime) -> Reorganisation:
    """Call a decision off before its day."""
    decision = hold(session, actor, Action.UNIT_REORGANISE, Reorganisation, decision_id)
    step(session, actor, decision, REORGANISATION, ReorganisationCommand.CALL_OFF, now)
    decision.result = "生效前撤销"
    return decision


def take_effect(session: Session, actor: Actor, decision_id: UUID, at: datetime) -> None:
    """Carry a decision out on its day, by the clock; where something is in the way, stop and tell people."""
    decision = hold(session, actor, Action.UNIT_REORGANISE, Reorganisation, decision_id)
    try:
        with session.begin_nested():
            _carry_out(session, actor, decision, at)
    except (Forbidden, Invalid, NotFound, NotNow) as refusal:
        enter(session, actor.county_id, [decision.unit_id])
        step(session, actor, decision, REORGANISATION, ReorganisationCommand.CALL_OFF, at, note=str(refusal))
        decision.result = str(refusal)
        above = session.get_one(Unit, (actor.county_id, decision.unit_id))
        said = f"{day_in_words(decision.takes_effect_on)}的组织调整没有生效：{refusal}"
        tell(session, actor, above.id, "unit", decision.id, said, Audience(roles=[officers_of(above)]), at)


def plan_of(decision: Reorganisation) -> Plan:
    """Return a decision as it was made."""
    kept: dict[str, Any] = decision.particulars
    return Plan(
        change=Change(decision.change),
        day=decision.takes_effect_on,
        document=decision.document,
        to_unit_id=UUID(kept["to_unit_id"]) if kept["to_unit_id"] else None,
        name=kept["name"],
        code=kept["code"],
        members=tuple(kept["members"]),
    )


def _carry_out(session: Session, actor: Actor, decision: Reorganisation, at: datetime) -> None:
    """Change the tree and its members on the decision's day, whichever hour the clock strikes late."""
    plan = plan_of(decision)
    subject = session.get_one(Unit, (decision.county_id, decision.subject_id), with_for_update=True)
    if subject.until is not None:
        raise NotNow(f"{subject.name}已经撤销。")
    ends = [one for one in (decision.unit_id, subject.id, plan.to_unit_id) if one]
    enter(session, decision.county_id, ends, actor.person_id)
    session.execute(_ON_DAY, {"day": plan.day.isoformat()})
    result = EFFECTS[plan.change](Order(session, actor, decision, plan, at))
    session.execute(_ON_DAY, {"day": ""})
    decision.result = result
    step(session, actor, decision, REORGANISATION, ReorganisationCommand.CARRY_OUT, at, note=result)
    said = f"{result}（{plan.document}，{day_in_words(plan.day)}起）"
    roles = [officers_of(subject)]
    tell(session, actor, subject.id, "unit", decision.id, said, Audience(roles=roles), at)


def _below(session: Session, actor: Actor, unit_id: UUID) -> Unit:
    units = {unit.id: unit for unit in session.query(Unit).filter_by(county_id=actor.county_id)}
    if unit_id not in units or not lies_under(units, unit_id, actor.unit_id):
        raise NotFound("没有这个单位，或者它不在您所在单位之下。")
    return units[unit_id]
