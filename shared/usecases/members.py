"""Members and officers: enrol, appoint, and who somebody is when they act."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from psycopg.errors import ExclusionViolation
from sqlalchemy import Select, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require
from shared.db.members import Member, Person
from shared.db.policies import overlay_in_force
from shared.db.units import Holding
from shared.domain.accounts import telephone_of
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.roles import ADMINISTRATORS, in_words
from shared.domain.windows import local_day
from shared.usecases.carry_out import remark
from shared.usecases.messages import Audience, tell

# The recorder is not the supervisor: never one person in one unit.
APART = (frozenset({"discipline"}), frozenset({"office", "recorder"}))

CONTACT = frozenset({"contact"})


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a branch enters about a member; no ID number, no address. `name_sort` orders by strokes."""

    member_no: str
    name: str
    name_sort: str
    class_: str
    birth_date: date
    office: str = ""
    group_id: UUID | None = None
    telephone: str | None = None
    present_from: date | None = None
    present_to: date | None = None
    probationary: bool = False


def enrol(session: Session, actor: Actor, unit_id: UUID, particulars: Particulars) -> Member:
    """Enter a member into a branch's roster; the person is created with them."""
    require(actor, Action.MEMBER_ENROL)
    return entered_member(session, actor, unit_id, particulars)


def entered_member(session: Session, actor: Actor, unit_id: UUID, particulars: Particulars) -> Member:
    """Enter a member and their person for a use case that has asked for the right."""
    person = _person(session, actor, unit_id, particulars.name, particulars.telephone)
    member = Member(
        county_id=actor.county_id,
        unit_id=unit_id,
        person_id=person.id,
        group_id=particulars.group_id,
        member_no=particulars.member_no,
        name=particulars.name,
        name_sort=particulars.name_sort,
        class_=particulars.class_,
        office=particulars.office,
        birth_date=particulars.birth_date,
        present_from=particulars.present_from,
        present_to=particulars.present_to,
        probationary=particulars.probationary,
    )
    session.add(member)
    session.flush()
    return member


def add_person(session: Session, actor: Actor, unit_id: UUID, name: str, telephone: str | None = None) -> Person:
    """Enter somebody who acts without being a member here: a township officer, a stationed guide."""
    require(actor, Action.MEMBER_ENROL)
    return _person(session, actor, unit_id, name, telephone)


def _person(session: Session, actor: Actor, unit_id: UUID, name: str, telephone: str | None) -> Person:
    number = telephone_of(telephone) if telephone else None
    person = Person(county_id=actor.county_id, unit_id=unit_id, name=name, telephone=number)
    session.add(person)
    session.flush()
    return person


def appoint(
    session: Session,
    actor: Actor,
    unit_id: UUID,
    person_id: UUID,
    role: str,
    since: date,
    group_id: UUID | None = None,
    department: str | None = None,
) -> Holding:
    """Give a person a role in a unit from a day on; who grants rights is never who creates accounts."""
    require(actor, Action.ROLE_GRANT)
    for one, other in (APART, APART[::-1]):
        if role in one and _holds(session, actor.county_id, unit_id, person_id, other, since):
            raise Forbidden("纪检委员监督登记工作，不能由登记人员兼任，请另行指定。")
    holding = Holding(
        county_id=actor.county_id,
        unit_id=unit_id,
        person_id=person_id,
        role=role,
        group_id=group_id,
        department=department,
        since=since,
    )
    if role in ADMINISTRATORS:
        return _kept_apart(session, holding)
    session.add(holding)
    session.flush()
    return holding


def _kept_apart(session: Session, holding: Holding) -> Holding:
    """Nobody is two of the administrators; the database knows of units that this transaction does not see."""
    try:
        with session.begin_nested():
            session.add(holding)
    except IntegrityError as fault:
        if isinstance(fault.orig, ExclusionViolation):
            raise Forbidden("系统管理员、安全管理员、审计管理员不能由一人兼任，请另行指定。") from fault
        raise
    return holding


def _holds(
    session: Session, county_id: UUID, unit_id: UUID, person_id: UUID, roles: frozenset[str], since: date
) -> bool:
    held = select(Holding.id).where(
        Holding.county_id == county_id,
        Holding.unit_id == unit_id,
        Holding.person_id == person_id,
        Holding.role.in_(roles),
        or_(Holding.until.is_(None), Holding.until >= since),
    )
    return session.scalar(held.limit(1)) is not None


def name_contact(session: Session, actor: Actor, member_id: UUID, person_id: UUID, now: datetime) -> Member:
    """Name who keeps in touch with a member who is away: somebody who holds the role of contact in the branch."""
    member = hold(session, actor, Action.CONTACT_NAME, Member, member_id)
    if person_id == member.person_id:
        raise Invalid("联系人不能是本人。")
    if not _holds(session, actor.county_id, member.unit_id, person_id, CONTACT, local_day(now)):
        raise Invalid("这位同志还不是本支部的流动党员联系人，请先按职务登记。")
    member.contact_id = person_id
    remark(session, actor, member, "name_contact", now)
    return member


def exempt(session: Session, actor: Actor, member_id: UUID, minute: str, consented: bool, now: datetime) -> Member:
    """Leave a member out of scoring, with their own consent and the meeting's minute, from this round on."""
    member = hold(session, actor, Action.EXEMPTION_RECORD, Member, member_id)
    if not consented:
        raise Invalid("不列入积分考核须征得党员本人同意；请先取得本人书面同意再登记。")
    if not minute.strip():
        raise Invalid("不列入积分考核要写明会议记录编号。")
    if member.exempt_from is not None and member.exempt_to is None:
        raise NotNow(f"{member.name}已经不列入积分考核。")
    member.exempt_from, member.exempt_to = local_day(now), None
    member.exempt_minute = minute
    remark(session, actor, member, "exempt", now, note=minute)
    return member


def end_exemption(session: Session, actor: Actor, member_id: UUID, minute: str, now: datetime) -> Member:
    """Take a member back into scoring, by the meeting's minute, from the next round on; they are told."""
    member = hold(session, actor, Action.EXEMPTION_RECORD, Member, member_id)
    if member.exempt_from is None or member.exempt_to is not None:
        raise NotNow(f"{member.name}现在列入积分考核，没有可以结束的。")
    if not minute.strip():
        raise Invalid("恢复列入积分考核要写明会议记录编号。")
    member.exempt_to = local_day(now)
    remark(session, actor, member, "end_exemption", now, note=minute)
    said = f"从下一期起恢复列入积分考核（{minute}）。"
    tell(session, actor, member.unit_id, "exemption", member.id, said, Audience([member.person_id]), now)
    return member


def actor_of(session: Session, county_id: UUID, unit_id: UUID, person_id: UUID, today: date) -> Actor:
    """Return who a person is in a unit today: their roles in term, their membership, their group."""
    return actors_of(session, county_id, unit_id, [person_id], today)[0]


def actors_of(
    session: Session, county_id: UUID, unit_id: UUID, person_ids: Sequence[UUID], today: date
) -> list[Actor]:
    """Return who these people are in a unit today, in their order; NotFound where one of them is nobody."""
    there = (Person.county_id == county_id, Person.id.in_(person_ids))
    names = {person.id: person.name for person in session.scalars(select(Person).where(*there))}
    if set(person_ids) - set(names):
        raise NotFound("没有这个人。")
    held: dict[UUID, list[Holding]] = defaultdict(list)
    for holding in session.scalars(_in_term(county_id, unit_id, person_ids, today)):
        held[holding.person_id].append(holding)
    here = (Member.county_id == county_id, Member.unit_id == unit_id, Member.person_id.in_(person_ids))
    members = {member.person_id: member for member in session.scalars(select(Member).where(*here))}
    overlay = overlay_in_force(session, county_id, unit_id)
    return [
        replace(
            _actor(county_id, unit_id, person_id, names[person_id], held[person_id], members.get(person_id)),
            overlay=overlay,
        )
        for person_id in person_ids
    ]


def _in_term(county_id: UUID, unit_id: UUID, person_ids: Sequence[UUID], today: date) -> Select[tuple[Holding]]:
    return select(Holding).where(
        Holding.county_id == county_id,
        Holding.unit_id == unit_id,
        Holding.person_id.in_(person_ids),
        Holding.since <= today,
        or_(Holding.until.is_(None), Holding.until >= today),
    )


def _actor(
    county_id: UUID, unit_id: UUID, person_id: UUID, name: str, held: Sequence[Holding], member: Member | None
) -> Actor:
    roles = {holding.role for holding in held} | ({"member"} if member else set())
    return Actor(
        county_id=county_id,
        unit_id=unit_id,
        person_id=person_id,
        name=name,
        roles=frozenset(roles),
        member_id=member.id if member else None,
        group_id=next((h.group_id for h in held if h.group_id), member.group_id if member else None),
        department=next((h.department for h in held if h.department), None),
        roles_in_words=in_words(roles),
    )
