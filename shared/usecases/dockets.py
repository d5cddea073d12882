"""Dockets: a round's claims in one table, as the committee decides them and the group leaders see their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import able, see
from shared.db.kinships import kin_of
from shared.db.rounds import Round
from shared.domain.caps import room_left
from shared.domain.kinships import WORDS, Kin
from shared.domain.rules import Item, RuleBook
from shared.usecases.books import book_of
from shared.usecases.deeds import whole_year

PAGE = 100
OPEN, DECIDED = ("submitted",), ("returned", "accepted", "refused", "confirmed")
# Who sees the rows of a group or their own only.
NARROW = frozenset({"group_leader", "member"})

_WHERE = """
FROM claim c JOIN member m ON m.county_id = c.county_id AND m.id = c.member_id
WHERE c.county_id = :county AND c.round_id = :round AND c.state = ANY(CAST(:states AS text[]))
  AND (:whole OR m.group_id = CAST(:group AS uuid))
  AND (CAST(:picked AS uuid[]) IS NULL OR c.id = ANY(CAST(:picked AS uuid[])))
"""
_CLAIMS = """
WITH shown AS (
    SELECT c.*, m.name, m.person_id, m.group_id, m.name_sort {where}
    ORDER BY m.name_sort, m.id, c.happened_on, c.number LIMIT :most OFFSET :skip
)
SELECT c.id, c.number, c.stage, c.state, c.item, c.happened_on, c.points, c.text, c.reason, c.member_id, c.name,
       c.person_id, g.name AS group_name, o.done, o.quality, w.department,
       (SELECT count(*) FROM evidence e WHERE e.county_id = c.county_id AND e.subject_id = c.id
        AND e.removed_at IS NULL) AS evidence
FROM shown c
LEFT JOIN party_group g ON g.county_id = c.county_id AND g.id = c.group_id
LEFT JOIN (SELECT DISTINCT ON (claim_id) claim_id, done, quality FROM opinion
           WHERE county_id = :county AND unit_id = :unit AND claim_id IN (SELECT id FROM shown)
           ORDER BY claim_id, given_at DESC) o ON o.claim_id = c.id
LEFT JOIN (SELECT claim_id, min(department) AS department FROM word
           WHERE county_id = :county AND given_at IS NULL GROUP BY claim_id) w ON w.claim_id = c.id
ORDER BY c.name_sort, c.member_id, c.happened_on, c.number
"""
_SHOWN = text(_CLAIMS.format(where=_WHERE))
_COUNT = text(f"SELECT count(*) {_WHERE}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A claim on the docket with its item, and what its caps leave; `waits` says why it cannot be decided yet."""

    claim: Row[Any]
    item: Item
    left: Decimal | None
    waits: str


@dataclass(frozen=True, slots=True)
class Docket:
    """A page of a round's claims; `decides` whether this actor decides on those that wait for nothing."""

    round: Round
    book: RuleBook
    entries: Sequence[Entry]
    number: int
    page: int
    last: int
    decides: bool


def see_docket(session: Session, actor: Actor, round_id: UUID, decided: bool = False, page: int = 1) -> Docket:
    """Return a page of a round's claims that are open, or of those that are decided, by member."""
    return _docket(session, actor, round_id, DECIDED if decided else OPEN, page, None)


def see_picked(session: Session, actor: Actor, round_id: UUID, picked: Sequence[UUID]) -> Docket:
    """Return the docket with those open claims alone that somebody has picked from it."""
    return _docket(session, actor, round_id, OPEN, 1, picked)


def _docket(
    session: Session,
    actor: Actor,
    round_id: UUID,
    states: Sequence[str],
    page: int,
    picked: Sequence[UUID] | None,
) -> Docket:
    round_ = see(session, actor, Action.ROUND_SEE, Round, round_id)
    book = book_of(session, actor.county_id, round_.book_id)
    given: dict[str, Any] = {
        "county": actor.county_id,
        "unit": round_.unit_id,
        "round": round_.id,
        "states": list(states),
        "whole": able(actor, Action.CLAIM_SEE, NARROW),
        "group": actor.group_id,
        "picked": None if picked is None else list(picked),
    }
    number = session.scalar(_COUNT, given) or 0
    last = max(1, -(-number // PAGE))
    page = min(max(page, 1), last)
    rows = session.execute(_SHOWN, {**given, "most": PAGE, "skip": (page - 1) * PAGE}).all()
    return Docket(
        round=round_,
        book=book,
        entries=_entries(session, actor, round_, book, rows),
        number=number,
        page=page,
        last=last,
        decides=able(actor, Action.CLAIM_DECIDE) and not book.procedure.scorers,
    )


def _entries(
    session: Session, actor: Actor, round_: Round, book: RuleBook, rows: Sequence[Row[Any]]
) -> Sequence[Entry]:
    if not rows:
        return ()
    year = whole_year(session, actor.county_id, round_.unit_id, round_.book_id, round_.first_day.year)
    kin = kin_of(session, actor.county_id, actor.person_id) if actor.person_id else {}
    found = []
    for row in rows:
        item, scored = book.items[row.item], year.get(row.member_id)
        awards = chain(scored.year_awards, *(one.awards for one in scored.rounds)) if scored else ()
        left, waits = room_left(item, row.happened_on, awards), _waits(actor, kin.get(row.person_id), book, row)
        found.append(Entry(row, item, left, waits))
    return found


def _waits(actor: Actor, kin: Kin | None, book: RuleBook, row: Row[Any]) -> str:
    if kin is not None and able(actor, Action.CLAIM_DECIDE):
        return f"{WORDS[kin]}的申报，您要回避"
    if row.person_id == actor.person_id:
        return "本人的申报，由其他支委审核"
    if book.procedure.opinions and row.done is None:
        return "等党小组长签意见"
    return f"等{row.department}反馈" if row.department else ""
