"""Proxies (代办): relatives named by a member, and the member being told of what others did for them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.members import Member
from shared.usecases.messages import Audience, tell


def tell_member(session: Session, actor: Actor, what: str, now: datetime) -> None:
    """Tell the member what somebody has just done for them; nothing where the actor acts for themselves."""
    if actor.acting_for is None:
        return
    person = select(Member.person_id).filter_by(county_id=actor.county_id, id=actor.acting_for)
    told = Audience(persons=[session.scalars(person).one()])
    said = f"{actor.name}代您办理了：{what}。如不是您的意思，请告知支部。"
    tell(session, actor, actor.unit_id, "done_for_you", actor.acting_for, said, told, now)
