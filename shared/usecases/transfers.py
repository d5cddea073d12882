"""Transfers: the branch where a member is proposes that they go over to another; the other one receives them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require
from shared.db.members import Member
from shared.db.transfers import Transfer, TransferStatement
from shared.db.units import Unit
from shared.domain.errors import Invalid, NotFound, NotNow
from shared.domain.transfers import TRANSFER, Carried, TransferCommand, TransferState, carried
from shared.domain.units import UnitKind
from shared.domain.windows import local_day
from shared.usecases.carry_out import remark, step
from shared.usecases.messages import Audience, tell


def propose_transfer(
    session: Session, actor: Actor, member_id: UUID, to_unit_id: UUID, letter: str, now: datetime
) -> Transfer:
    """Propose that a member goes over to another branch of the county; `letter` numbers the reference letter."""
    member = hold(session, actor, Action.TRANSFER_PROPOSE, Member, member_id)
    there = session.get(Unit, (actor.county_id, to_unit_id))
    faults = [] if is_here(member, local_day(now)) else [f"{member.name}已经不在本支部。"]
    if there is None or there.kind != UnitKind.BRANCH or there.until is not None or there.id == member.unit_id:
        faults.append("请从名单里选择转往的党支部。")
    if faults or there is None:
        raise Invalid(*faults)
    if session.scalar(_waiting(actor, member)) is not None:
        raise NotNow(f"{member.name}的转接已经提出，等对方支部接收；要改请先撤回。")
    transfer = transfer_of(member, to_unit_id, now, letter=letter.strip() or None)
    session.add(transfer)
    session.flush()
    remark(session, actor, transfer, "propose", now, note=f"转往{there.name}")
    said = f"{member.name}的组织关系转来本支部，请核对后接收。"
    to = Audience(roles=["secretary", "organiser"], steps=[Action.TRANSFER_ACCEPT])
    tell(session, actor, to_unit_id, "transfer", transfer.id, said, to, now)
    return transfer


def transfer_of(
    member: Member, to_unit_id: UUID, now: datetime, letter: str | None = None, decision: UUID | None = None
) -> Transfer:
    """Return a transfer that nobody has accepted yet."""
    return Transfer(
        county_id=member.county_id,
        unit_id=member.unit_id,
        to_unit_id=to_unit_id,
        member_id=member.id,
        name=member.name,
        letter=letter,
        reorganisation_id=decision,
        proposed_at=now,
        state=TransferState.PROPOSED,
        stage=0,
    )


def withdraw_transfer(session: Session, actor: Actor, transfer_id: UUID, now: datetime) -> Transfer:
    """Take a proposal back as long as nobody has accepted it."""
    transfer = hold(session, actor, Action.TRANSFER_PROPOSE, Transfer, transfer_id)
    step(session, actor, transfer, TRANSFER, TransferCommand.WITHDRAW, now)
    return transfer


def is_here(member: Member, day: date) -> bool:
    """Whether somebody is a member of this branch on a day."""
    return (member.present_from or day) <= day <= (member.present_to or day)


def _waiting(actor: Actor, member: Member) -> Select[tuple[UUID]]:
    own = select(Transfer.id).filter_by(county_id=actor.county_id, member_id=member.id)
    return own.filter_by(state=TransferState.PROPOSED).limit(1)


@dataclass(frozen=True, slots=True)
class Transfers:
    """A branch's transfers: those that wait here, those that wait elsewhere, and those that are over."""

    coming: Sequence[Transfer]
    going: Sequence[Transfer]
    over: Sequence[Transfer]
    names: dict[UUID, str]


def see_transfers(session: Session, actor: Actor) -> Transfers:
    """Return what goes out of the acting branch and what comes in."""
    require(actor, Action.TRANSFER_SEE)
    either = or_(Transfer.unit_id == actor.unit_id, Transfer.to_unit_id == actor.unit_id)
    found = select(Transfer).where(Transfer.county_id == actor.county_id, either)
    rows = session.scalars(found.order_by(Transfer.proposed_at.desc(), Transfer.id)).all()
    waiting = [one for one in rows if one.state == TransferState.PROPOSED]
    units = session.execute(select(Unit.id, Unit.name).filter_by(county_id=actor.county_id))
    return Transfers(
        coming=[one for one in waiting if one.to_unit_id == actor.unit_id],
        going=[one for one in waiting if one.unit_id == actor.unit_id],
        over=[one for one in rows if one.state != TransferState.PROPOSED],
        names={unit_id: name for unit_id, name in units},
    )


@dataclass(frozen=True, slots=True)
class TransferPage:
    """A transfer before one of its ends, with what the old branch has sealed, the newest first."""

    transfer: Transfer
    old: str
    new: str
    comes_here: bool
    statements: Sequence[TransferStatement]
    came: Carried | None


def see_transfer(session: Session, actor: Actor, transfer_id: UUID) -> TransferPage:
    """Return one that comes into the acting branch or goes out of it."""
    found = see_transfers(session, actor)
    of_id = [one for one in (*found.coming, *found.going, *found.over) if one.id == transfer_id]
    if not of_id:
        raise NotFound("没有这次转接。")
    transfer = of_id[0]
    sealed = select(TransferStatement).filter_by(county_id=actor.county_id, transfer_id=transfer_id)
    statements = session.scalars(sealed.order_by(TransferStatement.number.desc())).all()
    return TransferPage(
        transfer=transfer,
        old=found.names[transfer.unit_id],
        new=found.names[transfer.to_unit_id],
        comes_here=transfer.to_unit_id == actor.unit_id,
        statements=statements,
        came=carried(statements[0].package) if statements else None,
    )
