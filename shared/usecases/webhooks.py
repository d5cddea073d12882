"""Webhooks: a county's addresses, what is told to them of each step, again where it was not heard."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Row, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.db.messages import Message
from shared.db.session import enter
from shared.db.webhooks import Telling, Webhook
from shared.domain.errors import Forbidden, Invalid, NotFound
from shared.domain.webhooks import EVENTS, MOST, TellingState, check_webhook, pause_after
from shared.usecases.announcements import TOPIC
from shared.usecases.carry_out import remark

LONGEST_ERROR = 300
SHOWN_DEAD = 50

# Held one by one: what another worker holds is left to it.
_DUE = text("""
SELECT t.id FROM telling t
WHERE t.county_id = :county AND t.state = 'waiting' AND t.due_at <= clock_timestamp()
ORDER BY t.due_at, t.id FOR UPDATE SKIP LOCKED LIMIT :most
""")


class Untold(NamedTuple):
    """Where something is due to be told; what it is is read after entering there."""

    county_id: UUID
    unit_id: UUID


class Parcel(NamedTuple):
    """One event on its way: to which address, signed with which secret, saying what."""

    id: UUID
    address: str
    secret: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """A webhook as its list shows it: its address, its events in words, and how many tellings stand how."""

    id: UUID
    address: str
    events: Sequence[str]
    made_at: datetime
    heard: int
    waiting: int
    dead: int


def add_webhook(
    session: Session, actor: Actor, address: str, events: Collection[str], private: bool, now: datetime
) -> str:
    """Have a county's program told of events at an address, and return the secret that signs them, this once.

    `private` where the operator lets programs inside their own network be told.
    """
    _require(actor)
    check_webhook(address, events, private)
    if len(webhooks_of(session, actor)) >= MOST:
        raise Invalid(f"最多登记 {MOST} 个网址，请先停用不再用的。")
    secret = f"whsec_{secrets.token_urlsafe(32)}"
    row = Webhook(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        address=address,
        events=",".join(event for event in EVENTS if event in events),
        secret=secret,
        made_by=actor.person_id,
        made_at=func.clock_timestamp(),
    )
    session.add(row)
    session.flush()
    remark(session, actor, row, "make", now, address)
    return secret


def end_webhook(session: Session, actor: Actor, webhook_id: UUID, now: datetime) -> None:
    """Tell an address nothing more; what is on its way to it is dropped."""
    _require(actor)
    row = session.get(Webhook, (actor.county_id, webhook_id), with_for_update=True)
    if row is None or row.ended_at is not None:
        raise NotFound("没有这个网址，可能已经停用。")
    row.ended_at = func.clock_timestamp()
    waiting = {"county_id": actor.county_id, "webhook_id": row.id, "state": TellingState.WAITING}
    for telling in session.scalars(select(Telling).filter_by(**waiting).with_for_update()):
        _dead(telling, "这个网址已经停用")
    remark(session, actor, row, "end", now, row.address)


def webhooks_of(session: Session, actor: Actor) -> Sequence[Known]:
    """Return the county's addresses that are told, the newest first."""
    _require(actor)
    counted = dict[tuple[UUID, str], int]()
    tally = select(Telling.webhook_id, Telling.state, func.count()).group_by(Telling.webhook_id, Telling.state)
    for webhook_id, state, number in session.execute(tally.where(Telling.county_id == actor.county_id)):
        counted[webhook_id, state] = number
    mine = select(Webhook).filter_by(county_id=actor.county_id, unit_id=actor.unit_id, ended_at=None)
    return [
        Known(
            row.id,
            row.address,
            [EVENTS[event] for event in row.events.split(",")],
            row.made_at,
            *(counted.get((row.id, state), 0) for state in ("heard", "waiting", "dead")),
        )
        for row in session.scalars(mine.order_by(Webhook.made_at.desc(), Webhook.id))
    ]


def dead_tellings(session: Session, actor: Actor) -> Sequence[Row[Any]]:
    """Return what was not heard in the end, the latest first, with why."""
    _require(actor)
    shown = (
        select(Telling.id, Telling.event, Telling.done_at, Telling.error, Webhook.address)
        .join(Webhook, (Webhook.county_id == Telling.county_id) & (Webhook.id == Telling.webhook_id))
        .where(Telling.county_id == actor.county_id, Telling.unit_id == actor.unit_id)
        .where(Telling.state == TellingState.DEAD, Webhook.ended_at.is_(None))
    )
    return session.execute(shown.order_by(Telling.done_at.desc(), Telling.id).limit(SHOWN_DEAD)).all()


def tell_again(session: Session, actor: Actor, telling_id: UUID, now: datetime) -> None:
    """Try once more what was given up."""
    _require(actor)
    row = session.get(Telling, (actor.county_id, telling_id), with_for_update=True)
    if row is None or row.state != TellingState.DEAD:
        raise NotFound("没有这条通知，或者它没有失败。")
    row.state, row.done_at, row.attempts = TellingState.WAITING, None, 0
    row.due_at = func.clock_timestamp()
    remark(session, actor, row, "tell_again", now)


def hand_on(session: Session, county_id: UUID, message_id: UUID) -> int:
    """Put an event that has arrived in line for each address that wants it, once however often it comes.

    Ends in the county's unit. Returns how many tellings are new.
    """
    message = session.get(Message, (county_id, message_id))
    if message is None or message.topic != TOPIC:
        return 0
    # What was done in the message's unit is written while it still shows.
    session.flush()
    enter(session, county_id, [county_id])
    wanting = select(Webhook).filter_by(county_id=county_id, ended_at=None)
    rows = [
        {
            "county_id": county_id,
            "id": uuid4(),
            "unit_id": hook.unit_id,
            "webhook_id": hook.id,
            "message_id": message.id,
            "event": message.body["event"],
            "subject_id": UUID(subject["id"]),
            "subject_unit_id": UUID(subject["unit_id"]),
            "subject_state": subject["state"],
            "happened_at": message.made_at,
            "state": TellingState.WAITING,
            "due_at": func.clock_timestamp(),
            "attempts": 0,
        }
        for hook in session.scalars(wanting)
        if message.body["event"] in hook.events.split(",")
        for subject in message.body["subjects"]
    ]
    if not rows:
        return 0
    once = insert(Telling).values(rows).on_conflict_do_nothing().returning(Telling.id)
    return len(session.scalars(once).all())


def untold(session: Session, most: int) -> list[Untold]:
    """Return where something is due to be told, anywhere."""
    return [Untold(*row) for row in session.execute(text("SELECT * FROM jifen.untold(:most)"), {"most": most})]


def hold_next(session: Session, county_id: UUID) -> Parcel | None:
    """Lock one telling that is due and that nobody else holds, and return it ready to be sent.

    The lock lasts as long as the transaction: a worker that is killed before it has noted what it sent sends it
    again, under the same id.
    """
    found = session.scalar(_DUE, {"county": county_id, "most": 1})
    if found is None:
        return None
    row = session.get_one(Telling, (county_id, found))
    hook = session.get_one(Webhook, (county_id, row.webhook_id))
    body = {
        "id": str(row.id),
        "event": row.event,
        "at": row.happened_at.isoformat(),
        "subject": {"id": str(row.subject_id), "unit_id": str(row.subject_unit_id), "state": row.subject_state},
    }
    return Parcel(row.id, hook.address, hook.secret, body)


def note_heard(session: Session, county_id: UUID, telling_id: UUID) -> None:
    """Note that it was heard."""
    row = session.get_one(Telling, (county_id, telling_id))
    row.state, row.attempts, row.error = TellingState.HEARD, row.attempts + 1, None
    row.done_at = func.clock_timestamp()


def note_unheard(session: Session, county_id: UUID, telling_id: UUID, error: str) -> None:
    """Note why it was not heard: it is told again after a pause that grows, and is dead after the last."""
    row = session.get_one(Telling, (county_id, telling_id))
    row.attempts, row.error = row.attempts + 1, error[:LONGEST_ERROR]
    pause = pause_after(row.attempts)
    if pause is None:
        _dead(row, row.error)
    else:
        row.due_at = func.clock_timestamp() + pause


def _dead(row: Telling, error: str) -> None:
    row.state, row.error = TellingState.DEAD, error
    row.done_at = func.clock_timestamp()


def _require(actor: Actor) -> None:
    require(actor, Action.PROGRAM_ADMIT)
    if actor.unit_id != actor.county_id:
        raise Forbidden("接入程序由县里的系统管理员办理。")
