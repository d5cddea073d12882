"""Kinships: officers declare which members are kin to them, and so step aside in what concerns these."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require
from shared.db.kinships import Kinship, kin_of
from shared.db.members import Member, Person
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.kinships import WORDS, Kin
from shared.domain.windows import local_day
from shared.usecases.carry_out import remark


@dataclass(frozen=True, slots=True)
class Declared:
    """Who has declared which member as what, and whether it still holds: `ended_at` is None."""

    id: UUID
    officer: str
    member: str
    kin: Kin
    declared_at: datetime
    ended_at: datetime | None


def declare_kin(session: Session, actor: Actor, member_id: UUID, kin: Kin, now: datetime) -> Kinship:
    """Declare a member of one's own branch as kin; from now on whoever declares it steps aside for them."""
    require(actor, Action.KIN_DECLARE)
    member = session.get(Member, (actor.county_id, member_id))
    if member is None or member.unit_id != actor.unit_id or actor.person_id is None:
        raise NotFound("没有这位党员。")
    if member.person_id == actor.person_id:
        raise Invalid("本人不用申报：涉及自己的事，系统本来就不让本人办。")
    if member.person_id in kin_of(session, actor.county_id, actor.person_id):
        raise NotNow(f"您已经申报过{member.name}。关系写错了的，先撤下再重新申报。")
    declared = Kinship(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        person_id=actor.person_id,
        member_id=member.id,
        kin=kin,
        declared_at=now,
    )
    session.add(declared)
    session.flush()
    remark(session, actor, declared, "declare_kin", now, note=f"{member.name}，{WORDS[kin]}")
    return declared


def end_kin(session: Session, actor: Actor, kinship_id: UUID, now: datetime) -> None:
    """Take one's own declaration back; that it was made and for how long stays to be seen."""
    declared = hold(session, actor, Action.KIN_DECLARE, Kinship, kinship_id)
    if declared.person_id != actor.person_id:
        raise Forbidden("只有申报的本人可以撤下。")
    if declared.ended_at is not None:
        raise NotNow("这一项已经撤下了。")
    declared.ended_at = now
    member = session.get_one(Member, (actor.county_id, declared.member_id))
    remark(session, actor, declared, "end_kin", now, note=f"{member.name}，{WORDS[Kin(declared.kin)]}")


def own_kin(session: Session, actor: Actor) -> list[Declared]:
    """Return what somebody has declared themselves and not taken back."""
    require(actor, Action.KIN_DECLARE)
    return [one for one in _declared(session, actor, actor.person_id) if one.ended_at is None]


def see_kin(session: Session, actor: Actor) -> list[Declared]:
    """Return all that was ever declared in the branch, for who supervises it, what holds first."""
    require(actor, Action.LEDGER_SEE)
    return sorted(_declared(session, actor), key=lambda one: one.ended_at is not None)


def to_declare(session: Session, actor: Actor, now: datetime) -> Sequence[Member]:
    """Return the members whom somebody may declare: of their branch, present, not themselves."""
    require(actor, Action.KIN_DECLARE)
    day = local_day(now)
    here = select(Member).where(
        Member.county_id == actor.county_id,
        Member.unit_id == actor.unit_id,
        Member.person_id != actor.person_id,
        or_(Member.present_to.is_(None), Member.present_to >= day),
    )
    return session.scalars(here.order_by(Member.name_sort, Member.id)).all()


def _declared(session: Session, actor: Actor, person_id: UUID | None = None) -> list[Declared]:
    county = Kinship.county_id
    found = (
        select(Kinship, Person.name, Member.name)
        .join(Person, (Person.county_id == county) & (Person.id == Kinship.person_id))
        .join(Member, (Member.county_id == county) & (Member.id == Kinship.member_id))
        .where(county == actor.county_id, Kinship.unit_id == actor.unit_id)
        .order_by(Person.name, Kinship.person_id, Member.name_sort, Kinship.declared_at, Kinship.id)
    )
    if person_id is not None:
        found = found.where(Kinship.person_id == person_id)
    return [
        Declared(row.id, officer, member, Kin(row.kin), row.declared_at, row.ended_at)
        for row, officer, member in session.execute(found)
    ]
