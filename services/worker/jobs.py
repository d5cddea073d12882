"""Jobs: whatever long work waits is taken step by step; a knock only wakes, the rows say what is left to do."""

import logging
import math
import time
from collections.abc import Mapping

from services.worker.app import app, database
from shared.db.session import Db, acting
from shared.usecases import batches, imports, trials
from shared.usecases.jobs import (
    JobPlace,
    Work,
    drop_file,
    enter_lane,
    note_fault,
    stale_files,
    take_step,
    unfinished,
)

MOST = 500
# With the longest step well under the task's limit; whatever is left waits for the next knock.
SPENDS_S = 20.0
# Each kind of work, and who does its next piece.
WORKS: Mapping[str, Work] = {
    imports.JOB: imports.go_on,
    batches.KIND: batches.print_some,
    trials.KIND: trials.try_on,
}

log = logging.getLogger(__name__)


def run_all(db: Db, works: Mapping[str, Work], within_s: float = math.inf) -> int:
    """Take a step of every job in turn until none is left or the time is spent; return how many were taken."""
    ends = time.monotonic() + within_s
    taken = 0
    with db.begin() as lane:
        if not enter_lane(lane):
            return 0
        while time.monotonic() < ends:
            with db.begin() as session:
                waiting = unfinished(session, MOST)
            if not waiting:
                break
            taken += sum(_step(db, place, works) for place in waiting if time.monotonic() < ends)
    return taken


def _step(db: Db, place: JobPlace, works: Mapping[str, Work]) -> int:
    """Take one step in a transaction of its own; what it fails with is written down in another."""
    try:
        with db.begin() as session:
            take_step(session, place, works)
    except Exception as fault:
        log.exception("job %s has failed in a step", place.id)
        with db.begin() as session:
            note_fault(session, place, fault)
    return 1


@app.task(name="jobs.run")
def run() -> None:
    """Go on with what waits."""
    run_all(database(), WORKS, SPENDS_S)


def sweep_files(db: Db) -> None:
    """Forget the files that have been kept for seven days."""
    with db.begin() as session:
        stale = stale_files(session, MOST)
    for place in stale:
        with acting(db, place.county_id, place.unit_id) as session:
            drop_file(session, place)


def sweep_imports(db: Db) -> None:
    """Forget what files held that were uploaded more than a week ago."""
    with db.begin() as session:
        stale = imports.stale_imports(session, MOST)
    for place in stale:
        with acting(db, place.county_id, place.unit_id) as session:
            imports.forget_file(session, place)


@app.task(name="jobs.sweep")
def sweep() -> None:
    """Forget what is old."""
    sweep_files(database())
    sweep_imports(database())
