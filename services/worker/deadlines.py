"""Deadlines: whatever is due is fired, in the order of its instants, once, however many workers there are."""

import logging
import math
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import takewhile
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from services.worker.app import app, database
from services.worker.messages import queue, relay_all
from shared.db.session import ONCE_FOR_ALL, Db, acting
from shared.usecases.deadlines import Due, due, fire, fire_reminders, fire_windows, postpone
from shared.usecases.notices import CLOSE_WINDOW
from shared.usecases.reminders import REMIND

MOST = 1000
WINDOWS_AT_ONCE = 50
# Well under the task's limit; whatever is left waits for the next knock.
SPENDS_S = 20.0
# A reminder arms nothing sooner than days later: those of one day cannot overtake each other's effects.
REMINDERS_WITHIN = timedelta(days=1)

log = logging.getLogger(__name__)


def fire_all_due(db: Db, within_s: float = math.inf) -> int:
    """Fire what is due until nothing is, others hold the rest, or the time is spent; return how many fired."""
    ends = time.monotonic() + within_s
    tally: Counter[str] = Counter()
    moved = -1
    while tally.total() > moved and time.monotonic() < ends:
        moved = tally.total()
        with db.begin() as session:
            waiting = due(session, MOST)
        for batch in batches(waiting):
            tally += _fire_together(db, batch)
    return tally["fired"]


def batches(waiting: Sequence[Due]) -> Iterator[list[Due]]:
    """Yield what may be fired now: of each county the earliest instant alone.

    What it sets off may itself be due before the county's next instant, where a worker comes late: taken in
    order, the ledger is the same as if it had come in time.
    """
    counties: dict[UUID, list[Due]] = defaultdict(list)
    for one in waiting:
        counties[one.county_id].append(one)
    for of_county in counties.values():
        # Reminders last: the step of the same instant may have made them needless.
        of_county.sort(key=lambda one: (one.due_at, one.command == REMIND, one.command, one.id))
        yield from _together(of_county)


def _together(of_county: Sequence[Due]) -> Iterator[list[Due]]:
    """Split the head of one county's line into batches of one statement each, and single ones."""
    first = of_county[0]
    if first.command == REMIND:
        last = first.due_at + REMINDERS_WITHIN
        yield list(takewhile(lambda one: one.command == REMIND and one.due_at < last, of_county))
        return
    now = [one for one in of_county if one.due_at == first.due_at and one.command != REMIND]
    windows = [one for one in now if one.command == CLOSE_WINDOW]
    for start in range(0, len(windows), WINDOWS_AT_ONCE):
        yield windows[start : start + WINDOWS_AT_ONCE]
    yield from ([one] for one in now if one.command != CLOSE_WINDOW)


def _fire_together(db: Db, batch: Sequence[Due]) -> Counter[str]:
    """Fire a batch in one transaction; where one of it fails, each for itself, so that the others are in time."""
    if len(batch) == 1:
        return _fire_one(db, batch[0])
    county_id = batch[0].county_id
    try:
        with acting(db, county_id, *sorted({one.unit_id for one in batch})) as session:
            if batch[0].command == REMIND:
                fired = fire_reminders(session, county_id, batch[0].unit_id, [one.id for one in batch])
            else:
                fired = fire_windows(session, county_id, batch)
        return Counter(fired=fired)
    except Exception as fault:
        _give_up_if_unreachable(fault)
        log.exception("%d deadlines (%s) together failed, now one by one", len(batch), batch[0].command)
    return sum((_fire_one(db, one) for one in batch), Counter())


def _fire_one(db: Db, one: Due) -> Counter[str]:
    """Fire one deadline in a transaction of its own; a failed one steps aside, so that the line moves on."""
    try:
        # What the clock does is alike in every unit. Planned as PostgreSQL sees fit, which was anew for each
        # branch once several counties were there, a window took half as long again to close.
        with acting(db, one.county_id, one.unit_id, plans=ONCE_FOR_ALL) as session:
            return Counter(fired=int(fire(session, one)))
    except Exception as fault:
        _give_up_if_unreachable(fault)
        log.exception("deadline %s (%s) failed and is postponed", one.id, one.command)
    with acting(db, one.county_id, one.unit_id) as session:
        postpone(session, one)
    return Counter(postponed=1)


def _give_up_if_unreachable(fault: Exception) -> None:
    """A database that went away is no row's fault: nothing is postponed, the next knock tries again."""
    if isinstance(fault, DBAPIError) and fault.connection_invalidated:
        raise fault


@app.task(name="deadlines.fire_due")
def fire_due() -> None:
    """Fire what is due, then relay what it has to say."""
    fire_all_due(database(), SPENDS_S)
    relay_all(database(), queue)
