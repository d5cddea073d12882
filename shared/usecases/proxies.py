"""Proxies (代办): acting for a member, relatives whom a member names for it, and the member being told."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require
from shared.db.members import Member, Person
from shared.db.proxies import Proxy
from shared.db.units import Holding
from shared.domain.accounts import telephone_of
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.windows import local_day
from shared.usecases.accounts import open_account
from shared.usecases.browsers import Opened, renew, whose
from shared.usecases.carry_out import remark
from shared.usecases.messages import Audience, tell
from shared.usecases.seats import Represented, actor_for, may_represent
from shared.usecases.sign_ins import SignedIn

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody whom a member has named, and until which day."""

    id: UUID
    name: str
    until: date


def act_for(session: Session, token: str, member_id: UUID, now: datetime) -> Opened:
    """Let somebody act for a member from now on, with that member's rights and none of their own office."""
    signed_in = whose(session, token)
    if signed_in.actor is None or signed_in.seat is None:
        raise NotNow("请先选好您现在的身份，再代党员办理。")
    member = session.get(Member, (signed_in.county_id, member_id))
    if member is None:
        raise NotFound("没有这位党员。")
    today = local_day(now)
    named = session.scalar(_in_force(member, today).where(Proxy.person_id == signed_in.person_id)) is not None
    them = _represented(member, named)
    if not may_represent(signed_in.seat, them) or not _is_present(member, today):
        raise Forbidden(f"您不能代{member.name}办理：要由本支部的工作人员、本组组长，或者本人指定的家人代办。")
    acting = actor_for(them, signed_in.seat, signed_in.county_id, signed_in.person_id, signed_in.person_name)
    remark(session, acting, member, "act_for", now)
    return renew(session, signed_in, for_member_id=member.id)


def act_for_oneself(session: Session, token: str) -> Opened:
    """Let somebody act for themselves again."""
    return renew(session, whose(session, token), for_member_id=None)


def to_act_for(session: Session, signed_in: SignedIn, now: datetime) -> list[Member]:
    """Return the members for whom somebody may act in their seat, in the order of their names."""
    seat, today = signed_in.seat, local_day(now)
    if seat is None:
        return []
    here = select(Member).filter_by(county_id=signed_in.county_id, unit_id=seat.unit_id)
    named = select(Proxy.member_id).filter_by(person_id=signed_in.person_id, withdrawn_at=None)
    by = set(session.scalars(named.where(Proxy.county_id == signed_in.county_id, Proxy.until >= today)))
    return [
        member
        for member in session.scalars(here.order_by(Member.name_sort, Member.id))
        if _is_present(member, today) and may_represent(seat, _represented(member, member.id in by))
    ]


def enter_relative(session: Session, actor: Actor, name: str, telephone: str, now: datetime) -> Person:
    """Enter a relative with name and telephone, and open their account; a member may then name them."""
    require(actor, Action.PROXY_ENTER)
    number = telephone_of(telephone)
    faults = [] if name.strip() else ["请填写家人的姓名。"]
    if not number.isdigit() or not 7 <= len(number) <= 12:
        faults.append("请填写家人的电话号码，例如 13800001234。")
    if faults:
        raise Invalid(*faults)
    person = Person(county_id=actor.county_id, unit_id=actor.unit_id, name=name.strip(), telephone=number)
    session.add(person)
    session.flush()
    open_account(session, actor, person.id, now)
    remark(session, actor, person, "enter_relative", now)
    return person


def entered_relatives(session: Session, actor: Actor) -> list[Person]:
    """Return whom the branch has entered who is neither a member nor holds a role: those whom members may name."""
    require(actor, Action.PROXY_ENTER)
    here = select(Person).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    others = [select(table.person_id).where(table.county_id == actor.county_id) for table in (Member, Holding)]
    return list(session.scalars(here.where(*(Person.id.not_in(them) for them in others)).order_by(Person.name)))


def name_relative(session: Session, actor: Actor, name: str, telephone: str, until: date, now: datetime) -> Proxy:
    """Let a member name a relative, whom the branch has entered, to act for them up to and including `until`."""
    if actor.member_id is None or actor.acting_for is not None:
        raise Forbidden("代办人要由党员本人指定。")
    member = hold(session, actor, Action.PROXY_NAME, Member, actor.member_id)
    person = session.scalar(_entered(actor, name, telephone))
    faults = [] if person else ["支部还没有登记这位家人。请核对姓名和电话，或先请支部登记。"]
    if not local_day(now) <= until <= local_day(now) + LONGEST:
        faults.append("代办到哪一天，要在今天以后、一年以内。")
    if person is None or faults:
        raise Invalid(*faults)
    proxy = Proxy(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        member_id=member.id,
        person_id=person.id,
        until=until,
        named_at=now,
    )
    session.add(proxy)
    session.flush()
    remark(session, actor, proxy, "name", now, note=person.name)
    return proxy


def withdraw_relative(session: Session, actor: Actor, proxy_id: UUID, now: datetime) -> None:
    """Let a member take the naming back; with the next thing that the relative does it has ended."""
    if actor.acting_for is not None:
        raise Forbidden("代办人要由党员本人撤销。")
    proxy = hold(session, actor, Action.PROXY_NAME, Proxy, proxy_id)
    proxy.withdrawn_at = proxy.withdrawn_at or now
    remark(session, actor, proxy, "withdraw", now)


def relatives(session: Session, actor: Actor, now: datetime) -> list[Relative]:
    """Return whom the member has named and may still act for them."""
    member = session.get(Member, (actor.county_id, actor.member_id)) if actor.member_id else None
    if member is None:
        return []
    named = _in_force(member, local_day(now)).join(
        Person, (Person.county_id == Proxy.county_id) & (Person.id == Proxy.person_id)
    )
    rows = session.execute(named.with_only_columns(Proxy.id, Person.name, Proxy.until).order_by(Proxy.named_at))
    return [Relative(*row) for row in rows]


def tell_member(session: Session, actor: Actor, what: str, now: datetime) -> None:
    """Tell the member what somebody has just done for them; nothing where the actor acts for themselves."""
    if actor.acting_for is None:
        return
    person = select(Member.person_id).filter_by(county_id=actor.county_id, id=actor.acting_for)
    told = Audience(persons=[session.scalars(person).one()])
    said = f"{actor.name}代您办理了：{what}。如不是您的意思，请告知支部。"
    tell(session, actor, actor.unit_id, "done_for_you", actor.acting_for, said, told, now)


def _represented(member: Member, named: bool) -> Represented:
    return Represented(member.id, member.name, member.unit_id, member.group_id, named)


def _in_force(member: Member, today: date) -> Select[tuple[Proxy]]:
    return select(Proxy).where(
        Proxy.county_id == member.county_id,
        Proxy.member_id == member.id,
        Proxy.withdrawn_at.is_(None),
        Proxy.until >= today,
    )


def _entered(actor: Actor, name: str, telephone: str) -> Select[tuple[Person]]:
    here = select(Person).filter_by(county_id=actor.county_id, unit_id=actor.unit_id, name=name.strip())
    return here.filter_by(telephone=telephone_of(telephone)).where(Person.id != actor.person_id).limit(1)


def _is_present(member: Member, today: date) -> bool:
    return (member.present_from or today) <= today <= (member.present_to or today)
