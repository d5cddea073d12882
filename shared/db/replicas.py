"""Replicas: a copy of the database is read from while it keeps up; what it cannot answer the original does."""

import logging
import time
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shared.db.session import Db, connect

# How far behind a copy may be: what somebody has written themselves they read from the original for longer.
BEHIND_S = 5.0
# A copy that did not answer is left alone for a while: asking it again costs every reader a connection's patience.
RESTS_S = 30.0

# The last two are equal while nothing is written, however long ago the last step was.
_BEHIND = text("""
SELECT CASE WHEN NOT pg_is_in_recovery() THEN NULL
            WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
            ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END
""")

log = logging.getLogger(__name__)


def copy_at(url: str, pool_size: int) -> Db:
    """Return a maker of sessions for the copy at this address; one that cannot be reached is soon given up."""
    return connect(f"{url}{'&' if '?' in url else '?'}connect_timeout=3", pool_size)


def behind(copy: Db) -> float | None:
    """Return by how many seconds a copy is behind, None for one that is no copy at all."""
    with copy.begin() as session:
        late: float | None = session.scalar(_BEHIND)
    return late


@dataclass(slots=True)
class Copies:
    """The original and, where there is one, its copy; one for each process."""

    original: Db
    copy: Db | None = None
    rests_until: float = field(default=0.0)

    def to_read(self, fresh: bool) -> Db:
        """Return whom to read from: the copy if it keeps up, unless the reader must see what was just written."""
        if self.copy is None or fresh or time.monotonic() < self.rests_until:
            return self.original
        try:
            late = behind(self.copy)
        except SQLAlchemyError as fault:
            log.warning("the replica does not answer, the original is read: %s", fault)
            self.rests_until = time.monotonic() + RESTS_S
            return self.original
        return self.copy if late is not None and late <= BEHIND_S else self.original
