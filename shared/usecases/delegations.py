"""Delegations: an officer hands a role of theirs to another until a day (委托), or somebody acts as one (代理)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import able, hold, require
from shared.authz.policy import table
from shared.db.delegations import Delegation, StandIn
from shared.db.members import Member, Person
from shared.db.policies import overlay_in_force
from shared.db.units import Holding
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.policy_checks import OFFICES, refuse_together
from shared.domain.roles import WORDS, in_words
from shared.domain.windows import local_day
from shared.domain.wording import day
from shared.usecases.administrations import enter_subtree, give_role
from shared.usecases.carry_out import remark
from shared.usecases.messages import Audience, tell

# Who is away for longer than this is replaced, not stood in for.
LONGEST = timedelta(days=184)


@dataclass(frozen=True, slots=True)
class Stand:
    """Somebody who stands in: for whom (nobody for a vacancy), as what, until when; `theirs` to end."""

    id: UUID
    kind: str
    role: str
    name: str
    officer: str
    until: date
    reason: str
    over: bool
    theirs: bool


def delegate(
    session: Session, actor: Actor, role: str, person_id: UUID, until: date, reason: str, now: datetime
) -> Delegation:
    """Hand one's own role to another person of the unit, from today until a day; told to them, in the history."""
    require(actor, Action.ROLE_DELEGATE)
    mine, person = _own(session, actor, role, local_day(now)), _colleague(session, actor, person_id)
    faults = _term_faults(mine.until, until, now) + (
        [] if reason.strip() else ["请写明为什么委托，例如“外出学习”。"]
    )
    faults += _together(session, actor.unit_id, person, role, until, now)
    if faults:
        raise Invalid(*faults)
    holding = Holding(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        person_id=person_id,
        role=role,
        group_id=mine.group_id,
        department=mine.department,
        since=local_day(now),
        until=until,
    )
    made = _stand_in(session, actor, holding, mine, StandIn.DELEGATED, reason, now)
    said = f"{actor.name}委托您办理{WORDS[role]}的工作，到{day(until)}为止：{reason.strip()}。"
    tell(session, actor, actor.unit_id, "delegation", made.id, said, Audience([person_id]), now)
    note = f"{actor.name}把{WORDS[role]}委托给{person.name}，到{day(until)}：{reason.strip()}"
    remark(session, actor, made, "delegate", now, note=note)
    return made


def appoint_acting(
    session: Session,
    actor: Actor,
    person_id: UUID,
    unit_id: UUID,
    role: str,
    until: date,
    reason: str,
    now: datetime,
) -> Delegation:
    """Appoint somebody to act as an officer until a day, by who grants rights; the officer, if any, stays one."""
    require(actor, Action.ROLE_GRANT)
    faults = _term_faults(None, until, now) + ([] if reason.strip() else ["请写明为什么要代理。"])
    if role not in OFFICES:
        faults.append("要代理的职务要从名单里选。")
    enter_subtree(session, actor)
    person = session.get(Person, (actor.county_id, person_id))
    faults += _together(session, unit_id, person, role, until, now) if person else []
    if faults:
        raise Invalid(*faults)
    holding = give_role(session, actor, person_id, unit_id, role, local_day(now), "", now)
    holding.until = until
    made = _stand_in(session, actor, holding, _officer(session, holding), StandIn.ACTING, reason, now)
    remark(session, actor, made, "act_as", now, note=f"代理{WORDS[role]}，到{day(until)}：{reason.strip()}")
    return made


def end_delegation(session: Session, actor: Actor, delegation_id: UUID, now: datetime) -> Delegation:
    """End it before its day: by who gave it, or by who stands in."""
    made = hold(session, actor, Action.ROLE_DELEGATE, Delegation, delegation_id)
    holding = session.get_one(Holding, (actor.county_id, made.holding_id), with_for_update=True)
    if actor.person_id not in {made.made_by, holding.person_id}:
        raise Forbidden("只有委托的人和受委托的人可以提前结束。")
    if made.ended_at is not None or (holding.until or date.max) < local_day(now):
        raise NotNow("这项委托已经结束。")
    holding.until = local_day(now) - timedelta(days=1)
    made.ended_at, made.ended_by = now, actor.person_id
    person = session.get_one(Person, (actor.county_id, holding.person_id))
    note = f"{person.name}不再代办{WORDS[holding.role]}的工作"
    remark(session, actor, made, "end_delegation", now, note=note)
    to = Audience([made.made_by, holding.person_id])
    tell(session, actor, actor.unit_id, "delegation", made.id, f"委托已经结束：{note}。", to, now)
    return made


def stands(session: Session, actor: Actor, now: datetime) -> list[Stand]:
    """Return who stands in for whom in the actor's unit, the latest first; those that are over as well."""
    require(actor, Action.ROLE_DELEGATE)
    officer, owner, them = aliased(Holding), aliased(Person), aliased(Person)
    county = Delegation.county_id
    found = (
        select(Delegation, Holding, them.name, owner.name)
        .join(Holding, (Holding.county_id == county) & (Holding.id == Delegation.holding_id))
        .join(them, (them.county_id == county) & (them.id == Holding.person_id))
        .join(officer, (officer.county_id == county) & (officer.id == Delegation.from_holding_id), isouter=True)
        .join(owner, (owner.county_id == county) & (owner.id == officer.person_id), isouter=True)
        .where(county == actor.county_id, Delegation.unit_id == actor.unit_id)
        .order_by(Delegation.made_at.desc(), Delegation.id)
    )
    return [_stand(actor, local_day(now), *row) for row in session.execute(found).tuples()]


def _stand(actor: Actor, today: date, made: Delegation, holding: Holding, name: str, officer: str | None) -> Stand:
    until = holding.until or date.max
    theirs = actor.person_id in {made.made_by, holding.person_id}
    role = WORDS[holding.role]
    return Stand(made.id, made.kind, role, name, officer or "", until, made.reason, until < today, theirs)


def to_delegate(session: Session, actor: Actor, now: datetime) -> tuple[list[str], Sequence[Person]]:
    """Return the roles that the actor may hand over, and the people of the unit to whom."""
    roles = [role for role in OFFICES if role in actor.roles and _holding(session, actor, role, local_day(now))]
    return roles if able(actor, Action.ROLE_DELEGATE) else [], session.scalars(_people(actor)).all()


def _own(session: Session, actor: Actor, role: str, today: date) -> Holding:
    mine = _holding(session, actor, role, today)
    if mine is None:
        raise Forbidden("只能委托自己担任的职务；受人委托的、代理的，不能再转给别人。")
    return mine


def _holding(session: Session, actor: Actor, role: str, today: date) -> Holding | None:
    """Return the actor's own holding of a role, not one in which they stand in for somebody."""
    if role not in OFFICES:
        return None
    held = select(Holding).filter_by(
        county_id=actor.county_id, unit_id=actor.unit_id, person_id=actor.person_id, role=role
    )
    stood = select(Delegation.holding_id).where(Delegation.county_id == actor.county_id)
    in_term = held.where(Holding.since <= today, or_(Holding.until.is_(None), Holding.until >= today))
    return session.scalar(in_term.where(Holding.id.not_in(stood)).limit(1))


def _people(actor: Actor) -> Select[tuple[Person]]:
    there = [
        select(kind.person_id).where(kind.county_id == actor.county_id, kind.unit_id == actor.unit_id)
        for kind in (Member, Holding)
    ]
    of_unit = select(Person).where(Person.county_id == actor.county_id, Person.id != actor.person_id)
    return of_unit.where(or_(*(Person.id.in_(them) for them in there))).order_by(Person.name, Person.id)


def _colleague(session: Session, actor: Actor, person_id: UUID) -> Person:
    person = session.scalar(_people(actor).where(Person.id == person_id))
    if person is None:
        raise NotFound("本单位没有这位同志，不能委托给单位以外的人，也不能委托给自己。")
    return person


def _term_faults(longest: date | None, until: date, now: datetime) -> list[str]:
    today = local_day(now)
    last = min(longest or date.max, today + LONGEST)
    if today <= until <= last:
        return []
    return [f"最后一天要在今天到{day(last)}之间：不超过半年，也不超过原来的任期。"]


def _together(session: Session, unit_id: UUID, person: Person, role: str, until: date, now: datetime) -> list[str]:
    """Return why this role must not come to somebody who holds what they hold in the unit until then."""
    held = select(Holding.role).filter_by(county_id=person.county_id, unit_id=unit_id, person_id=person.id)
    in_term = held.where(Holding.since <= until, or_(Holding.until.is_(None), Holding.until >= local_day(now)))
    roles = session.scalars(in_term).all()
    if role in roles:
        return [f"{person.name}已经担任{WORDS[role]}，不用委托。"]
    apart = refuse_together(overlay_in_force(session, person.county_id, unit_id).over(table()), roles, role)
    return [f"{person.name}现在是{in_words(roles)}，不能再办{WORDS[role]}的工作：{why}。" for why in apart]


def _officer(session: Session, holding: Holding) -> Holding | None:
    """Return the officer for whom somebody acts, if there is one."""
    others = select(Holding).filter_by(county_id=holding.county_id, unit_id=holding.unit_id, role=holding.role)
    in_term = others.where(Holding.id != holding.id, Holding.since <= holding.since)
    return session.scalar(in_term.where(or_(Holding.until.is_(None), Holding.until >= holding.since)).limit(1))


def _stand_in(
    session: Session,
    actor: Actor,
    holding: Holding,
    officer: Holding | None,
    kind: StandIn,
    reason: str,
    now: datetime,
) -> Delegation:
    session.add(holding)
    session.flush()
    made = Delegation(
        county_id=holding.county_id,
        unit_id=holding.unit_id,
        holding_id=holding.id,
        from_holding_id=officer.id if officer else None,
        kind=kind,
        reason=reason.strip(),
        made_by=actor.person_id,
        made_at=now,
    )
    session.add(made)
    session.flush()
    return made
