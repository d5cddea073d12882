"""Deliveries: what somebody was told goes to them outside as well, in working hours, again where it fails."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from shared.db.deliveries import ContactWay, Delivery
from shared.db.members import Person
from shared.db.messages import Notification
from shared.db.units import Unit
from shared.domain.notifications import (
    SMS,
    DeliveryState,
    Hours,
    Way,
    again_at,
    in_hours,
    in_words,
    next_channel,
    planned,
)

LONGEST_ERROR = 300


class Waiting(NamedTuple):
    """For whom something waits to be sent, and where they are; what it is is read after entering there."""

    county_id: UUID
    unit_id: UUID
    person_id: UUID


class Parcel(NamedTuple):
    """What one person is sent by one channel at once; `key` is the same again unless more has joined it."""

    channel: str
    address: str
    text: str
    key: str
    ids: tuple[UUID, ...]


def plan(
    session: Session,
    county_id: UUID,
    unit_id: UUID,
    notification_ids: Sequence[UUID],
    offered: Collection[str],
    hours: Hours,
) -> None:
    """Put in line what leaves the product, by the wishes of whoever is told."""
    if not offered or not notification_ids:
        return
    told = select(Notification).where(Notification.county_id == county_id, Notification.id.in_(notification_ids))
    notifications = session.scalars(told).all()
    ways = ways_of(session, county_id, unit_id, [one.person_id for one in notifications])
    rows = [
        _queued(Waiting(county_id, unit_id, one.person_id), one.id, channel, in_hours(from_when, hours))
        for one in notifications
        for channel, from_when in planned(one.topic, one.made_at, ways[one.person_id], offered)
    ]
    if rows:
        session.execute(insert(Delivery), rows)


def _queued(whose: Waiting, notification_id: UUID, channel: str, due_at: datetime) -> dict[str, Any]:
    return {
        **whose._asdict(),
        "id": uuid4(),
        "notification_id": notification_id,
        "channel": channel,
        "state": DeliveryState.QUEUED,
        "due_at": due_at,
        "attempts": 0,
    }


def ways_of(
    session: Session, county_id: UUID, unit_id: UUID, person_ids: Collection[UUID]
) -> dict[UUID, list[Way]]:
    """Return each person's ways in their order; who has said nothing of SMS has it at their telephone.

    Not in a demonstration: its people are made up, and their telephones may be somebody's.
    """
    found: dict[UUID, list[Way]] = defaultdict(list)
    given = select(ContactWay).where(
        ContactWay.county_id == county_id,
        ContactWay.unit_id == unit_id,
        ContactWay.person_id.in_(person_ids),
    )
    for way in session.scalars(given.order_by(ContactWay.rank)):
        found[way.person_id].append(Way(way.channel, way.address, way.wanted))
    if session.get_one(Unit, (county_id, county_id)).demonstration:
        return found
    known = select(Person.id, Person.telephone).where(Person.county_id == county_id, Person.id.in_(person_ids))
    for person_id, telephone in session.execute(known):
        if telephone and all(way.channel != SMS for way in found[person_id]):
            found[person_id].append(Way(SMS, telephone))
    return found


def undelivered(session: Session, most: int) -> list[Waiting]:
    """Return for whom something is due to be sent, anywhere."""
    waiting = text("SELECT county_id, unit_id, person_id FROM jifen.undelivered(:most)")
    return [Waiting(*row) for row in session.execute(waiting, {"most": most})]


def hold_parcels(session: Session, waiting: Waiting, now: datetime) -> list[Parcel]:
    """Lock what is due for one person and return it, one parcel a channel; what others hold is left to them.

    What they have seen meanwhile is not sent any more. The lock lasts as long as the transaction: a worker that
    is killed before it has noted what it sent sends it again: at least once, never not at all.
    """
    held = (
        select(Delivery, Notification.topic, Notification.seen_at)
        .join(
            Notification,
            (Notification.county_id == Delivery.county_id) & (Notification.id == Delivery.notification_id),
        )
        .where(Delivery.county_id == waiting.county_id, Delivery.unit_id == waiting.unit_id)
        .where(Delivery.person_id == waiting.person_id, Delivery.state == DeliveryState.QUEUED)
        .where(Delivery.due_at <= now)
        .order_by(Delivery.id)
        .with_for_update(of=Delivery, skip_locked=True)
    )
    unseen: dict[str, list[tuple[UUID, str]]] = defaultdict(list)
    seen = []
    for delivery, topic, seen_at in session.execute(held):
        if seen_at is None:
            unseen[delivery.channel].append((delivery.id, topic))
        else:
            seen.append(delivery.id)
    _mark(session, waiting.county_id, seen, state=DeliveryState.SEEN, done_at=now)
    return [_parcel(session, waiting, channel, some) for channel, some in unseen.items()]


def note_sent(session: Session, county_id: UUID, parcel: Parcel, now: datetime) -> None:
    """Note that a parcel has left."""
    done = {"state": DeliveryState.SENT, "done_at": now, "error": None}
    _mark(session, county_id, parcel.ids, attempts=Delivery.attempts + 1, **done)


def note_failed(
    session: Session,
    waiting: Waiting,
    parcel: Parcel,
    error: str,
    now: datetime,
    offered: Collection[str],
    hours: Hours,
) -> None:
    """Note why a parcel has not left: it is tried again, then by the person's next way; then somebody calls."""
    county_id = waiting.county_id
    counted = update(Delivery).where(Delivery.county_id == county_id, Delivery.id.in_(parcel.ids))
    told = counted.values(attempts=Delivery.attempts + 1, error=error[:LONGEST_ERROR])
    given_up = []
    for delivery_id, attempts in session.execute(told.returning(Delivery.id, Delivery.attempts)).all():
        due_at = again_at(now, attempts, hours)
        if due_at is None:
            given_up.append(delivery_id)
        else:
            _mark(session, county_id, [delivery_id], due_at=due_at)
    if given_up:
        _mark(session, county_id, given_up, state=DeliveryState.FAILED, done_at=now)
        _by_another_way(session, waiting, given_up, in_hours(now, hours), offered)


def _by_another_way(
    session: Session, waiting: Waiting, given_up: Sequence[UUID], due_at: datetime, offered: Collection[str]
) -> None:
    """Put in line again, by the next way of whoever is told, what has not arrived by one of them."""
    ways = ways_of(session, waiting.county_id, waiting.unit_id, [waiting.person_id])[waiting.person_id]
    same = (Notification.county_id == Delivery.county_id) & (Notification.id == Delivery.notification_id)
    failed = select(Delivery.notification_id).where(Delivery.id.in_(given_up))
    tried: dict[tuple[UUID, str], set[str]] = defaultdict(set)
    of_these = select(Notification.id, Notification.topic, Delivery.channel).join(Delivery, same)
    for notification_id, topic, channel in session.execute(
        of_these.where(Delivery.county_id == waiting.county_id, Delivery.notification_id.in_(failed))
    ):
        tried[notification_id, topic].add(channel)
    rows = [
        _queued(waiting, notification_id, another, due_at)
        for (notification_id, topic), channels in tried.items()
        if (another := next_channel(topic, ways, offered, channels)) is not None
    ]
    if rows:
        session.execute(insert(Delivery), rows)


def _parcel(session: Session, waiting: Waiting, channel: str, some: Sequence[tuple[UUID, str]]) -> Parcel:
    ways = ways_of(session, waiting.county_id, waiting.unit_id, [waiting.person_id])[waiting.person_id]
    address = next((way.address for way in ways if way.channel == channel and way.wanted), "")
    unit = session.get_one(Unit, (waiting.county_id, waiting.unit_id))
    written = in_words([topic for _, topic in some], unit.telephone)
    ids = tuple(delivery_id for delivery_id, _ in some)
    return Parcel(channel, address, written, f"{ids[0]}-{len(ids)}", ids)


def _mark(session: Session, county_id: UUID, ids: Sequence[UUID], **values: object) -> None:
    if ids:
        session.execute(
            update(Delivery).where(Delivery.county_id == county_id, Delivery.id.in_(ids)).values(**values)
        )
