"""Conflicts of interest: who decided or signed something in which they are concerned. Read only."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require


class Concern(StrEnum):
    """How somebody is concerned in what they decided."""

    OWN = "own"
    RAISED = "raised"
    INVOLVED = "involved"


WORDS = {Concern.OWN: "涉及本人", Concern.RAISED: "本人提出的异议", Concern.INVOLVED: "经办过这一行积分"}

# What one person decides or signs; what a body does as one (proposing, passing, confirming a list) is none of it.
_ON_DEEDS = ("accept", "refuse", "return", "opinion", "score", "enter", "strike")
_ON_CASES = ("assign", "confirm_identity", "investigate", "uphold", "reject", "dismiss")

_CONFLICTS = text("""
WITH open AS (
    SELECT l.county_id, l.id AS line_id, l.round_id, l.member_id, m.person_id, m.name, r.period
    FROM line l JOIN round r ON r.county_id = l.county_id AND r.id = l.round_id
    JOIN member m ON m.county_id = l.county_id AND m.id = l.member_id
    WHERE l.county_id = :county AND l.unit_id = :unit AND r.state <> 'filed'
), deed AS (
    SELECT c.id, c.number, o.* FROM claim c
    JOIN open o ON o.county_id = c.county_id AND o.round_id = c.round_id AND o.member_id = c.member_id
    UNION ALL
    SELECT e.id, e.item, o.* FROM record e
    JOIN open o ON o.county_id = e.county_id AND o.round_id = e.round_id AND o.member_id = e.member_id
), hand AS (
    SELECT d.line_id, d.person_id AS concerned, d.id, d.number, d.name, d.period, h.*
    FROM deed d JOIN history h ON h.county_id = d.county_id AND h.subject_id = d.id
    WHERE h.command = ANY(CAST(:on_deeds AS text[])) AND h.actor_id IS NOT NULL
), answered AS (
    SELECT o.line_id, o.person_id AS concerned, j.raised_by, j.number, o.name, o.period, h.subject_kind,
           h.subject_id, h.actor_id, h.actor_name, h.command, h.at, h.note
    FROM objection j JOIN open o ON o.county_id = j.county_id AND o.line_id = j.line_id
    JOIN history h ON h.county_id = j.county_id AND h.subject_id = j.id
    WHERE h.command = ANY(CAST(:on_cases AS text[])) AND h.actor_id IS NOT NULL
)
SELECT 'own' AS concern, period, subject_kind, subject_id, number, name, actor_id, actor_name, command, at, note
FROM hand WHERE actor_id = concerned
UNION ALL
SELECT 'own', period, subject_kind, subject_id, number, name, actor_id, actor_name, command, at, note
FROM answered WHERE actor_id = concerned
UNION ALL
SELECT 'raised', period, subject_kind, subject_id, number, name, actor_id, actor_name, command, at, note
FROM answered WHERE actor_id = raised_by
UNION ALL
SELECT 'involved', period, subject_kind, subject_id, number, name, actor_id, actor_name, command, at, note
FROM answered a WHERE actor_id <> concerned
  AND EXISTS (SELECT FROM hand h WHERE h.line_id = a.line_id AND h.actor_id = a.actor_id)
ORDER BY at DESC, subject_id, concern
""")


class Conflict(NamedTuple):
    """Somebody (`actor_name`) took a step with what concerns them; `name` is the member whose line it is about.

    `number` is the claim's or the objection's, or the item of a record.
    """

    concern: Concern
    period: str
    subject_kind: str
    subject_id: UUID
    number: str
    name: str
    actor_id: UUID
    actor_name: str
    command: str
    at: datetime
    note: str | None


def conflicts(session: Session, actor: Actor) -> Sequence[Conflict]:
    """Return the steps of the unit's rounds that are not yet filed, and of their cases, newest first."""
    require(actor, Action.LEDGER_SEE)
    given = {"county": actor.county_id, "unit": actor.unit_id}
    rows = session.execute(_CONFLICTS, {**given, "on_deeds": list(_ON_DEEDS), "on_cases": list(_ON_CASES)})
    return [Conflict(Concern(row.concern), *row[1:]) for row in rows]
