"""Verification: everything is recomputed from the rows, and the first row that is wrong is named. Reads only."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.db.verification import deadlines, entries, lines, papers, results, seals, steps, tallies, transfers
from shared.db.verification.checks import Check, Wrong, plan_set_wise
from shared.domain.seals import digest, head
from shared.stores.evidence import Store
from shared.usecases.diagnoses import Broken, diagnose
from shared.usecases.restatements import wrong_year
from shared.usecases.seals import ALGORITHMS, SHA256, content_of

Search = Callable[[Session, UUID], Wrong | None]


@dataclass(frozen=True, slots=True)
class Finding:
    """The first wrong row, and what it was held to, as a Chinese phrase."""

    holds: str
    wrong: Wrong


@dataclass(frozen=True, slots=True)
class Verified:
    """What was recomputed: how many counties, branches, seals and entries; `finding` is the first wrong row."""

    counties: int
    branches: int
    seals: int
    entries: int
    finding: Finding | None


_COUNTS = text("""
SELECT (SELECT count(DISTINCT unit_id) FROM seal WHERE county_id = :county),
       (SELECT count(*) FROM seal WHERE county_id = :county),
       (SELECT count(*) FROM ledger_entry WHERE county_id = :county)
""")


def verify(session: Session, county_id: UUID | None = None, store: Store | None = None) -> Verified:
    """Recompute every county, or one, and stop at the first wrong row.

    Takes any session that may read everything: the verifier's, in a transaction of one snapshot. With a store,
    every file is read as well.
    """
    plan_set_wise(session)
    counties = [county_id] if county_id else _counties(session)
    branches = sealed = entered = 0
    for county in counties:
        finding = first_wrong(session, county, store)
        own = session.execute(_COUNTS, {"county": county}).one()
        branches, sealed, entered = branches + own[0], sealed + own[1], entered + own[2]
        if finding:
            return Verified(len(counties), branches, sealed, entered, finding)
    return Verified(len(counties), branches, sealed, entered, None)


def first_wrong(session: Session, county_id: UUID, store: Store | None = None) -> Finding | None:
    """Return the first wrong row of one county, by what a row depends on first; None if all is well."""
    for holds, search in (*_searches(), *_of_files(store)):
        wrong = search(session, county_id)
        if wrong:
            return Finding(holds, wrong)
    return None


def _searches() -> Iterator[tuple[str, Search]]:
    """What is checked first is what the later ones take for granted, so that the row at fault is the one named."""
    yield from map(_of, (papers.BOOKS, *steps.CHECKS, deadlines.WINDOWS, deadlines.POSTED, seals.PLACED))
    yield "公示的每一行、每一笔与封印一致", _wrong_content
    yield from map(_of, (seals.HEADS,))
    yield seals.HEADS.holds, _wrong_head
    yield from map(_of, (seals.CHAINED,))
    yield "上报材料与其校验码一致", _wrong_package
    yield from map(_of, (papers.DESTROYED, papers.FILINGS, papers.SUMMED, seals.FILED, seals.HEADED))
    yield from map(_of, (lines.PLACED, lines.SHOWN, lines.SUMMED))
    yield from map(_of, (entries.PROMOTED, entries.REVERSED, entries.BALANCED))
    yield from map(_of, (transfers.SPLIT, transfers.STATED, transfers.COMPLETE, results.SHOWN, results.TAKEN))
    yield from map(_of, (lines.CLAIMED, lines.RECORDED, lines.SOURCED))
    yield "年度积分由台账得出", wrong_year
    yield from map(_of, (deadlines.ARMED, deadlines.PUNCTUAL, deadlines.EFFECTIVE, deadlines.OBJECTED))
    yield from map(_of, (tallies.COUNTED,))


def _of_files(store: Store | None) -> Iterator[tuple[str, Search]]:
    if store is not None:
        yield "证明材料与提交时一致", lambda session, county_id: _wrong_file(session, county_id, store)


def _of(check: Check) -> tuple[str, Search]:
    return check.holds, check.first


def _wrong_content(session: Session, county_id: UUID) -> Wrong | None:
    for row in session.execute(text(seals.BROKEN), {"county": county_id}).all():
        broken = Broken(*row)
        if broken.algorithm not in ALGORITHMS:
            found, should = {"algorithm": broken.algorithm}, {"algorithm": SHA256}
            return Wrong("seal", broken.id, broken.unit_id, broken.period, None, found, should)
        if broken.made is None:
            # Only the product's own library knows this digest.
            made = digest(broken.algorithm, content_of(session, county_id, broken.notice_id))
            broken = broken._replace(made=made)
        if broken.made != broken.digest:
            wrong, certain = diagnose(session, county_id, broken)
            return wrong if certain else wrong_year(session, county_id) or wrong
    return None


def _wrong_head(session: Session, county_id: UUID) -> Wrong | None:
    """The heads that SQL has no digest for."""
    for row in session.execute(text(seals.OTHER_HEADS), {"county": county_id}):
        made = head(row.algorithm, row.seq, row.previous, row.digest)
        if made != row.head:
            return Wrong("seal", row.id, row.unit_id, row.period, None, {"head": row.head}, {"head": made})
    return None


def _wrong_package(session: Session, county_id: UUID) -> Wrong | None:
    streamed = text(papers.PACKAGES).execution_options(yield_per=200)
    for row in session.execute(streamed, {"county": county_id}):
        made = hashlib.sha256(_canonical(row.package).encode()).hexdigest()
        if made != row.digest:
            found, should = {"digest": row.digest}, {"digest": made}
            return Wrong(row.tbl, row.id, row.unit_id, row.period, None, found, should)
    return None


def _wrong_file(session: Session, county_id: UUID, store: Store) -> Wrong | None:
    streamed = text(papers.EVIDENCE).execution_options(yield_per=200)
    for row in session.execute(streamed, {"county": county_id}):
        made = store.digest_of(row.digest)
        if made != row.digest:
            found, should = {"digest": made}, {"digest": row.digest}
            return Wrong("evidence", row.id, row.unit_id, row.period, row.member_id, found, should)
    return None


def _canonical(value: Any) -> str:
    """Write JSON in its one form, by hand: keys in order, no spaces; beside the way in which it was sealed."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_canonical(key)}:{_canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _counties(session: Session) -> list[UUID]:
    return list(session.scalars(text("SELECT county_id FROM unit WHERE id = county_id ORDER BY code, id")))
