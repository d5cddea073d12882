"""Looks: who has looked at a member's points, written down so that the member can read it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import see
from shared.db.history import History
from shared.db.members import Member
from shared.usecases.carry_out import remark
from shared.usecases.statements import Statement, see_statement

LOOK = "look"


def look_at_statement(session: Session, actor: Actor, member_id: UUID, now: datetime) -> Statement:
    """Return another's statement, and write down that this actor has looked at it."""
    seen = see_statement(session, actor, member_id)
    if actor.member_id != member_id:
        remark(session, actor, seen.member, LOOK, now)
    return seen


def looks_at(session: Session, actor: Actor, member_id: UUID, most: int = 100) -> Sequence[History]:
    """Return who has looked at a member's points, for that member, newest first."""
    member = see(session, actor, Action.STATEMENT_SEE, Member, member_id)
    told = select(History).filter_by(county_id=actor.county_id, subject_id=member.id, command=LOOK)
    return session.scalars(told.order_by(History.recorded_at.desc()).limit(most)).all()
