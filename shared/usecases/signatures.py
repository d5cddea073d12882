"""Signatures: the first of two people whom a unit wants for a step; the second one's act carries it out."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.authz.gate import OneOfTwo, see
from shared.db.policies import Signature
from shared.domain.errors import NotNow
from shared.domain.steps import step_in_words
from shared.usecases.carry_out import remark


def sign(session: Session, actor: Actor, first: OneOfTwo, now: datetime) -> None:
    """Write down that the actor, whose act was rehearsed, is the first of two; a second time changes nothing."""
    row = see(session, actor, first.action, first.row_type, first.row_id)
    if row.stage != first.stage or actor.person_id is None:
        raise NotNow("这件事刚刚有了变化，请刷新后再看。")
    mine = select(Signature.id).filter_by(
        county_id=actor.county_id,
        subject_id=row.id,
        action=first.action,
        stage=row.stage,
        person_id=actor.person_id,
    )
    if session.scalar(mine) is not None:
        return
    signature = Signature(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        subject_kind=row.__tablename__,
        subject_id=row.id,
        action=first.action,
        stage=row.stage,
        person_id=actor.person_id,
        person_name=actor.name,
        signed_at=now,
    )
    session.add(signature)
    remark(session, actor, row, "sign_first", now, note=step_in_words(first.action))
