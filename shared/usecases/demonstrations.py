"""Demonstrations: whether a county of one was founded and played to its end, and ways in for who tries it out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.authz.actor import the_clock
from shared.db.accounts import Account
from shared.db.clock import MovedClock
from shared.db.history import History
from shared.db.session import enter
from shared.db.units import Unit
from shared.domain.errors import Forbidden
from shared.usecases.carry_out import remark
from shared.usecases.keys import sealed

FINISHED = "demonstrated"


def is_founded(session: Session, county_id: UUID) -> bool:
    """Whether the county is there."""
    return session.get(Unit, (county_id, county_id)) is not None


def is_finished(session: Session, county_id: UUID) -> bool:
    """Whether the demonstration in it was played to its end."""
    done = select(History.id).filter_by(county_id=county_id, subject_id=county_id, command=FINISHED)
    return session.scalar(done.limit(1)) is not None


def finish(session: Session, county_id: UUID, now: datetime) -> None:
    """Note the end, and let the county's clock run from where it stands."""
    remark(session, the_clock(county_id, county_id), session.get_one(Unit, (county_id, county_id)), FINISHED, now)
    clock = session.get_one(MovedClock, county_id)
    clock.stands_at, clock.set_at, clock.runs = now, func.clock_timestamp(), True


def require_demonstration(session: Session, county_id: UUID) -> None:
    """Refuse, in a real county, what is only for trying the product out."""
    enter(session, county_id, [county_id])
    county = session.get(Unit, (county_id, county_id))
    if county is None or not county.demonstration:
        raise Forbidden("演示账号只能在示范县里开，真实的县没有这样的账号。")


def let_try_out(
    session: Session,
    secret: bytes,
    county_id: UUID,
    unit_id: UUID,
    person_id: UUID,
    password_hash: str,
    seed: str | None,
) -> None:
    """Give a made-up person of a demonstration county a password, and a seed for codes; refused in a real one."""
    require_demonstration(session, county_id)
    enter(session, county_id, [unit_id], person_id)
    account = session.scalar(select(Account).filter_by(county_id=county_id, person_id=person_id))
    if account is None:
        account = Account(
            county_id=county_id, unit_id=unit_id, person_id=person_id, opened_at=func.clock_timestamp()
        )
        session.add(account)
    account.password_hash = password_hash
    account.totp = sealed(secret, person_id, seed) if seed else None
    account.totp_since = func.clock_timestamp() if seed else None
    account.totp_step = None
    session.flush()
