"""What administrators do in their panel: found units, enter people, give and end roles; each is in the history."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.db.members import Member, Person
from shared.db.session import enter
from shared.db.units import Holding, Unit, subtree
from shared.domain.accounts import telephone_of
from shared.domain.errors import Forbidden, Invalid, NotFound
from shared.domain.roles import WORDS, in_words
from shared.domain.units import WORDS as UNITS
from shared.domain.units import UnitKind
from shared.domain.windows import local_day
from shared.usecases.carry_out import remark
from shared.usecases.members import Particulars, add_person, appoint, enrol
from shared.usecases.units import add_unit

# What follows from something else, or is no office of a unit.
NOT_GIVEN = frozenset({"clock", "member", "relative", "service"})
GIVEN = {role: word for role, word in WORDS.items() if role not in NOT_GIVEN}
BELOW = {kind: word for kind, word in UNITS.items() if kind is not UnitKind.COUNTY}


def enter_subtree(session: Session, actor: Actor) -> list[UUID]:
    """Enter everything that lies under the actor, for the rest of this transaction, and return its units."""
    units = subtree(session, actor.county_id, actor.unit_id)
    enter(session, actor.county_id, units, actor.person_id)
    return units


def found_unit(
    session: Session, actor: Actor, parent_id: UUID, kind: str, name: str, code: str, telephone: str, now: datetime
) -> Unit:
    """Found a unit below another; Invalid where its code is taken in the county."""
    require(actor, Action.UNIT_FOUND)
    _within(session, actor, parent_id)
    if kind not in BELOW:
        raise Invalid("单位的种类要从名单里选。")
    if session.scalar(select(Unit.id).filter_by(county_id=actor.county_id, code=code)):
        raise Invalid(f"单位编码 {code} 已经用过，一个县里不能重复，请换一个。")
    unit = add_unit(session, actor, parent_id, UnitKind(kind), name, code, telephone)
    remark(session, actor, unit, "found", now)
    return unit


def enter_person(
    session: Session, actor: Actor, unit_id: UUID, name: str, telephone: str, now: datetime
) -> Person:
    """Enter somebody who is to hold an office without being a member there."""
    require(actor, Action.MEMBER_ENROL)
    _within(session, actor, unit_id)
    known = select(Person.id).filter_by(county_id=actor.county_id, unit_id=unit_id, name=name)
    if session.scalar(known.filter_by(telephone=telephone_of(telephone) or None).limit(1)):
        raise Invalid(f"这个单位已经登记过姓名、电话都相同的{name}。")
    person = add_person(session, actor, unit_id, name, telephone or None)
    remark(session, actor, person, "enrol", now)
    return person


def enter_member(session: Session, actor: Actor, unit_id: UUID, particulars: Particulars, now: datetime) -> Member:
    """Enter a member into a branch's roster; Invalid where the number is taken there."""
    require(actor, Action.MEMBER_ENROL)
    if _within(session, actor, unit_id).kind != UnitKind.BRANCH:
        raise Invalid("党员登记在党支部名下，请到所在的党支部登记。")
    taken = select(Member.id).filter_by(county_id=actor.county_id, unit_id=unit_id)
    if session.scalar(taken.filter_by(member_no=particulars.member_no)):
        raise Invalid(f"党员编号 {particulars.member_no} 在这个支部已经用过，请核对。")
    member = enrol(session, actor, unit_id, particulars)
    remark(session, actor, member, "enrol", now)
    return member


def give_role(
    session: Session,
    actor: Actor,
    person_id: UUID,
    unit_id: UUID,
    role: str,
    since: date,
    department: str,
    now: datetime,
) -> Holding:
    """Give somebody a role in a unit from a day on, never to oneself, never backwards."""
    require(actor, Action.ROLE_GRANT)
    _within(session, actor, unit_id)
    person = _another(session, actor, person_id)
    if role not in GIVEN:
        raise Invalid("职务要从名单里选。")
    if since < local_day(now):
        raise Invalid("任职从今天或以后的一天开始，不能往前写。")
    if _holds(session, actor, unit_id, person_id, role, since):
        raise Invalid(f"{person.name}在这个单位已经是{in_words([role])}，不用再任命。")
    holding = appoint(session, actor, unit_id, person_id, role, since, department=department or None)
    remark(session, actor, holding, "appoint", now, note=f"{person.name}任{in_words([role])}")
    return holding


def end_role(session: Session, actor: Actor, holding_id: UUID, until: date, now: datetime) -> Holding:
    """End a role with a day: yesterday ends it at once."""
    require(actor, Action.ROLE_GRANT)
    enter_subtree(session, actor)
    holding = session.get(Holding, (actor.county_id, holding_id), with_for_update=True)
    if holding is None:
        raise NotFound("没有这一项任职。")
    person = _another(session, actor, holding.person_id)
    earliest = max(holding.since, local_day(now) - timedelta(days=1))
    if until < earliest or (holding.until and until > holding.until):
        raise Invalid("任职的最后一天最早写昨天（马上结束），不能早于任职开始，也不能晚于原来写好的最后一天。")
    holding.until = until
    remark(session, actor, holding, "end_role", now, note=f"{person.name}不再任{in_words([holding.role])}")
    return holding


def _within(session: Session, actor: Actor, unit_id: UUID) -> Unit:
    """Return a unit that lies under the actor; one elsewhere in the county is none."""
    unit = session.get(Unit, (actor.county_id, unit_id)) if unit_id in enter_subtree(session, actor) else None
    if unit is None:
        raise NotFound("没有这个单位。")
    return unit


def _another(session: Session, actor: Actor, person_id: UUID) -> Person:
    person = session.get(Person, (actor.county_id, person_id))
    if person is None:
        raise NotFound("没有这个人。")
    if person_id == actor.person_id:
        raise Forbidden("不能给自己任免职务，请另一位管理员办理。")
    return person


def _holds(session: Session, actor: Actor, unit_id: UUID, person_id: UUID, role: str, since: date) -> bool:
    held = select(Holding.id).filter_by(county_id=actor.county_id, unit_id=unit_id, person_id=person_id, role=role)
    return session.scalar(held.where(or_(Holding.until.is_(None), Holding.until >= since)).limit(1)) is not None
