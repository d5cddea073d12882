"""Deliveries: what is due leaves by its channel, one person at a time, whatever becomes of the others."""

import logging
import time
from collections.abc import Mapping
from functools import cache

from services.worker.app import app, database
from services.worker.channels import Channel, NotSent, channels_of
from shared.config import settings
from shared.db.clock import read_clock
from shared.db.session import Db, acting
from shared.domain.notifications import Hours
from shared.usecases.deliveries import Parcel, Waiting, hold_parcels, note_failed, note_sent, undelivered

MOST = 200
# Well under the task's limit; whatever is left waits for the next knock.
SPENDS_S = 25.0

log = logging.getLogger(__name__)


@cache
def channels() -> Mapping[str, Channel]:
    """Return this installation's channels."""
    return channels_of(settings())


def send_all(db: Db, offered: Mapping[str, Channel], hours: Hours) -> int:
    """Send whatever is due now; return how many parcels have left."""
    ends = time.monotonic() + SPENDS_S
    with db.begin() as session:
        waiting = undelivered(session, MOST)
    left = 0
    for one in waiting:
        if time.monotonic() < ends:
            left += _send_to(db, one, offered, hours)
    return left


def _send_to(db: Db, waiting: Waiting, offered: Mapping[str, Channel], hours: Hours) -> int:
    """Send while the rows are locked, note in the same transaction: who is killed between sends it once more."""
    left = 0
    with acting(db, waiting.county_id, waiting.unit_id) as session:
        now = read_clock(session, waiting.county_id)
        for parcel in hold_parcels(session, waiting, now):
            fault = _fault_of(parcel, offered)
            if fault is None:
                note_sent(session, waiting.county_id, parcel, now)
                left += 1
            else:
                log.warning("delivery %s by %s has not left: %s", parcel.key, parcel.channel, fault)
                note_failed(session, waiting, parcel, fault, now, offered, hours)
    return left


def _fault_of(parcel: Parcel, offered: Mapping[str, Channel]) -> str | None:
    channel = offered.get(parcel.channel)
    if channel is None or not parcel.address:
        return "这种方式没有开通，或已不愿使用"
    try:
        channel.send(parcel.address, parcel.text, parcel.key)
    except NotSent as fault:
        return str(fault)
    return None


@app.task(name="deliveries.send")
def send() -> None:
    """Send what is due."""
    send_all(database(), channels(), settings().hours)
