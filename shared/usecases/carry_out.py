"""Where a decision becomes rows: the state changes here and nowhere else, for one row or for thousands."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Row, TextClause, text
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.base import Owned, Stateful
from shared.db.deadlines import Deadline
from shared.domain.errors import NotNow
from shared.domain.machine import Machine
from shared.usecases.announcements import announce
from shared.usecases.oversight import watch

S = TypeVar("S", bound=StrEnum)
C = TypeVar("C", bound=StrEnum)

# The guarded change of state. A step that begins in several states reads under a lock first what each row was.
_MOVED = {
    "from one": """
WITH moved AS (
    UPDATE {table} t SET {sets} state = CAST(:after AS jsonb) ->> t.state, stage = t.stage + 1
    WHERE t.county_id = :county AND {which} AND t.state = ANY(CAST(:froms AS text[]))
    RETURNING t.*, (CAST(:froms AS text[]))[1] AS before
)""",
    "from several": """
WITH old AS (
    SELECT t.id, t.state FROM {table} t
    WHERE t.county_id = :county AND {which} AND t.state = ANY(CAST(:froms AS text[]))
    FOR NO KEY UPDATE
), moved AS (
    UPDATE {table} t SET {sets} state = CAST(:after AS jsonb) ->> old.state, stage = t.stage + 1
    FROM old WHERE t.county_id = :county AND t.id = old.id
    RETURNING t.*, old.state AS before
)""",
}
# One statement with its history, whatever the number of rows.
_TOLD = """, told AS (
    INSERT INTO history (county_id, id, unit_id, subject_kind, subject_id, command, before, after,
                         actor_id, actor_name, role, acting_for, note, at, recorded_at)
    SELECT :county, gen_random_uuid(), unit_id, :kind, id, :command, before, state,
           :actor_id, :actor_name, :role, :acting_for, :note, :at, clock_timestamp()
    FROM moved
)"""
_WHICH_MOVED = " SELECT id, unit_id, state FROM moved"
_NAMED = "t.id = ANY(CAST(:ids AS uuid[]))"

_REMARK = text("""
INSERT INTO history (county_id, id, unit_id, subject_kind, subject_id, command, actor_id, actor_name, role,
                     acting_for, note, at, recorded_at)
SELECT :county, gen_random_uuid(), unit_id, :kind, subject_id, :command, :actor_id, :actor_name, :role,
       :acting_for, :note, :at, clock_timestamp()
FROM unnest(CAST(:units AS uuid[]), CAST(:subjects AS uuid[])) AS told (unit_id, subject_id)
""")


def carry_out(
    session: Session,
    actor: Actor,
    row_type: type[Stateful],
    ids: Sequence[UUID],
    machine: Machine[S, C],
    command: C,
    at: datetime,
    note: str | None = None,
) -> list[UUID]:
    """Take one step with every row that stands where the step begins; return the ids that moved.

    Rows elsewhere are left as they are: who needs all of them to move says so with `all_of`.
    """
    statement = _moving(row_type.__tablename__, _begins_in_one(machine, command))
    given = {**terms(actor, row_type, machine, command, at, note), "ids": list(ids)}
    moved = move(session, row_type, statement, given)
    announce(session, actor, (row_type.__tablename__, command), moved, at)
    watch(session, actor, at)
    return [row.id for row in moved]


@cache
def _moving(table: str, from_one: bool) -> TextClause:
    return moving(table, from_one=from_one)


def _begins_in_one(machine: Machine[S, C], command: C) -> bool:
    return sum(step == command for _, step in machine.edges) == 1


def moving(
    table: str, which: str = _NAMED, sets: str = "", then: str = _WHICH_MOVED, from_one: bool = True
) -> TextClause:
    """Return the statement of a step, for those that mean rows by what they are, or do more with them.

    `which` says of a row `t` whether it is meant, by default that it is one of `:ids`; `sets` are columns that
    change with the state; `then` reads what has moved from `moved`, as it is now. `terms` gives the rest.
    """
    moved = _MOVED["from one" if from_one else "from several"].format(table=table, which=which, sets=sets)
    return text(moved + _TOLD + then)


def terms(
    actor: Actor,
    row_type: type[Stateful],
    machine: Machine[S, C],
    command: C,
    at: datetime,
    note: str | None = None,
) -> dict[str, Any]:
    """Return what such a statement is given, but for its rows."""
    edges = {str(start): str(end) for (start, step), end in machine.edges.items() if step == command}
    return {
        **_who(actor, at, note),
        "froms": list(edges),
        "after": _as_json(edges),
        "kind": row_type.__tablename__,
        "command": str(command),
    }


def move(
    session: Session, row_type: type[Stateful], statement: TextClause, given: Mapping[str, Any]
) -> Sequence[Row[Any]]:
    """Run a statement that moves rows and returns them, their `id` among the columns."""
    session.flush()
    moved = session.execute(statement, given).all()
    _forget(session, row_type, {row.id for row in moved})
    return moved


def all_of(
    session: Session,
    actor: Actor,
    row_type: type[Stateful],
    ids: Sequence[UUID],
    machine: Machine[S, C],
    command: C,
    at: datetime,
    note: str | None = None,
) -> None:
    """Take the step with all rows or none: refuse with a sentence where one stands elsewhere."""
    moved = set(carry_out(session, actor, row_type, ids, machine, command, at, note))
    if len(moved) < len(set(ids)):
        raise NotNow(f"{machine.noun}中有 {len(set(ids)) - len(moved)} 条现在不能“{machine.words[command]}”。")


def step(
    session: Session,
    actor: Actor,
    row: Stateful,
    machine: Machine[S, C],
    command: C,
    at: datetime,
    note: str | None = None,
) -> None:
    """Take one step with one held row; refuse with the sentence of its machine."""
    states: type[S] = type(machine.initial)
    machine.after(states(row.state), command)
    all_of(session, actor, type(row), [row.id], machine, command, at, note)


def remark(session: Session, actor: Actor, row: Any, command: str, at: datetime, note: str | None = None) -> None:
    """Write a step into the history that changes no state."""
    remark_all(session, actor, [row], command, at, note)


def remark_all(
    session: Session, actor: Actor, rows: Sequence[Any], command: str, at: datetime, note: str | None = None
) -> None:
    """Write such a step for many rows of one table."""
    session.flush()
    if rows:
        # What happens to a unit itself is written down where it was done.
        places = [(getattr(row, "unit_id", actor.unit_id), row.id) for row in rows]
        remark_ids(session, actor, rows[0].__tablename__, places, command, at, note)


def remark_ids(
    session: Session,
    actor: Actor,
    kind: str,
    places: Sequence[tuple[UUID, UUID]],
    command: str,
    at: datetime,
    note: str | None = None,
) -> None:
    """Write such a step for rows that were not loaded, by their units and ids; `kind` is their table."""
    if places:
        units, subjects = zip(*places, strict=True)
        given = {"units": list(units), "kind": kind, "subjects": list(subjects), "command": command}
        session.execute(_REMARK, {**_who(actor, at, note), **given})
        watch(session, actor, at)


def _who(actor: Actor, at: datetime, note: str | None) -> Mapping[str, Any]:
    return {
        "county": actor.county_id,
        "actor_id": actor.person_id,
        "actor_name": actor.name,
        "role": ",".join(sorted(actor.roles)),
        "acting_for": actor.acting_for,
        "note": note,
        "at": at,
    }


def _as_json(edges: Mapping[str, str]) -> str:
    return "{" + ",".join(f'"{start}":"{end}"' for start, end in edges.items()) + "}"


def _forget(session: Session, row_type: type[Stateful], moved: set[UUID]) -> None:
    """Loaded rows are told to read their state again: the statement changed it behind the session's back."""
    for row in session.identity_map.values():
        if isinstance(row, row_type) and row.id in moved:
            session.expire(row, ["state", "stage"])


def arm(session: Session, subject: Owned, command: str, due_at: datetime, rung: int = 0) -> None:
    """Set the clock for a subject as it stands now; a later step outlives it, nothing cancels it."""
    session.add(
        Deadline(
            county_id=subject.county_id,
            unit_id=subject.unit_id,
            subject_kind=subject.__tablename__,
            subject_id=subject.id,
            # What has no life of its own stands where it stood until it is done.
            stage=getattr(subject, "stage", 0),
            command=command,
            rung=rung,
            due_at=due_at,
            try_at=due_at,
        )
    )
