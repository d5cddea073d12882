"""Scopes: whose rows a request reads. Every transaction of the panel is read-only and says so first."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session, SessionTransaction

from shared.db.session import Db, connect, enter
from shared.usecases.administrators import Administrator

_WHO: ContextVar[Administrator | None] = ContextVar("administrator", default=None)
_READ_ONLY = text("SET TRANSACTION READ ONLY")


@contextmanager
def on_behalf_of(who: Administrator | None) -> Iterator[None]:
    """Let whatever reads within, in this task and the threads it starts, see what this administrator may."""
    before = _WHO.set(who)
    try:
        yield
    finally:
        _WHO.reset(before)


def read_for_whom_asks(url: str, pool_size: int = 5) -> Db:
    """Return sessions that see the rows of who asks: not by a condition of each query, which one forgets."""
    db = connect(url, pool_size)
    event.listen(db, "after_begin", _narrow)
    return db


def _narrow(_: Session, __: SessionTransaction, connection: Connection) -> None:
    connection.execute(_READ_ONLY)
    who = _WHO.get()
    if who is not None:
        enter(connection, who.actor.county_id, who.unit_ids, who.actor.person_id)
