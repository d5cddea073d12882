"""Audit reports: what a closed audit came to, by branch, and each finding with whose line it is and who signed."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.db.audits import AuditedLine
from shared.db.members import Member
from shared.db.rounds import Line
from shared.db.units import Unit
from shared.domain.audits import Verdict, tally


def report_of(session: Session, lines: Sequence[AuditedLine]) -> dict[str, Any]:
    """Return the report while the cases are still open; figures as text, for they are kept as they were."""
    names = {one.id: one.name for one in session.scalars(select(Unit).filter_by(county_id=lines[0].county_id))}
    branches = list(dict.fromkeys(line.branch_id for line in lines))
    wrong = [line for line in lines if line.verdict == Verdict.WRONG]
    return {
        **asdict(tally([line.verdict for line in lines])),
        "branches": [
            {"name": names[one], **asdict(tally([line.verdict for line in lines if line.branch_id == one]))}
            for one in branches
        ],
        "findings": [_finding(session, line, names[line.branch_id]) for line in wrong],
    }


def _finding(session: Session, drawn: AuditedLine, branch: str) -> dict[str, Any]:
    line = session.get_one(Line, (drawn.county_id, drawn.line_id))
    member = session.get_one(Member, (drawn.county_id, line.member_id))
    return {
        "ordinal": drawn.ordinal,
        "branch": branch,
        "member_no": member.member_no,
        "name": member.name,
        "points": _written(line.points),
        "should_be": _written(drawn.should_be),
        "finding": drawn.finding,
        "signers": drawn.signers or [],
        "checked_by": drawn.checked_by_name,
    }


def _written(points: Any) -> str | None:
    return None if points is None else f"{points:.2f}"
