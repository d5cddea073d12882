"""Policies: what a unit arranges otherwise than the template: proposed by one person, granted by another above."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require, see
from shared.authz.policy import table
from shared.db.members import Person
from shared.db.policies import Policy
from shared.db.session import enter
from shared.db.units import Holding, Unit, level_above
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.policies import POLICY, Overlay, PolicyCommand, PolicyState, Rule, as_stored, parse, why_not
from shared.domain.policy_checks import faults_of
from shared.domain.windows import local_day
from shared.usecases.carry_out import remark, step
from shared.usecases.messages import Audience, officers_of, tell


def people_by_role(session: Session, county_id: UUID, unit_id: UUID, today: date) -> dict[str, dict[UUID, str]]:
    """Return who holds each role in a unit today, with their names; "" for somebody entered elsewhere."""
    held = (
        select(Holding.role, Holding.person_id, Person.name)
        .join(Person, (Person.county_id == Holding.county_id) & (Person.id == Holding.person_id), isouter=True)
        .where(Holding.county_id == county_id, Holding.unit_id == unit_id, Holding.since <= today)
        .where(or_(Holding.until.is_(None), Holding.until >= today))
        .order_by(Holding.since, Holding.person_id)
    )
    found: dict[str, dict[UUID, str]] = defaultdict(dict)
    for role, person_id, name in session.execute(held):
        found[role][person_id] = name or ""
    return found


def check_rules(session: Session, unit: tuple[UUID, UUID], rules: Sequence[Rule], today: date) -> list[str]:
    """Return every fault of these rules for a unit (county and id) as it is staffed today."""
    people = people_by_role(session, *unit, today)
    return faults_of(Overlay.of(rules), table(), {role: frozenset(them) for role, them in people.items()})


def propose_policy(session: Session, actor: Actor, rules: Sequence[Rule], reason: str, now: datetime) -> Policy:
    """Propose what the actor's unit is to arrange otherwise, all of it; no rules at all is the template again."""
    require(actor, Action.POLICY_PROPOSE)
    if actor.person_id is None:
        raise Forbidden("职责分工要由一个人提出。")
    stored = as_stored(rules)
    faults = check_rules(session, (actor.county_id, actor.unit_id), parse(stored), local_day(now))
    if not reason.strip():
        faults.append("请写明为什么要这样分工。")
    if stored == as_stored(actor.overlay.rules):
        faults.append("这样写与现在施行的完全一样，没有要改的。")
    if faults:
        raise Invalid(*faults)
    if pending(session, actor.county_id, actor.unit_id) is not None:
        raise NotNow("本单位已经有一份职责分工等着批准，先批准或者撤回，再提出新的。")
    above = level_above(session, actor.county_id, actor.unit_id)
    policy = Policy(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        to_unit_id=above.id if above else actor.unit_id,
        state=PolicyState.PROPOSED,
        stage=0,
        rules=stored,
        reason=reason.strip(),
        proposed_by=actor.person_id,
        proposed_name=actor.name,
        proposed_at=now,
    )
    session.add(policy)
    session.flush()
    remark(session, actor, policy, "propose", now, note=reason.strip())
    _tell_above(session, actor, policy, above, now)
    return policy


def _tell_above(session: Session, actor: Actor, policy: Policy, above: Unit | None, now: datetime) -> None:
    unit = session.get_one(Unit, (actor.county_id, actor.unit_id))
    said = f"{unit.name}的{actor.name}提出了新的职责分工，请看是否批准。"
    to = Audience(roles=["security_administrator", *([officers_of(above)] if above else ["county_officer"])])
    tell(session, actor, policy.to_unit_id, "policy", policy.id, said, to, now)


def grant_policy(session: Session, actor: Actor, policy_id: UUID, now: datetime) -> Policy:
    """Grant it: in force on the next request. Never by who proposed it; checked anew, for people come and go."""
    policy = _to_decide(session, actor, policy_id)
    unit = (policy.county_id, policy.unit_id)
    faults = check_rules(session, unit, parse(policy.rules), local_day(now))
    if faults:
        raise Invalid(*faults)
    before = session.scalar(
        select(Policy).filter_by(county_id=unit[0], unit_id=unit[1], state=PolicyState.GRANTED)
    )
    if before is not None:
        step(session, actor, before, POLICY, PolicyCommand.REPLACE, now)
    _decide(session, actor, policy, PolicyCommand.GRANT, None, now)
    return policy


def refuse_policy(session: Session, actor: Actor, policy_id: UUID, answer: str, now: datetime) -> Policy:
    """Refuse it, with the reason."""
    policy = _to_decide(session, actor, policy_id)
    if not answer.strip():
        raise Invalid("不批准要写明理由。")
    _decide(session, actor, policy, PolicyCommand.REFUSE, answer.strip(), now)
    return policy


def withdraw_policy(session: Session, actor: Actor, policy_id: UUID, now: datetime) -> Policy:
    """Take a proposal back, by the unit that has made it."""
    policy = hold(session, actor, Action.POLICY_PROPOSE, Policy, policy_id)
    step(session, actor, policy, POLICY, PolicyCommand.WITHDRAW, now)
    return policy


def see_proposal(session: Session, actor: Actor, policy_id: UUID) -> tuple[Policy, str]:
    """Return a policy of the actor's unit, or one that was sent to it, and its unit's name."""
    policy = see(session, actor, Action.POLICY_SEE, Policy, policy_id)
    return policy, session.get_one(Unit, (policy.county_id, policy.unit_id)).name


def pending(session: Session, county_id: UUID, unit_id: UUID) -> Policy | None:
    """Return what a unit has proposed and nobody has decided yet."""
    return session.scalar(
        select(Policy).filter_by(county_id=county_id, unit_id=unit_id, state=PolicyState.PROPOSED)
    )


def explain(session: Session, actor: Actor, action: str, now: datetime) -> str:
    """Return why the actor may not take a step: whose it is in their unit, and who they are there."""
    people = people_by_role(session, actor.county_id, actor.unit_id, local_day(now))
    names = {role: [name for name in them.values() if name] for role, them in people.items()}
    unit = session.get_one(Unit, (actor.county_id, actor.unit_id))
    return why_not(actor.overlay.over(table()), action, names, actor.roles, unit.name)


def _to_decide(session: Session, actor: Actor, policy_id: UUID) -> Policy:
    """Return a proposal that is this actor's to decide, and look into its unit for the rest of the transaction."""
    policy = hold(session, actor, Action.POLICY_GRANT, Policy, policy_id)
    if policy.to_unit_id != actor.unit_id:
        raise Forbidden("这份职责分工要由上一级批准，不由本单位自己批准。")
    if policy.proposed_by == actor.person_id:
        raise Forbidden("提出的人不能自己批准，请由另一位同志办理。")
    POLICY.after(PolicyState(policy.state), PolicyCommand.GRANT)
    enter(session, actor.county_id, [actor.unit_id, policy.unit_id], actor.person_id)
    return policy


def _decide(
    session: Session, actor: Actor, policy: Policy, command: PolicyCommand, answer: str | None, now: datetime
) -> None:
    policy.decided_by, policy.decided_name, policy.decided_at = actor.person_id, actor.name, now
    policy.answer = answer
    step(session, actor, policy, POLICY, command, now, note=answer)
    became = "已经批准，马上施行" if answer is None else f"没有批准：{answer}"
    said = f"{policy.proposed_name}提出的职责分工{became}。"
    tell(session, actor, policy.unit_id, "policy", policy.id, said, Audience([policy.proposed_by]), now)
