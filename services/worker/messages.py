"""Messages: the outbox is handed to the queue, and what arrives is told; the row decides, not the queue."""

import logging
from collections.abc import Callable, Sequence
from itertools import groupby
from uuid import UUID

from kombu.exceptions import OperationalError

from services.worker.app import app, database
from services.worker.deliveries import channels
from shared.config import settings
from shared.db.clock import read_clock
from shared.db.session import Db, acting
from shared.usecases.messages import Unsent, claim_unsent, deliver, mark_sent, unsent
from shared.usecases.tellings import hand_on

MOST = 500

Send = Callable[[Unsent], None]

log = logging.getLogger(__name__)


def relay_all(db: Db, send: Send) -> int:
    """Hand every message that waits to `send`; return how many. With the broker down the rest waits."""
    sent = 0
    with db.begin() as session:
        waiting = unsent(session, MOST)
    try:
        for county_id, messages in groupby(sorted(waiting), key=lambda one: one.county_id):
            sent += _relay(db, county_id, list(messages), send)
    except OperationalError as fault:
        log.warning("the broker takes no messages, they stay in the outbox: %s", fault)
    return sent


def _relay(db: Db, county_id: UUID, messages: Sequence[Unsent], send: Send) -> int:
    """Mark after sending, in the same transaction: what a crash comes between is sent again, never lost."""
    with acting(db, county_id, *{one.unit_id for one in messages}) as session:
        mine = claim_unsent(session, county_id, [one.id for one in messages])
        gone: list[UUID] = []
        fault: OperationalError | None = None
        for one in messages:
            if one.id in mine and fault is None:
                try:
                    send(one)
                    gone.append(one.id)
                except OperationalError as refused:
                    fault = refused
        mark_sent(session, county_id, gone)
    if fault is not None:
        raise fault
    return len(gone)


def queue(one: Unsent) -> None:
    """Hand one message's ids, not its words, to the queue."""
    given = [str(one.county_id), str(one.unit_id), str(one.id)]
    app.send_task("messages.deliver", args=given, task_id=str(one.id))


@app.task(name="messages.relay")
def relay() -> None:
    """Relay what waits in the outbox."""
    relay_all(database(), queue)


@app.task(name="messages.deliver")
def deliver_message(county_id: str, unit_id: str, message_id: str) -> None:
    """Tell those who must hear of it, once, however often this comes."""
    county = UUID(county_id)
    with acting(database(), county, UUID(unit_id)) as session:
        now = read_clock(session, county)
        deliver(session, UUID(message_id), county, now, channels(), settings().hours)
        hand_on(session, county, UUID(message_id))
