"""Packages: what a branch sends up for a period, read from its lines, claims and sealed notices, set-wise."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from shared.db.rounds import Round

_FIGURES = text("""
SELECT r.unit_id, r.filing_period, r.period, m.member_no, m.name, l.state, l.points::text AS points
FROM round r JOIN line l ON l.county_id = r.county_id AND l.round_id = r.id
JOIN member m ON m.county_id = l.county_id AND m.id = l.member_id
WHERE r.county_id = :county AND r.unit_id = ANY(CAST(:units AS uuid[])) AND r.filing_period = ANY(:periods)
ORDER BY r.period, m.member_no
""")
_CLAIMS = text("""
SELECT r.unit_id, r.filing_period, c.state, count(*) AS number
FROM claim c JOIN round r ON r.county_id = c.county_id AND r.id = c.round_id
WHERE r.county_id = :county AND r.unit_id = ANY(CAST(:units AS uuid[])) AND r.filing_period = ANY(:periods)
GROUP BY r.unit_id, r.filing_period, c.state
""")
_NOTICES = text("""
SELECT n.unit_id, n.period, n.code, n.kind, n.published_at, n.closes_at, s.seq, s.digest, s.head,
       (SELECT count(*) FROM objection o WHERE o.county_id = n.county_id AND o.notice_id = n.id) AS objections
FROM notice n JOIN seal s ON s.county_id = n.county_id AND s.notice_id = n.id
WHERE n.county_id = :county AND n.unit_id = ANY(CAST(:units AS uuid[])) AND n.period = ANY(:periods) ORDER BY s.seq
""")


def package_digest(package: dict[str, Any]) -> str:
    """Return the digest of a package in its canonical form: sorted keys, no spaces."""
    written = json.dumps(package, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def packages(session: Session, county_id: UUID, rounds: Sequence[Round]) -> Iterator[tuple[Round, dict[str, Any]]]:
    """Return what is sent up for the filing period of each round, in three statements however many they are."""
    where = _of(county_id, rounds, {round_.filing_period for round_ in rounds})
    figures = _by_unit(session, _FIGURES, where)
    claims = _by_unit(session, _CLAIMS, where)
    notices = _by_unit(session, _NOTICES, _of(county_id, rounds, {round_.notice_period for round_ in rounds}))
    for round_ in rounds:
        own = (round_.unit_id, round_.filing_period)
        content = {
            "period": round_.filing_period,
            "lines": figures[own],
            "open": sum(row["state"] != "settled" for row in figures[own]),
            "claims": {row["state"]: row["number"] for row in claims[own]},
            "notices": [_plain(row) for row in notices[round_.unit_id, round_.notice_period]],
        }
        yield round_, content


def _of(county_id: UUID, rounds: Sequence[Round], periods: Collection[str]) -> dict[str, Any]:
    return {"county": county_id, "units": [round_.unit_id for round_ in rounds], "periods": list(periods)}


def _by_unit(
    session: Session, query: TextClause, where: dict[str, Any]
) -> dict[tuple[UUID, str], list[dict[str, Any]]]:
    """Return a query's rows by their first two columns, the unit and the period."""
    found: dict[tuple[UUID, str], list[dict[str, Any]]] = defaultdict(list)
    rows = session.execute(query, where)
    names = list(rows.keys())[2:]
    for unit_id, period, *values in rows:
        found[unit_id, period].append(dict(zip(names, values, strict=True)))
    return found


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in row.items()}
