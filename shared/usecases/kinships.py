"""Kinships: officers declare which members are kin to them, and so step aside in what concerns these."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require
from shared.db.kinships import Kinship, kin_of
from shared.db.members import Member
from shared.db.units import Unit
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.kinships import WORDS, Kin
from shared.domain.windows import local_day
from shared.usecases.carry_out import remark
from shared.usecases.trees import branches_of_county

_RELATIVES = text("SELECT person_id, unit_id FROM jifen.find_relatives(:name, :branch, :number, :day)")


@dataclass(frozen=True, slots=True)
class Declared:
    """Who has declared which member of which branch as what; `ended_at` None: it holds. `here`: in this seat."""

    id: UUID
    officer: str
    member: str
    branch: str
    kin: Kin
    declared_at: datetime
    ended_at: datetime | None
    here: bool


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A member of another branch as an officer knows them: by name, with their number or their branch's name."""

    name: str
    branch: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class _Relative:
    person_id: UUID
    unit_id: UUID
    name: str


def declare_kin(session: Session, actor: Actor, member_id: UUID, kin: Kin, now: datetime) -> Kinship:
    """Declare a member of one's own branch as kin; from now on whoever declares it steps aside for them."""
    require(actor, Action.KIN_DECLARE)
    member = session.get(Member, (actor.county_id, member_id))
    if member is None or member.unit_id != actor.unit_id:
        raise NotFound("没有这位党员。")
    return _declare(session, actor, _Relative(member.person_id, member.unit_id, member.name), kin, now)


def declare_kin_elsewhere(session: Session, actor: Actor, who: Elsewhere, kin: Kin, now: datetime) -> Kinship:
    """Declare a member of another branch of the county as kin; whoever does has to know whom they mean."""
    require(actor, Action.KIN_DECLARE)
    return _declare(session, actor, _found(session, actor, who, local_day(now)), kin, now)


def end_kin(session: Session, actor: Actor, kinship_id: UUID, now: datetime) -> None:
    """Take one's own declaration back; that it was made and for how long stays to be seen."""
    declared = hold(session, actor, Action.KIN_DECLARE, Kinship, kinship_id)
    if declared.person_id != actor.person_id:
        raise Forbidden("只有申报的本人可以撤下。")
    if declared.ended_at is not None:
        raise NotNow("这一项已经撤下了。")
    declared.ended_at = now
    remark(session, actor, declared, "end_kin", now, note=f"{declared.relative}，{WORDS[Kin(declared.kin)]}")


def own_kin(session: Session, actor: Actor) -> list[Declared]:
    """Return what somebody has declared themselves, in whatever seat, and not taken back."""
    require(actor, Action.KIN_DECLARE)
    found = _declared(session, actor, Kinship.person_id == actor.person_id)
    return [one for one in found if one.ended_at is None]


def see_kin(session: Session, actor: Actor) -> list[Declared]:
    """Return all that was ever declared in the branch, for who supervises it, what holds first."""
    require(actor, Action.LEDGER_SEE)
    found = _declared(session, actor, Kinship.unit_id == actor.unit_id)
    return sorted(found, key=lambda one: one.ended_at is not None)


def to_declare(session: Session, actor: Actor, now: datetime) -> Sequence[Member]:
    """Return the members whom somebody may pick: of their branch, present, not themselves."""
    require(actor, Action.KIN_DECLARE)
    day = local_day(now)
    here = select(Member).where(
        Member.county_id == actor.county_id,
        Member.unit_id == actor.unit_id,
        Member.person_id != actor.person_id,
        or_(Member.present_to.is_(None), Member.present_to >= day),
    )
    return session.scalars(here.order_by(Member.name_sort, Member.id)).all()


def _declare(session: Session, actor: Actor, relative: _Relative, kin: Kin, now: datetime) -> Kinship:
    if actor.person_id is None:
        raise NotFound("没有这位党员。")
    if relative.person_id == actor.person_id:
        raise Invalid("本人不用申报：涉及自己的事，系统本来就不让本人办。")
    if relative.person_id in kin_of(session, actor.county_id, actor.person_id):
        raise NotNow(f"您已经申报过{relative.name}。关系写错了的，先撤下再重新申报。")
    declared = Kinship(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        to_unit_id=relative.unit_id,
        person_id=actor.person_id,
        officer=actor.name,
        relative_id=relative.person_id,
        relative=relative.name,
        kin=kin,
        declared_at=now,
    )
    session.add(declared)
    session.flush()
    remark(session, actor, declared, "declare_kin", now, note=f"{relative.name}，{WORDS[kin]}")
    return declared


def _found(session: Session, actor: Actor, who: Elsewhere, day: date) -> _Relative:
    """Return the one member who is meant; a name alone finds nobody, so that no branch can be looked through."""
    branch = _branch(session, actor, who.branch) if who.branch else None
    if branch is None and not who.number:
        raise Invalid("请填写所在的党支部，或者党员编号；只凭姓名不能查找。")
    asked = {"name": who.name, "branch": branch, "number": who.number or None, "day": day}
    found = session.execute(_RELATIVES, asked).all()
    if not found:
        raise Invalid(f"没有找到“{who.name}”。请核对姓名和所在的党支部；填了党员编号的，也请核对编号。")
    if len(found) > 1:
        raise Invalid(f"有 {len(found)} 位党员叫“{who.name}”，请把党支部和党员编号都填上。")
    return _Relative(found[0].person_id, found[0].unit_id, who.name)


def _branch(session: Session, actor: Actor, typed: str) -> UUID:
    """Return the branch whose name is, or alone contains, what was typed: names of units are nobody's secret."""
    branches = [*branches_of_county(session, actor), session.get_one(Unit, (actor.county_id, actor.unit_id))]
    named = [one for one in branches if one.name == typed] or [one for one in branches if typed in one.name]
    if not named:
        raise Invalid(f"县里没有名称含“{typed}”的党支部，请核对。")
    if len(named) > 1:
        shown = "、".join(one.name for one in named[:5])
        raise Invalid(f"有 {len(named)} 个党支部的名称含“{typed}”，例如{shown}。请写全称。")
    return named[0].id


def _declared(session: Session, actor: Actor, which: ColumnElement[bool]) -> list[Declared]:
    county = Kinship.county_id
    found = (
        select(Kinship, Unit.name)
        .join(Unit, (Unit.county_id == county) & (Unit.id == Kinship.to_unit_id))
        .where(county == actor.county_id, which)
        .order_by(Kinship.officer, Kinship.person_id, Kinship.declared_at, Kinship.id)
    )
    return [
        Declared(
            id=row.id,
            officer=row.officer,
            member=row.relative,
            branch=branch,
            kin=Kin(row.kin),
            declared_at=row.declared_at,
            ended_at=row.ended_at,
            here=row.unit_id == actor.unit_id,
        )
        for row, branch in session.execute(found)
    ]
