"""Seals: a published notice's rows in canonical form, digested, and chained to the branch's seal before it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shared.config import settings
from shared.db.notices import Notice, Seal
from shared.domain.seals import (
    FIRST,
    SealedAward,
    SealedLine,
    SealedResult,
    SealedYear,
    Value,
    canonical,
    digest,
    head,
)

SHA256, SM3 = "sha256", "sm3"
ALGORITHMS = (SHA256, SM3)

_LINES = text("""
SELECT line_id, member_id, round_id, edition, points FROM notice_line
WHERE county_id = :county AND notice_id = :notice ORDER BY line_id
""")
_AWARDS = text("""
SELECT a.id, a.line_id, a.edition, a.ordinal, a.kind, a.source_id, a.item, a.clause, a.happened_on, a.points,
       a.scope, a.note
FROM notice_line n JOIN award a ON a.county_id = n.county_id AND a.line_id = n.line_id AND a.edition = n.edition
WHERE n.county_id = :county AND n.notice_id = :notice ORDER BY a.line_id, a.ordinal
""")
_YEARS = text("""
SELECT y.line_id, y.edition, y.year_points, y.factor, y.annual_points, y.reward_points, y.grade, y.rank, y.zeroed
FROM notice_line n
JOIN annual_line y ON y.county_id = n.county_id AND y.line_id = n.line_id AND y.edition = n.edition
WHERE n.county_id = :county AND n.notice_id = :notice ORDER BY y.line_id
""")
_RESULTS = text("""
SELECT verdict_id, member_id, result, reason FROM notice_verdict
WHERE county_id = :county AND notice_id = :notice ORDER BY verdict_id
""")


def content_of(session: Session, county_id: Any, notice_id: Any) -> bytes:
    """Return what a notice's seal is the digest of, read from the rows as they are now."""
    of_notice = {"county": county_id, "notice": notice_id}
    batches: list[tuple[str, Sequence[tuple[Value, ...]]]] = [
        ("lines", [SealedLine(*row) for row in session.execute(_LINES, of_notice)]),
        ("awards", [SealedAward(*row) for row in session.execute(_AWARDS, of_notice)]),
        ("years", [SealedYear(*row) for row in session.execute(_YEARS, of_notice)]),
    ]
    # Named only where there are any: the notices before them keep the digest that is printed on them.
    if results := [SealedResult(*row) for row in session.execute(_RESULTS, of_notice)]:
        batches.append(("results", results))
    return canonical(notice_id, batches)


def seal_notice(session: Session, notice: Notice, now: datetime) -> Seal:
    """Seal what a notice publishes; seals of one branch follow one another without a gap.

    Each says by which algorithm it was made: a chain may go on by another, and all of it still verifies.
    """
    last = last_seal(session, notice.county_id, notice.unit_id)
    seq, previous = (last.seq + 1, last.head) if last else (1, FIRST)
    algorithm = SM3 if settings().national else SHA256
    own = digest(algorithm, content_of(session, notice.county_id, notice.id))
    seal = Seal(
        county_id=notice.county_id,
        unit_id=notice.unit_id,
        seq=seq,
        notice_id=notice.id,
        algorithm=algorithm,
        digest=own,
        previous=previous,
        head=head(algorithm, seq, previous, own),
        sealed_at=now,
    )
    session.add(seal)
    session.flush()
    return seal


def last_seal(session: Session, county_id: Any, unit_id: Any) -> Seal | None:
    """Return the newest seal of a branch; the unique key on its number keeps two from following one."""
    chain = select(Seal).where(Seal.county_id == county_id, Seal.unit_id == unit_id)
    return session.scalar(chain.order_by(Seal.seq.desc()).limit(1))
