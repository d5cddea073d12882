"""Suspensions: a county that takes nothing in, with the sentence that each of its pages shows meanwhile."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.archives import Suspension, suspension_of
from shared.db.session import enter
from shared.db.units import Unit
from shared.domain.errors import Invalid, NotFound, NotNow
from shared.usecases.carry_out import remark

ARCHIVED = "archived"


def operator(county_id: UUID, name: str) -> Actor:
    """Return who does this: whoever runs the installation, by the name they gave; the pages know no such role."""
    if not name.strip():
        raise Invalid("请写明是谁决定的。")
    return Actor(county_id, county_id, None, name.strip(), frozenset({"operator"}))


def suspend(session: Session, actor: Actor, kind: str, sentence: str, now: datetime) -> Suspension:
    """Let a county take nothing in from now on; as the worker's login, which alone may.

    What is suspended may be archived; what is archived is resumed first.
    """
    county = _county(session, actor)
    if not sentence.strip():
        raise Invalid("请写一句话，说明为什么停用、到什么时候，它会出现在每一页上。")
    running = suspension_of(session, actor.county_id)
    if running is not None and (running.kind == ARCHIVED or kind != ARCHIVED):
        raise NotNow(f"{county.name}已经停用：{running.sentence}")
    if running is not None:
        running.ended_at = now
        session.flush()
    # Told first: nothing is written down in a county that takes nothing in.
    remark(session, actor, county, "suspend", now, note=sentence.strip())
    suspension = Suspension(
        county_id=actor.county_id,
        unit_id=actor.county_id,
        kind=kind,
        sentence=sentence.strip(),
        ordered_by=actor.name,
        since=now,
    )
    session.add(suspension)
    session.flush()
    return suspension


def resume(session: Session, actor: Actor, now: datetime) -> None:
    """Let a county work again; what fell due meanwhile is done then."""
    county = _county(session, actor)
    running = suspension_of(session, actor.county_id)
    if running is None:
        raise NotNow(f"{county.name}没有停用。")
    running.ended_at = now
    session.flush()
    remark(session, actor, county, "resume", now, note=running.sentence)


def refuse_suspended(session: Session, county_id: UUID) -> None:
    """Raise NotNow with the county's sentence where it takes nothing in."""
    running = suspension_of(session, county_id)
    if running is not None:
        raise NotNow(f"现在只能看，不能办理。{running.sentence}")


def said_of(session: Session, county_id: UUID) -> str:
    """Return the county's sentence while it takes nothing in, else nothing; the transaction has entered it."""
    running = suspension_of(session, county_id)
    return running.sentence if running else ""


def _county(session: Session, actor: Actor) -> Unit:
    enter(session, actor.county_id, [actor.county_id])
    county = session.get(Unit, (actor.county_id, actor.county_id))
    if county is None:
        raise NotFound("没有这个县。")
    return county
