"""Retention: a county lays down how long files are kept; those whose time is over go, and leave a stone."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.db.evidence import Evidence
from shared.db.retention import Retention
from shared.domain.errors import Invalid
from shared.domain.retention import USUAL_DAYS, by_term, term_faults
from shared.usecases.carry_out import remark, remark_ids

_DAYS = text("SELECT jifen.kept_days(:county)")
_OUTLIVED = text("SELECT county_id, unit_id, id, days FROM jifen.outlived(:usual, :most)")


class Outlived(NamedTuple):
    """A file whose time is over: where it is, and after how many days from the end it goes."""

    county_id: UUID
    unit_id: UUID
    id: UUID
    days: int


def kept_days(session: Session, county_id: UUID) -> int:
    """Return for how many days after the end the county keeps files."""
    return session.scalar(_DAYS, {"county": county_id}) or USUAL_DAYS


def set_term(session: Session, actor: Actor, days: int | None, basis: str, now: datetime) -> Retention:
    """Lay down for how many days the county keeps files from now on; all faults at once."""
    require(actor, Action.RETENTION_SET)
    faults = term_faults(days, basis)
    if faults or days is None or actor.person_id is None:
        raise Invalid(*faults)
    made = Retention(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        days=days,
        basis=basis.strip(),
        set_by=actor.person_id,
        set_at=now,
    )
    session.add(made)
    remark(session, actor, made, "set_term", now, note=f"材料在办结后保存 {days} 天（{made.basis}）")
    return made


def terms_set(session: Session, actor: Actor) -> Sequence[Retention]:
    """Return what the county has laid down, newest first."""
    require(actor, Action.RETENTION_SET)
    own = select(Retention).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    return session.scalars(own.order_by(Retention.set_at.desc(), Retention.id)).all()


def outlived(session: Session, most: int) -> list[Outlived]:
    """Return files of any county whose time is over, the oldest first."""
    return [Outlived(*row) for row in session.execute(_OUTLIVED, {"usual": USUAL_DAYS, "most": most})]


def destroy_outlived(session: Session, actor: Actor, files: Sequence[Outlived], now: datetime) -> int:
    """Let the files of one unit go whose time is over; return how many went."""
    rules = {file.id: by_term(file.days) for file in files}
    there = select(Evidence).where(Evidence.county_id == actor.county_id, Evidence.id.in_(rules))
    going = session.scalars(there.where(Evidence.removed_at.is_(None)).with_for_update()).all()
    for file in going:
        destroy(session, actor, file, rules[file.id], now)
    return len(going)


def destroy(session: Session, actor: Actor, file: Evidence, rule: str, now: datetime) -> None:
    """Put the stone in a file's place; the file itself goes with the next sweep, once no other row names it."""
    file.removed_at, file.destroyed_under, file.name = now, rule, ""
    note = f"{file.size} 字节，校验码 {file.digest}（{rule}）"
    session.flush()
    remark_ids(session, actor, file.subject_kind, [(file.unit_id, file.subject_id)], "destroy", now, note)
