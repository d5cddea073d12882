"""The ledger to be read: entries by period and member, each with who decided it, when and why. Read only."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require

PAGE = 200

# Who last decided a claim or entered a record before it was entered here; nobody for a grant or a clamp.
_WHERE = """
FROM ledger_entry e
JOIN round r ON r.county_id = e.county_id AND r.id = e.round_id
JOIN member m ON m.county_id = e.county_id AND m.id = e.member_id
JOIN seal s ON s.county_id = e.county_id AND s.id = e.seal_id
JOIN notice n ON n.county_id = s.county_id AND n.id = s.notice_id
LEFT JOIN LATERAL (
    SELECT h.actor_name, h.at, h.note FROM history h
    WHERE h.county_id = e.county_id AND h.subject_id = e.source_id AND h.command IN ('accept', 'enter', 'score')
      AND h.at <= e.recorded_at
    ORDER BY h.at DESC, h.recorded_at DESC LIMIT 1) d ON e.source_id IS NOT NULL
WHERE e.county_id = :county AND e.unit_id = :unit
  AND (CAST(:period AS text) IS NULL OR r.period = :period)
  AND (CAST(:member AS uuid) IS NULL OR e.member_id = :member)
"""
_ENTRIES = text(f"""
SELECT e.id, r.period, e.member_id, m.member_no, m.name, e.kind, e.item, e.clause, e.happened_on, e.points,
       e.scope, e.note, e.reverses_id, e.recorded_at, n.id AS notice_id, n.code, n.title, s.seq, s.head,
       d.actor_name AS decided_by, d.at AS decided_at, d.note AS decision
{_WHERE}
ORDER BY r.first_day, r.last_day, m.name_sort, m.member_no, e.recorded_at, e.edition, e.ordinal, e.id
LIMIT :most OFFSET :skip
""")
_SUMS = text(f"SELECT count(*) AS number, coalesce(sum(e.points), 0) AS points {_WHERE}")

_PERIODS = text("""
SELECT r.period FROM round r WHERE r.county_id = :county AND r.unit_id = :unit
  AND EXISTS (SELECT FROM ledger_entry e WHERE e.county_id = r.county_id AND e.round_id = r.id)
ORDER BY r.first_day DESC, r.last_day
""")
_MEMBERS = text("""
SELECT m.id, m.name, m.member_no FROM member m
WHERE m.county_id = :county AND m.unit_id = :unit ORDER BY m.name_sort, m.member_no
""")


@dataclass(frozen=True, slots=True)
class Contents:
    """By what the ledger can be opened: its periods, the newest first, and the members by name."""

    periods: tuple[str, ...]
    members: tuple[Row[Any], ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of the ledger; `number` and `points` are of all pages together."""

    entries: tuple[Row[Any], ...]
    number: int
    points: Decimal
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.number // PAGE))


def see_ledger(
    session: Session, actor: Actor, period: str | None = None, member_id: UUID | None = None, page: int = 1
) -> Leaf:
    """Return a page of the unit's ledger, of one period or member or of all; pages are numbered from 1."""
    require(actor, Action.LEDGER_SEE)
    where = {"county": actor.county_id, "unit": actor.unit_id, "period": period, "member": member_id}
    entries = session.execute(_ENTRIES, {**where, "most": PAGE, "skip": (max(page, 1) - 1) * PAGE}).all()
    sums = session.execute(_SUMS, where).one()
    return Leaf(tuple(entries), sums.number, sums.points, max(page, 1))


def contents(session: Session, actor: Actor) -> Contents:
    """Return by what the unit's ledger can be opened."""
    require(actor, Action.LEDGER_SEE)
    where = {"county": actor.county_id, "unit": actor.unit_id}
    return Contents(tuple(session.scalars(_PERIODS, where)), tuple(session.execute(_MEMBERS, where).all()))
