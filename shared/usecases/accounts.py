"""Accounts: opened for people, signed in to by name and password, changed by their owner, disabled."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import able, require
from shared.db.accounts import Account
from shared.db.clock import read_clock
from shared.db.members import Member, Person
from shared.db.session import enter
from shared.db.units import Unit
from shared.domain.accounts import sign_in_name
from shared.domain.errors import Forbidden, Invalid, NotFound
from shared.domain.passwords import faults_of
from shared.domain.roles import need_factor
from shared.usecases.browsers import Opened, begin, end_others, renew
from shared.usecases.carry_out import remark
from shared.usecases.passwords import common, hash_of, is_right
from shared.usecases.seats import seats_of
from shared.usecases.sign_ins import SignedIn

_NAMED = text("SELECT * FROM jifen.find_account(:named)")
_SEATS = text("SELECT jifen.seats(:county, :person)")
# Who may give any person below them a way in; in a branch it is given to those without an office.
ABOVE = frozenset({"general_officer", "township_officer", "bureau_officer", "county_officer"})


@dataclass(frozen=True, slots=True)
class Named:
    """An account that a sign-in name may mean, before any tenant is known."""

    county_id: UUID
    unit_id: UUID
    person_id: UUID
    password_hash: str | None


def accounts_named(session: Session, name: str) -> list[Named]:
    """Return the accounts that this name means: none, one, or a family's that shares a telephone."""
    found: list[Row[Any]] = list(session.execute(_NAMED, {"named": sign_in_name(name)}))
    return [Named(*row) for row in found]


def sign_in(session: Session, name: str, password: str, device: str) -> Opened | None:
    """Sign in by telephone or member's number and password; None for a wrong one as for nobody, as slowly."""
    named = accounts_named(session, name) or [Named(UUID(int=0), UUID(int=0), UUID(int=0), None)]
    right = [one for one in named if is_right(one.password_hash, password)]
    return begin(session, entered(session, right[0]), "password", device) if right else None


def entered(session: Session, named: Named) -> Account:
    """Return the account itself, having entered its unit as its owner."""
    enter(session, named.county_id, [named.unit_id], named.person_id)
    return account_of(session, named.county_id, named.person_id)


def account_of(session: Session, county_id: UUID, person_id: UUID) -> Account:
    """Return a person's account, locked; the transaction must be theirs. NotFound where they have none."""
    whose = select(Account).filter_by(county_id=county_id, person_id=person_id).with_for_update()
    account = session.scalar(whose.execution_options(populate_existing=True))
    if account is None:
        raise NotFound("这个人还没有账号。")
    return account


def open_account(session: Session, actor: Actor, person_id: UUID, now: datetime) -> None:
    """Open a person's account where there is none yet, in the actor's unit; still without a password."""
    enter(session, actor.county_id, [actor.unit_id], person_id)
    whose = select(Account.id).filter_by(county_id=actor.county_id, person_id=person_id)
    if session.scalar(whose) is None:
        account = Account(
            county_id=actor.county_id, unit_id=actor.unit_id, person_id=person_id, opened_at=func.clock_timestamp()
        )
        session.add(account)
        session.flush()
        remark(session, actor, account, "open", now)
    enter(session, actor.county_id, [actor.unit_id], actor.person_id)


@contextmanager
def in_hand(session: Session, actor: Actor, person_id: UUID) -> Iterator[Account]:
    """Show the transaction another person's account, whichever unit opened it, and let a step be written there."""
    enter(session, actor.county_id, [actor.unit_id], person_id)
    account = account_of(session, actor.county_id, person_id)
    enter(session, actor.county_id, [actor.unit_id, account.unit_id], person_id)
    yield account
    session.flush()
    enter(session, actor.county_id, [actor.unit_id], actor.person_id)


def set_password(session: Session, signed_in: SignedIn, old: str, new: str) -> Opened:
    """Give oneself a new password; every other browser is signed out. Invalid with every fault at once.

    The old one is asked for, but of who has signed in by a code that was handed out to them.
    """
    account = account_of(session, signed_in.county_id, signed_in.person_id)
    faults = faults_of(new, common(), _own_words(session, signed_in))
    if signed_in.means != "handed" and not is_right(account.password_hash, old):
        faults.insert(0, "现在的密码不对。忘记了，可以请支部当面给一个登录码。")
    if faults:
        raise Invalid(*faults)
    account.password_hash, account.must_change = hash_of(new), False
    end_others(session, signed_in.county_id, signed_in.person_id, but=signed_in.id)
    note_own(session, signed_in, account, "set_password")
    return renew(session, signed_in)


def _own_words(session: Session, signed_in: SignedIn) -> list[str]:
    units = [seat.unit_id for seat in signed_in.seats]
    enter(session, signed_in.county_id, units, signed_in.person_id)
    person = session.get(Person, (signed_in.county_id, signed_in.person_id))
    numbers = select(Member.member_no).filter_by(county_id=signed_in.county_id, person_id=signed_in.person_id)
    told = [signed_in.person_name, person.telephone or "" if person else "", *session.scalars(numbers)]
    return [word for word in told if word]


def note_own(session: Session, signed_in: SignedIn, account: Account, command: str) -> None:
    """Write into the history what somebody has done with their own account, where the account stands."""
    enter(session, account.county_id, [account.unit_id], account.person_id)
    themselves = Actor(
        account.county_id, account.unit_id, account.person_id, signed_in.person_name, frozenset({"owner"})
    )
    remark(session, themselves, account, command, read_clock(session, account.county_id))


def disabled_since(session: Session, actor: Actor, person_id: UUID) -> datetime | None:
    """Return since when an account has been closed, None for an open one; NotFound where there is none."""
    with _another(session, actor, person_id) as account:
        return account.disabled_at


def disable(session: Session, actor: Actor, person_id: UUID, now: datetime) -> None:
    """Close an account; whoever is signed in to it is signed out with the next thing they do."""
    with _another(session, actor, person_id) as account:
        account.disabled_at = func.clock_timestamp()
        end_others(session, actor.county_id, person_id)
        remark(session, actor, account, "disable", now)


def enable(session: Session, actor: Actor, person_id: UUID, now: datetime) -> None:
    """Open an account again; its old sign-ins stay ended."""
    with _another(session, actor, person_id) as account:
        account.disabled_at = None
        remark(session, actor, account, "enable", now)


@contextmanager
def _another(session: Session, actor: Actor, person_id: UUID) -> Iterator[Account]:
    require(actor, Action.ACCOUNT_DISABLE)
    if person_id == actor.person_id:
        raise Forbidden("不能停用或恢复自己的账号，请另一位管理员办理。")
    with in_hand(session, actor, person_id) as account:
        yield account


def require_charge(session: Session, actor: Actor, action: Action, person_id: UUID) -> None:
    """Refuse whoever may not give this person a way in: a way in is a way to act as them.

    To somebody with an office it is given from above all of their offices, or by the system administrator; to
    everybody else also by their branch, and by a group leader within the group. Never to oneself.
    """
    require(actor, action)
    if person_id == actor.person_id or not _in_charge(session, actor, action, person_id):
        raise Forbidden("这个人的登录不归您办理：有职务的由上级办理，其他人由所在支部办理，本人不能给自己办。")


def _in_charge(session: Session, actor: Actor, action: Action, person_id: UUID) -> bool:
    if "system_administrator" in actor.roles:
        return True
    seats = seats_of(session.scalars(_SEATS, {"county": actor.county_id, "person": person_id}).one())
    offices = [seat for seat in seats if need_factor(seat.roles)]
    if offices:
        below = _below(session, actor)
        return bool(actor.roles & ABOVE) and all(seat.unit_id in below for seat in offices)
    here = [seat for seat in seats if seat.unit_id == actor.unit_id]
    if not able(actor, action, frozenset({"group_leader"})):
        return any(seat.group_id == actor.group_id for seat in here)
    # Whom the branch has entered and nobody has named yet, a relative, has no seat anywhere.
    entered_here = not seats and session.get(Person, (actor.county_id, person_id)) is not None
    return bool(here) or entered_here or any(seat.unit_id in _below(session, actor) for seat in seats)


def holds_office(session: Session, county_id: UUID, person_id: UUID) -> bool:
    """Return whether somebody holds an office anywhere for which a password alone is not enough."""
    seats = session.scalars(_SEATS, {"county": county_id, "person": person_id}).one()
    return any(need_factor(seat.roles) for seat in seats_of(seats))


def _below(session: Session, actor: Actor) -> set[UUID]:
    """Return every unit strictly below the actor's."""
    above = {
        unit.id: unit.parent_id for unit in session.scalars(select(Unit).filter_by(county_id=actor.county_id))
    }
    return {unit_id for unit_id in above if actor.unit_id in _chain(above, unit_id)}


def _chain(above: dict[UUID, UUID | None], unit_id: UUID) -> list[UUID]:
    chain, up = [], above.get(unit_id)
    while up is not None:
        chain.append(up)
        up = above.get(up)
    return chain
