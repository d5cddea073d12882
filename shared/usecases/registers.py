"""Registers: what was entered in a round, and the sheet on which several members are entered at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import see
from shared.db.claims import Record
from shared.db.members import Member
from shared.db.rounds import Round
from shared.domain.rules import AGAINST, Item, Kind, RuleBook
from shared.usecases.books import book_of
from shared.usecases.records import OPEN

PAGE = 100
# One sheet holds a large branch's group; a branch above this is entered group by group.
SHEET = 120

_RECORDS = text("""
SELECT e.id, e.item, e.happened_on, e.points, e.text, e.decision, e.entered_at, e.struck_at, e.struck_reason,
       e.origin, e.member_id, m.name, p.name AS entered_by
FROM record e
JOIN member m ON m.county_id = e.county_id AND m.id = e.member_id
LEFT JOIN person p ON p.county_id = e.county_id AND p.id = e.entered_by
WHERE e.county_id = :county AND e.round_id = :round
ORDER BY e.entered_at DESC, m.name_sort, e.id LIMIT :most OFFSET :skip
""")
_COUNT = text("SELECT count(*) FROM record e WHERE e.county_id = :county AND e.round_id = :round")
# Those who are in the branch at some time of the round; by stroke order, as names hang on the board.
_MEMBERS = text("""
SELECT m.id, m.person_id, m.name, m.member_no, m.class, m.group_id, g.name AS group_name
FROM member m LEFT JOIN party_group g ON g.county_id = m.county_id AND g.id = m.group_id
WHERE m.county_id = :county AND m.unit_id = :unit
  AND coalesce(m.present_from, :last) <= :last AND coalesce(m.present_to, :first) >= :first
  AND (CAST(:group AS uuid) IS NULL OR m.group_id = CAST(:group AS uuid))
ORDER BY m.name_sort, m.id
""")


@dataclass(frozen=True, slots=True)
class Register:
    """A page of what was entered in a round, newest first; `open` whether more may be entered."""

    round: Round
    book: RuleBook
    records: Sequence[Row[Any]]
    number: int
    page: int
    last: int
    open: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """The members of a round on one sheet, or those of one group where they are too many for one."""

    round: Round
    book: RuleBook
    members: Sequence[Row[Any]]
    groups: Sequence[tuple[UUID, str]]
    group_id: UUID | None


def see_register(session: Session, actor: Actor, round_id: UUID, page: int = 1) -> Register:
    """Return what was entered in a round, struck entries among it."""
    round_ = see(session, actor, Action.RECORD_SEE, Round, round_id)
    of_round = {"county": actor.county_id, "round": round_.id}
    number = session.scalar(_COUNT, of_round) or 0
    last = max(1, -(-number // PAGE))
    page = min(max(page, 1), last)
    rows = session.execute(_RECORDS, {**of_round, "most": PAGE, "skip": (page - 1) * PAGE}).all()
    book = book_of(session, actor.county_id, round_.book_id)
    return Register(round_, book, rows, number, page, last, round_.state in OPEN)


def see_record(session: Session, actor: Actor, record_id: UUID) -> tuple[Record, Member, Item]:
    """Return an entry with whose it is, for whoever may strike it."""
    record = see(session, actor, Action.RECORD_STRIKE, Record, record_id)
    round_ = session.get_one(Round, (actor.county_id, record.round_id))
    member = session.get_one(Member, (actor.county_id, record.member_id))
    return record, member, book_of(session, actor.county_id, round_.book_id).items[record.item]


def see_sheet(session: Session, actor: Actor, round_id: UUID, group_id: UUID | None = None) -> Sheet:
    """Return the members who can be entered in a round."""
    round_ = see(session, actor, Action.RECORD_ENTER, Round, round_id)
    given: dict[str, Any] = {
        "county": actor.county_id,
        "unit": round_.unit_id,
        "first": round_.first_day,
        "last": round_.last_day,
        "group": None,
    }
    everybody = session.execute(_MEMBERS, given).all()
    groups = sorted({(row.group_id, row.group_name) for row in everybody if row.group_id}, key=lambda one: one[1])
    if group_id is None and len(everybody) > SHEET and groups:
        group_id = groups[0][0]
    members = [row for row in everybody if group_id in {None, row.group_id}]
    return Sheet(round_, book_of(session, actor.county_id, round_.book_id), members, groups, group_id)


def items_on(book: RuleBook, day: date) -> tuple[Sequence[Item], Sequence[Item]]:
    """Return what may be entered of a book on a day: what counts for a member, and what counts against."""
    ready = [
        item
        for item in book.items.values()
        if (item.starts is None or item.starts <= day)
        and (item.ends is None or day <= item.ends)
        # What another appraisal gives is not entered a second time.
        and item.taken_from is None
    ]
    good = [item for item in ready if item.kind not in AGAINST and not item.replaces]
    return good, [item for item in ready if item.kind in AGAINST]


def needs_points(item: Item) -> bool:
    """Return whether an entry of this item says how many points: of a range, and what is missing of a base."""
    return item.range is not None or item.kind is Kind.BASE
