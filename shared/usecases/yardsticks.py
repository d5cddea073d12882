"""Yardsticks: a county sets its hints' thresholds and its supervision's weights; one proposes, another grants."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require
from shared.config import ROOT
from shared.db.yardsticks import Yardstick
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.policies import PolicyCommand, PolicyState
from shared.domain.yardsticks import YARDSTICK, Bounds, Measures, differences, faults_of, parse_bounds, usual
from shared.usecases.carry_out import remark, step
from shared.usecases.messages import Audience, tell

_IN_FORCE = text("SELECT jifen.measures_of(:county)")
LATEST = 20


@dataclass(frozen=True, slots=True)
class Proposal:
    """A yardstick, and what it sets otherwise than what is in force now."""

    row: Yardstick
    changes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Yardsticks:
    """What is in force, what waits to be granted, and what was decided before, the newest first."""

    in_force: Measures
    waiting: Proposal | None
    before: Sequence[Yardstick]


@cache
def bounds() -> Bounds:
    """Return the shipped measures with their bounds."""
    return parse_bounds((ROOT / "policies" / "yardsticks.yaml").read_text(encoding="utf-8"))


def measures_of(session: Session, county_id: UUID) -> Measures:
    """Return by what a county measures now: what it has set itself, else what is usual."""
    granted = session.scalar(_IN_FORCE, {"county": county_id})
    return Measures(**granted) if granted else usual(bounds())


def see_yardsticks(session: Session, actor: Actor) -> Yardsticks:
    """Return what the county has set, and what was proposed."""
    require(actor, Action.YARDSTICK_PROPOSE)
    in_force = measures_of(session, actor.county_id)
    own = select(Yardstick).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    rows = session.scalars(own.order_by(Yardstick.proposed_at.desc(), Yardstick.id).limit(LATEST)).all()
    waiting = next((row for row in rows if row.state == PolicyState.PROPOSED), None)
    return Yardsticks(
        in_force,
        Proposal(waiting, differences(in_force, Measures(**waiting.measures), bounds())) if waiting else None,
        [row for row in rows if row is not waiting],
    )


def propose_yardstick(session: Session, actor: Actor, measures: Measures, reason: str, now: datetime) -> Yardstick:
    """Propose by what the county is to measure, all of it; all faults at once."""
    require(actor, Action.YARDSTICK_PROPOSE)
    if actor.person_id is None:
        raise Forbidden("尺度要由一个人提出。")
    changes = differences(measures_of(session, actor.county_id), measures, bounds())
    faults = faults_of(measures, bounds())
    if not reason.strip():
        faults.append("请写明为什么要这样定。")
    if not changes:
        faults.append("这样写与现在施行的完全一样，没有要改的。")
    if faults:
        raise Invalid(*faults)
    _refuse_second(session, actor)
    made = Yardstick(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        state=PolicyState.PROPOSED,
        stage=0,
        measures=asdict(measures),
        reason=reason.strip(),
        proposed_by=actor.person_id,
        proposed_name=actor.name,
        proposed_at=now,
    )
    session.add(made)
    remark(session, actor, made, "propose", now, note=f"{'；'.join(changes)}（{made.reason}）")
    said = f"{actor.name}提出改提示和评定的尺度，请另一位同志看是否批准：{'；'.join(changes)}。"
    tell(session, actor, actor.unit_id, "yardstick", made.id, said, Audience(roles=["county_officer"]), now)
    return made


def grant_yardstick(session: Session, actor: Actor, yardstick_id: UUID, now: datetime) -> Yardstick:
    """Grant it: what is hinted or supervised next goes by it. Never by who proposed it."""
    made = _to_decide(session, actor, yardstick_id)
    faults = faults_of(Measures(**made.measures), bounds())
    if faults:
        raise Invalid(*faults)
    granted = select(Yardstick).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    before = session.scalar(granted.filter_by(state=PolicyState.GRANTED))
    if before is not None:
        step(session, actor, before, YARDSTICK, PolicyCommand.REPLACE, now)
    _decide(session, actor, made, PolicyCommand.GRANT, None, now)
    return made


def refuse_yardstick(session: Session, actor: Actor, yardstick_id: UUID, answer: str, now: datetime) -> Yardstick:
    """Refuse it, with the reason."""
    made = _to_decide(session, actor, yardstick_id)
    if not answer.strip():
        raise Invalid("不批准要写明理由。")
    _decide(session, actor, made, PolicyCommand.REFUSE, answer.strip(), now)
    return made


def withdraw_yardstick(session: Session, actor: Actor, yardstick_id: UUID, now: datetime) -> Yardstick:
    """Take a proposal back."""
    made = hold(session, actor, Action.YARDSTICK_PROPOSE, Yardstick, yardstick_id)
    step(session, actor, made, YARDSTICK, PolicyCommand.WITHDRAW, now)
    return made


def _refuse_second(session: Session, actor: Actor) -> None:
    waiting = select(Yardstick.id).filter_by(county_id=actor.county_id, state=PolicyState.PROPOSED)
    if session.scalar(waiting) is not None:
        raise NotNow("已经有一套尺度等着批准，先批准或者撤回，再提出新的。")


def _to_decide(session: Session, actor: Actor, yardstick_id: UUID) -> Yardstick:
    made = hold(session, actor, Action.YARDSTICK_GRANT, Yardstick, yardstick_id)
    if made.proposed_by == actor.person_id:
        raise Forbidden("提出的人不能自己批准，请由另一位同志办理。")
    YARDSTICK.after(PolicyState(made.state), PolicyCommand.GRANT)
    return made


def _decide(
    session: Session, actor: Actor, made: Yardstick, command: PolicyCommand, answer: str | None, now: datetime
) -> None:
    made.decided_by, made.decided_name, made.decided_at = actor.person_id, actor.name, now
    made.answer = answer
    step(session, actor, made, YARDSTICK, command, now, note=answer)
    became = "已经批准，从现在起按它提示和评定" if answer is None else f"没有批准：{answer}"
    said = f"{made.proposed_name}提出的提示和评定的尺度{became}。"
    tell(session, actor, made.unit_id, "yardstick", made.id, said, Audience([made.proposed_by]), now)
