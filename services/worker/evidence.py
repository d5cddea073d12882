"""Evidence: what has outlived its term goes by night; files that no row speaks of are swept away after it."""

import math
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from uuid import UUID

from services.worker.app import app, database
from shared.authz.actor import the_clock
from shared.config import settings
from shared.db.clock import read_clock
from shared.db.session import Db, acting
from shared.stores.evidence import store_of
from shared.usecases.evidence import sweep
from shared.usecases.retention import Outlived, destroy_outlived, outlived

# Whoever is still filling in the form of an upload finishes long before.
KEPT_FOR = timedelta(days=1)
AT_ONCE = 500
# Well under the task's limit; whatever is left goes the next night.
SPENDS_S = 40.0


@app.task(name="evidence.sweep")
def sweep_evidence() -> None:
    """Sweep; by the world's clock, as the files are dated, whatever a demonstration's says."""
    with database().begin() as session:
        sweep(session, store_of(settings()), datetime.now(UTC) - KEPT_FOR)


def destroy_all(db: Db, within_s: float = math.inf) -> int:
    """Let go what has outlived its term until none is left or the time is spent; return how many went."""
    ends, gone, moved = time.monotonic() + within_s, 0, 1
    while moved and time.monotonic() < ends:
        with db.begin() as session:
            waiting = sorted(outlived(session, AT_ONCE), key=_place)
        moved = sum(_destroy(db, place, list(files)) for place, files in groupby(waiting, key=_place))
        gone += moved
    return gone


def _place(file: Outlived) -> tuple[UUID, UUID]:
    return file.county_id, file.unit_id


def _destroy(db: Db, place: tuple[UUID, UUID], files: Sequence[Outlived]) -> int:
    with acting(db, *place) as session:
        return destroy_outlived(session, the_clock(*place), files, read_clock(session, place[0]))


@app.task(name="evidence.destroy")
def destroy_evidence() -> None:
    """Destroy."""
    destroy_all(database(), SPENDS_S)
