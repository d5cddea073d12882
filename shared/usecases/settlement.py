"""Settlement: what a closed notice published is promoted into the ledger, set-wise, in one statement each."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.rounds import Line
from shared.domain.lines import LINE, LineCommand
from shared.usecases.carry_out import carry_out

_READY = text("""
SELECT l.id FROM line l JOIN notice n ON n.county_id = l.county_id AND n.id = l.notice_id
WHERE l.county_id = :county AND l.notice_id = ANY(CAST(:notices AS uuid[]))
  AND l.state = 'published' AND n.state = 'closed'
""")
# An edition that is replaced is taken back entry by entry; each can be taken back once (unique key).
_REVERSALS = text("""
INSERT INTO ledger_entry (county_id, id, unit_id, round_id, line_id, member_id, seal_id, edition, ordinal, kind,
                          source_id, item, clause, happened_on, points, scope, note, reverses_id, recorded_at)
SELECT e.county_id, gen_random_uuid(), e.unit_id, e.round_id, e.line_id, e.member_id, s.id, e.edition, e.ordinal,
       'reversal', e.source_id, e.item, e.clause, e.happened_on, -e.points, e.scope, '更正：冲销原登记', e.id, :at
FROM ledger_entry e
JOIN line l ON l.county_id = e.county_id AND l.id = e.line_id AND l.edition > e.edition
JOIN seal s ON s.county_id = l.county_id AND s.notice_id = l.notice_id
WHERE e.county_id = :county AND e.line_id = ANY(CAST(:lines AS uuid[])) AND e.reverses_id IS NULL
  AND NOT EXISTS (SELECT FROM ledger_entry r WHERE r.county_id = e.county_id AND r.reverses_id = e.id)
""")
# The entry of an award has the award's own id: it cannot enter twice.
_ENTRIES = text("""
INSERT INTO ledger_entry (county_id, id, unit_id, round_id, line_id, member_id, seal_id, edition, ordinal, kind,
                          source_id, item, clause, happened_on, points, scope, note, recorded_at)
SELECT a.county_id, a.id, a.unit_id, l.round_id, l.id, l.member_id, s.id, a.edition, a.ordinal, a.kind,
       a.source_id, a.item, a.clause, a.happened_on, a.points, a.scope, a.note, :at
FROM line l
JOIN award a ON a.county_id = l.county_id AND a.line_id = l.id AND a.edition = l.edition
JOIN seal s ON s.county_id = l.county_id AND s.notice_id = l.notice_id
WHERE l.county_id = :county AND l.id = ANY(CAST(:lines AS uuid[]))
ON CONFLICT (county_id, id) DO NOTHING
""")


def settle(session: Session, actor: Actor, notice_ids: Sequence[UUID], at: datetime) -> list[UUID]:
    """Settle every line of these closed notices that nobody objects to; return the lines.

    A line whose edition is in the ledger already (released after an objection) gets no second entry.
    """
    given = {"county": actor.county_id, "notices": list(notice_ids)}
    ready = list(session.scalars(_READY, given))
    settled = carry_out(session, actor, Line, ready, LINE, LineCommand.SETTLE, at)
    entered = {"county": actor.county_id, "lines": settled, "at": at}
    session.execute(_REVERSALS, entered)
    session.execute(_ENTRIES, entered)
    return settled
