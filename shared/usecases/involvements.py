"""Involvements: who had a hand in a line, and who therefore does not investigate an objection to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import see
from shared.db.clock import read_clock
from shared.db.kinships import who_declared
from shared.db.members import Member
from shared.db.objections import Objection
from shared.db.rounds import Line
from shared.domain.roles import in_words
from shared.domain.windows import local_day

# Whoever entered, opined on or decided anything in a line, or proposed it.
_INVOLVED = text("""
SELECT h.actor_id FROM history h WHERE h.county_id = :county AND h.actor_id IS NOT NULL AND h.subject_id IN (
    SELECT c.id FROM claim c WHERE c.county_id = :county AND c.round_id = :round AND c.member_id = :member
    UNION ALL
    SELECT r.id FROM record r WHERE r.county_id = :county AND r.round_id = :round AND r.member_id = :member)
UNION
SELECT h.actor_id FROM history h
WHERE h.county_id = :county AND h.actor_id IS NOT NULL AND h.command = 'propose' AND h.subject_id = :line
""")
_PEOPLE = text("""
SELECT m.person_id, m.name, coalesce(g.name, '') AS group_name,
       coalesce(array_agg(h.role) FILTER (WHERE h.role IS NOT NULL), '{}') AS roles
FROM member m
LEFT JOIN party_group g ON g.county_id = m.county_id AND g.id = m.group_id
LEFT JOIN holding h ON h.county_id = m.county_id AND h.unit_id = m.unit_id AND h.person_id = m.person_id
     AND h.since <= :day AND coalesce(h.until, :day) >= :day
WHERE m.county_id = :county AND m.unit_id = :unit
  AND coalesce(m.present_from, :day) <= :day AND coalesce(m.present_to, :day) >= :day
GROUP BY m.person_id, m.name, m.name_sort, g.name
ORDER BY count(h.role) FILTER (WHERE h.role = 'discipline') DESC, count(h.role) DESC, m.name_sort, m.person_id
""")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the branch; `why_not` is empty for who may investigate, else the reason in words."""

    person_id: UUID
    name: str
    where: str
    why_not: str


def barred_from(session: Session, objection: Objection) -> Mapping[UUID, str]:
    """Return who does not investigate this objection, each with why, in words: the nearest reason of several."""
    line = session.get_one(Line, (objection.county_id, objection.line_id))
    concerned = session.get_one(Member, (line.county_id, line.member_id)).person_id
    parties = [one for one in (concerned, objection.raised_by) if one is not None]
    where = {"county": line.county_id, "round": line.round_id, "member": line.member_id, "line": line.id}
    barred = dict.fromkeys(session.scalars(_INVOLVED, where), "经办过这一行积分")
    for officer, kin in who_declared(session, line.county_id, parties).items():
        barred[officer] = f"申报过是{kin}的亲属"
    if objection.raised_by is not None:
        barred[objection.raised_by] = "异议人"
    return {**barred, concerned: "当事人"}


def candidates_for(session: Session, actor: Actor, objection_id: UUID) -> list[Candidate]:
    """Return everybody in the branch, with why some of them do not investigate this objection."""
    objection = see(session, actor, Action.OBJECTION_ASSIGN, Objection, objection_id)
    barred = barred_from(session, objection)
    day = local_day(read_clock(session, actor.county_id))
    people = session.execute(_PEOPLE, {"county": actor.county_id, "unit": objection.unit_id, "day": day})
    found = []
    for one in people:
        where = "，".join(part for part in (in_words(one.roles), one.group_name) if part)
        found.append(Candidate(one.person_id, one.name, where, barred.get(one.person_id, "")))
    return found
