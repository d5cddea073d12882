"""Connections, and whose transaction it is: tenant context lives inside a transaction and nowhere else."""

import select
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session, sessionmaker

from shared.db.tracing import watch
from shared.telemetry.standing import in_county

Db = sessionmaker[Session]

_CONTEXT = text(
    "SELECT set_config('jifen.county', :county, true), set_config('jifen.units', :units, true),"
    " set_config('jifen.person', :person, true), set_config('plan_cache_mode', :plans, true)",
)
# How PostgreSQL plans prepared statements: as it sees fit, or each once for all that it is ever given.
AS_IT_SEES_FIT, ONCE_FOR_ALL = "auto", "force_generic_plan"


def connect(url: str, pool_size: int = 10) -> Db:
    """Return a maker of sessions for one login; nothing is opened yet."""
    address = url.replace("postgresql://", "postgresql+psycopg://", 1)
    # Parameters are what people wrote: no error of ours repeats them.
    engine = create_engine(address, pool_size=pool_size, max_overflow=5, hide_parameters=True)
    event.listen(engine, "checkout", _still_there)
    watch(engine)
    # Many rows go down a pipeline, not as one statement of a thousand parameters that is read anew each time.
    engine.dialect.use_insertmanyvalues_wo_returning = False
    return sessionmaker(engine, expire_on_commit=False)


def _still_there(connection: psycopg.Connection[Any], *_: object) -> None:
    """Take a new connection where the server has closed this one, as when it was restarted.

    Nothing but a goodbye is there to read while a connection rests. Asking the server, as `pool_pre_ping` does,
    was a trip more for every transaction, a fifth of what a short one takes.
    """
    goodbye = select.poll()
    goodbye.register(connection.fileno(), select.POLLIN)
    if goodbye.poll(0):
        raise DisconnectionError


def enter(
    session: Session | Connection,
    county_id: UUID,
    unit_ids: Sequence[UUID],
    person_id: UUID | None = None,
    plans: str = AS_IT_SEES_FIT,
) -> None:
    """Say for the rest of this transaction in which units it acts; row-level security shows no others.

    With a person, their own account and sign-ins are shown too, wherever those were opened.
    """
    in_county(county_id)
    units = "{" + ",".join(str(unit_id) for unit_id in unit_ids) + "}"
    whose = {"county": str(county_id), "units": units, "person": str(person_id or ""), "plans": plans}
    session.execute(_CONTEXT, whose)


@contextmanager
def plan_for_many(session: Session) -> Iterator[None]:
    """Have the statements within planned for the rows they are given.

    From its eleventh use on a prepared statement is planned for ten ids; a thousand then took four times as long.
    Not by `plan_cache_mode`: that has each row's foreign keys planned anew too, 230 µs a key.
    """
    connection: psycopg.Connection[Any] = session.connection().connection.driver_connection  # type: ignore[assignment]
    usual, connection.prepare_threshold = connection.prepare_threshold, None
    try:
        yield
    finally:
        connection.prepare_threshold = usual


@contextmanager
def acting(db: Db, county_id: UUID, *unit_ids: UUID, plans: str = AS_IT_SEES_FIT) -> Iterator[Session]:
    """Open one transaction in these units; it commits at the end, or leaves nothing."""
    with db.begin() as session:
        enter(session, county_id, unit_ids, plans=plans)
        yield session
