"""Packages: what a branch sends up for a period, read from its lines, claims and sealed notices, set-wise."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.db.rounds import Round
from shared.domain.packages import figures_of, lowest_of
from shared.usecases.books import book_of

# Of each unit's period all at once: asked one after the other, four questions took longer than their answers. From
# JSON, whose number of rows is always guessed the same: with arrays PostgreSQL made a new plan each time, 4 ms.
_PACKAGES = text("""
SELECT n.unit_id, n.filing_period, above.id AS to_unit_id, above.name AS to_name,
    (SELECT count(*) + 1 FROM filing f
     WHERE f.county_id = :county AND f.unit_id = n.unit_id AND f.period = n.filing_period) AS number,
    (SELECT s.head FROM seal s
     WHERE s.county_id = :county AND s.unit_id = n.unit_id ORDER BY s.seq DESC LIMIT 1) AS head,
    jsonb_build_object('period', n.filing_period, 'lines', figures.lines, 'open', figures.open,
                       'claims', claims.by_state, 'notices', posted.notices, 'rosters', roster.rosters,
                       'minutes', minuted.minutes, 'grades', graded.grades) AS content
FROM jsonb_to_recordset(CAST(:rounds AS jsonb)) AS n (unit_id uuid, filing_period text, notice_period text)
CROSS JOIN LATERAL (
    SELECT p.id, p.name FROM unit u JOIN unit p ON p.county_id = u.county_id AND p.id = u.parent_id
    WHERE u.county_id = :county AND u.id = n.unit_id LIMIT 1) above
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_object('period', r.period, 'member_no', m.member_no, 'name', m.name,
               'state', l.state, 'points', l.points::text) ORDER BY r.period, m.member_no), '[]') AS lines,
           count(*) FILTER (WHERE l.state <> 'settled') AS open
    FROM round r JOIN line l ON l.county_id = r.county_id AND l.round_id = r.id
    JOIN member m ON m.county_id = l.county_id AND m.id = l.member_id
    WHERE r.county_id = :county AND r.unit_id = n.unit_id AND r.filing_period = n.filing_period) figures
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_object_agg(state, number), '{}') AS by_state FROM (
        SELECT c.state, count(*) AS number
        FROM round r JOIN claim c ON c.county_id = r.county_id AND c.round_id = r.id
        WHERE r.county_id = :county AND r.unit_id = n.unit_id AND r.filing_period = n.filing_period
        GROUP BY c.state) counted) claims
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_object('code', b.code, 'kind', b.kind, 'published_at', b.published_at,
               'closes_at', b.closes_at, 'seq', s.seq, 'digest', s.digest, 'head', s.head, 'objections',
               (SELECT count(*) FROM objection o WHERE o.county_id = b.county_id AND o.notice_id = b.id))
               ORDER BY s.seq), '[]') AS notices
    FROM notice b JOIN seal s ON s.county_id = b.county_id AND s.notice_id = b.id
    WHERE b.county_id = :county AND b.unit_id = n.unit_id AND b.period = n.notice_period) posted
-- Who was there on a round's last day, against who has a line in it; the year has a table of its own.
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_object('period', r.period, 'members', t.members, 'exempt', t.exempt,
               'scored', t.scored, 'without', t.without, 'beside', t.beside) ORDER BY r.period), '[]') AS rosters
    FROM round r CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE p.present) AS members, count(*) FILTER (WHERE p.scored) AS scored,
            count(*) FILTER (WHERE p.present AND p.exempt AND NOT p.scored) AS exempt,
            coalesce(jsonb_agg(p.name ORDER BY p.member_no)
                     FILTER (WHERE p.present AND NOT p.exempt AND NOT p.scored), '[]') AS without,
            coalesce(jsonb_agg(p.name ORDER BY p.member_no)
                     FILTER (WHERE p.scored AND NOT p.present), '[]') AS beside
        FROM (SELECT m.member_no, m.name,
                  coalesce(m.present_from, r.last_day) <= r.last_day
                      AND coalesce(m.present_to, r.last_day) >= r.last_day AS present,
                  coalesce(m.exempt_from <= r.last_day
                      AND coalesce(m.exempt_to, r.last_day) >= r.first_day, false) AS exempt,
                  EXISTS (SELECT FROM line l WHERE l.county_id = m.county_id AND l.round_id = r.id
                          AND l.member_id = m.id) AS scored
              FROM member m WHERE m.county_id = :county AND m.unit_id = r.unit_id) p) t
    WHERE r.county_id = :county AND r.unit_id = n.unit_id AND r.filing_period = n.filing_period
      AND length(r.period) > 4) roster
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_object('period', r.period, 'minute', g.minute, 'opened_at', g.opened_at,
               'due', a.due, 'present', a.present, 'in_favour', v.in_favour, 'against', v.against,
               'abstained', v.abstained, 'passed', v.passed) ORDER BY v.counted_at, v.id), '[]') AS minutes
    FROM round r JOIN vote v ON v.county_id = r.county_id AND v.round_id = r.id AND v.line_id IS NULL
    JOIN meeting g ON g.county_id = v.county_id AND g.id = v.meeting_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS due, count(*) FILTER (WHERE took_part IN ('present', 'remote', 'written')) AS present
        FROM attendance s WHERE s.county_id = g.county_id AND s.meeting_id = g.id AND s.standing = 'voter') a
    WHERE r.county_id = :county AND r.unit_id = n.unit_id AND r.filing_period = n.filing_period) minuted
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_object('member_no', m.member_no, 'name', m.name, 'grade', y.grade)
               ORDER BY m.member_no), '[]') AS grades
    FROM round r JOIN line l ON l.county_id = r.county_id AND l.round_id = r.id
    JOIN annual_line y ON y.county_id = l.county_id AND y.line_id = l.id AND y.edition = l.edition
    JOIN member m ON m.county_id = l.county_id AND m.id = l.member_id
    WHERE r.county_id = :county AND r.unit_id = n.unit_id AND r.filing_period = n.filing_period
      AND length(r.period) = 4) graded
""")


class Dispatch(NamedTuple):
    """What goes up: the how-manieth of its period, to whom, the head of the sender's chain, and the content."""

    number: int
    to_unit_id: UUID
    to_name: str
    head: str
    content: dict[str, Any]


def package_digest(package: dict[str, Any]) -> str:
    """Return the digest of a package in its canonical form: sorted keys, no spaces."""
    written = json.dumps(package, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def dispatches(session: Session, county_id: UUID, rounds: Sequence[Round]) -> list[tuple[Round, Dispatch]]:
    """Return what is sent up for the filing period of each round, in one statement however many they are.

    A unit with no level above sends nothing.
    """
    wanted = [
        {"unit_id": str(one.unit_id), "filing_period": one.filing_period, "notice_period": one.notice_period}
        for one in rounds
    ]
    made = {
        (row.unit_id, row.filing_period): Dispatch(
            row.number, row.to_unit_id, row.to_name, row.head or "", row.content
        )
        for row in session.execute(_PACKAGES, {"county": county_id, "rounds": json.dumps(wanted)})
    }
    keys = ((round_, (round_.unit_id, round_.filing_period)) for round_ in rounds)
    return [(round_, _summed(session, round_, made[key])) for round_, key in keys if key in made]


def _summed(session: Session, round_: Round, sent: Dispatch) -> Dispatch:
    """Add what is reckoned from the rows: the sums, and which grade has to be explained."""
    content = {**sent.content, "remarks": {}, "lowest": None}
    if content["grades"]:
        content["lowest"] = lowest_of(book_of(session, round_.county_id, round_.book_id).bands)
    return sent._replace(content={**content, "figures": asdict(figures_of(content))})
