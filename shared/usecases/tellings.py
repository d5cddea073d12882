"""Tellings: what is told to a county's programs of each step, again where it was not heard."""

from base64 import b64decode
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Row, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.messages import Message
from shared.db.session import enter
from shared.db.webhooks import Telling, Webhook
from shared.domain.errors import NotFound, NotNow
from shared.domain.webhooks import TellingState, pause_after
from shared.usecases.announcements import TOPIC
from shared.usecases.carry_out import remark
from shared.usecases.keys import unsealed
from shared.usecases.webhooks import PURPOSE, give_up, let_admit

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
    """One event on its way: to which address, signed with which secret, saying what; no secret, none opens."""

    id: UUID
    address: str
    secret: str | None
    body: dict[str, Any]


def dead_tellings(session: Session, actor: Actor) -> Sequence[Row[Any]]:
    """Return what was not heard in the end, the latest first, with why."""
    let_admit(actor)
    shown = (
        select(Telling.id, Telling.event, Telling.done_at, Telling.error, Webhook.address)
        .join(Webhook, (Webhook.county_id == Telling.county_id) & (Webhook.id == Telling.webhook_id))
        .where(Telling.county_id == actor.county_id, Telling.unit_id == actor.unit_id)
        .where(Telling.state == TellingState.DEAD, Webhook.ended_at.is_(None))
    )
    return session.execute(shown.order_by(Telling.done_at.desc(), Telling.id).limit(SHOWN_DEAD)).all()


def tell_again(session: Session, actor: Actor, telling_id: UUID, now: datetime) -> None:
    """Try once more what was given up."""
    let_admit(actor)
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


def hold_next(session: Session, county_id: UUID, sealing: bytes) -> Parcel | None:
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
    return Parcel(row.id, hook.address, _opened(sealing, hook), body)


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
        give_up(row, row.error)
    else:
        row.due_at = func.clock_timestamp() + pause


def _opened(sealing: bytes, hook: Webhook) -> str | None:
    try:
        return unsealed(sealing, hook.id, b64decode(hook.secret), PURPOSE)
    except (NotNow, ValueError):
        return None
