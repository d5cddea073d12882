"""Checks: a query that returns the rows that are not what the others say they should be; none, if all is well."""

import json
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

# Set-wise comparisons of whole tables, wherever the planner has no statistics yet.
_PLAN = ("SET LOCAL enable_nestloop = off", "SET LOCAL work_mem = '192MB'", "SET LOCAL jit = off")

_FIRST = """
SELECT tbl, id, unit_id, period, member_id, found::text, should::text FROM ({0}) AS wrong
ORDER BY unit_id, period, id LIMIT 1
"""


class Wrong(NamedTuple):
    """A row that is wrong: what it is and what it should be, by column; `should` None where it should not be
    there, `found` None where it is missing."""

    table: str
    id: UUID | None
    unit_id: UUID | None
    period: str | None
    member_id: UUID | None
    found: dict[str, Any] | None
    should: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Check:
    """One query over one county (`:county`) with the columns of `Wrong`, and what it holds to, in Chinese."""

    holds: str
    sql: str

    def first(self, session: Session, county_id: UUID) -> Wrong | None:
        """Return the first wrong row of the county, by unit and id; None where there is none."""
        ordered = _FIRST.format(self.sql)
        row = session.execute(text(ordered), {"county": county_id}).first()
        if row is None:
            return None
        where = (row.tbl, row.id, row.unit_id, row.period, row.member_id)
        return Wrong(*where, _columns(row.found), _columns(row.should))


def _columns(written: str | None) -> dict[str, Any] | None:
    """Read a row's columns; figures stay as they are written, 3.10 is not 3.1."""
    found: dict[str, Any] | None = json.loads(written, parse_float=str) if written else None
    return found


def plan_set_wise(session: Session) -> None:
    """Let this transaction join by hashing and sort in memory."""
    for setting in _PLAN:
        session.execute(text(setting))
