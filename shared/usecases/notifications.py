"""Notifications: what somebody has been told and not seen, how they wish to be told, and whom to call."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import may, require, see
from shared.db.deliveries import ContactWay, PhoneCall
from shared.db.members import Member
from shared.db.messages import Notification
from shared.domain.errors import Forbidden, Invalid
from shared.domain.notifications import MUST_REACH, UNSEEN_FOR, Way, check_ways
from shared.usecases.deliveries import ways_of

MOST = 200

# Whom nothing has reached: not the product, nor a channel that has sent it or still may, nor a call since.
_CALLS = text("""
SELECT m.id, m.name, p.telephone, count(*) AS unseen, min(n.made_at) AS since,
    (SELECT max(c.called_at) FROM phone_call c WHERE c.county_id = m.county_id AND c.member_id = m.id) AS tried_at
FROM notification n
JOIN member m ON m.county_id = n.county_id AND m.unit_id = n.unit_id AND m.person_id = n.person_id
    AND m.present_to IS NULL
JOIN person p ON p.county_id = m.county_id AND p.id = m.person_id
WHERE n.county_id = :county AND n.unit_id = :unit AND n.seen_at IS NULL AND n.made_at <= :before
  AND n.topic = ANY(CAST(:topics AS text[]))
  AND NOT EXISTS (SELECT FROM delivery d WHERE d.county_id = n.county_id AND d.notification_id = n.id
                  AND d.state IN ('queued', 'sent'))
  AND NOT EXISTS (SELECT FROM phone_call c WHERE c.county_id = m.county_id AND c.member_id = m.id
                  AND c.reached AND c.called_at >= n.made_at)
GROUP BY m.county_id, m.id, m.name, m.name_sort, p.telephone ORDER BY since, m.name_sort
""")


class ToCall(NamedTuple):
    """A member to be called: how much they have not seen, since when, and when somebody last tried."""

    member_id: UUID
    name: str
    telephone: str | None
    unseen: int
    since: datetime
    tried_at: datetime | None


def own_notifications(session: Session, actor: Actor) -> list[Notification]:
    """Return what this person was told in this unit, newest first; the last two hundred."""
    told = select(Notification).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    own = told.where(Notification.person_id == actor.person_id)
    return list(session.scalars(own.order_by(Notification.made_at.desc(), Notification.id).limit(MOST)))


def unseen_count(session: Session, actor: Actor) -> int:
    """Return how much of it they have not seen."""
    own = select(func.count(Notification.id)).where(Notification.county_id == actor.county_id)
    of_unit = own.where(Notification.unit_id == actor.unit_id, Notification.seen_at.is_(None))
    return session.scalar(of_unit.where(Notification.person_id == actor.person_id)) or 0


def mark_seen(session: Session, actor: Actor, ids: Sequence[UUID], now: datetime) -> int:
    """Note that they have seen these of their own; return how many were new. The first time stays."""
    own = update(Notification).where(
        Notification.county_id == actor.county_id,
        Notification.person_id == actor.person_id,
        Notification.id.in_(ids),
        Notification.seen_at.is_(None),
    )
    return len(session.scalars(own.values(seen_at=now).returning(Notification.id)).all())


def own_ways(session: Session, actor: Actor) -> list[Way]:
    """Return how this person is told in this unit, in their order; SMS at their telephone unless they said no."""
    person = _person(actor)
    return ways_of(session, actor.county_id, actor.unit_id, [person])[person]


def set_ways(session: Session, actor: Actor, ways: Sequence[Way], offered: Collection[str]) -> None:
    """Say how one wishes to be told in this unit, the best way first; what was said before and is left out ends.

    In the product one always is told. Who never spoke of SMS gets it at their telephone; a way that is not
    `wanted` ends that. Raises Invalid with every fault.
    """
    person = _person(actor)
    check_ways(ways, offered)
    of_person = {"county_id": actor.county_id, "unit_id": actor.unit_id, "person_id": person}
    session.execute(update(ContactWay).filter_by(**of_person).values(wanted=False))
    for rank, way in enumerate(ways):
        said = {"address": way.address, "rank": rank, "wanted": way.wanted}
        row = insert(ContactWay).values(**of_person, channel=way.channel, **said)
        key = ["county_id", "unit_id", "person_id", "channel"]
        session.execute(row.on_conflict_do_update(index_elements=key, set_=said))


def call_list(session: Session, actor: Actor, now: datetime) -> list[ToCall]:
    """Return whom of this unit somebody must call, who has waited longest first; a leader sees their group's."""
    require(actor, Action.CALL_RECORD)
    asked = {"county": actor.county_id, "unit": actor.unit_id, "before": now - UNSEEN_FOR}
    found = [ToCall(*row) for row in session.execute(_CALLS, {**asked, "topics": sorted(MUST_REACH)})]
    there = select(Member).where(
        Member.county_id == actor.county_id, Member.id.in_([one.member_id for one in found])
    )
    theirs = {member.id for member in session.scalars(there) if may(actor, Action.CALL_RECORD, member)}
    return [one for one in found if one.member_id in theirs]


def record_call(
    session: Session, actor: Actor, member_id: UUID, reached: bool, note: str, now: datetime
) -> PhoneCall:
    """Write a call down, made now; whoever was reached leaves the list until there is more to tell them."""
    member = see(session, actor, Action.CALL_RECORD, Member, member_id)
    if len(note) > MOST:
        raise Invalid(f"备注最多 {MOST} 字。")
    call = PhoneCall(
        county_id=member.county_id,
        unit_id=member.unit_id,
        member_id=member.id,
        called_by=_person(actor),
        called_at=now,
        reached=reached,
        note=note,
    )
    session.add(call)
    session.flush()
    return call


def _person(actor: Actor) -> UUID:
    if actor.person_id is None:
        raise Forbidden("请先登录。")
    return actor.person_id
