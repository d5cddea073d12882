"""Rounds: with the first day of a period the clock opens the round of every branch whose book begins one."""

import logging
import time

from services.worker.app import app, database
from shared.authz.actor import the_clock
from shared.db.clock import read_clock
from shared.db.session import Db, acting
from shared.usecases.rounds import Beginning, beginning, open_current

MOST = 2000
# Well under the task's limit; whatever is left waits for the next knock.
SPENDS_S = 30.0

log = logging.getLogger(__name__)


def begin_all(db: Db, spends_s: float = SPENDS_S) -> int:
    """Open what begins, each branch in a transaction of its own; return how many rounds were opened."""
    ends = time.monotonic() + spends_s
    with db.begin() as session:
        waiting = beginning(session, MOST)
    return sum(_begin(db, one) for one in waiting if time.monotonic() < ends)


def _begin(db: Db, one: Beginning) -> bool:
    try:
        with acting(db, one.county_id, one.unit_id) as session:
            clock = the_clock(one.county_id, one.unit_id)
            return open_current(session, clock, read_clock(session, one.county_id)) is not None
    except Exception:
        # One branch that cannot begin does not keep the others from it.
        log.exception("the round of %s has not been opened", one.unit_id)
        return False


@app.task(name="rounds.begin")
def begin() -> None:
    """Open what begins."""
    begin_all(database())
