"""Deeds: a branch's year of claims and records as the scoring takes them, and what it makes of them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from shared.db.members import Member
from shared.db.rounds import Round
from shared.domain.awards import MemberScore, RoundScore
from shared.domain.deeds import Deed, faults_of
from shared.domain.periods import day_in_words
from shared.domain.records import EventRecord, Exemption, MemberClass, MemberRecord, Office
from shared.domain.rules import RuleBook
from shared.domain.scoring import score
from shared.domain.transfers import Carried
from shared.domain.windows import local_day
from shared.usecases.books import book_of
from shared.usecases.transfer_statements import came_with

# In the order in which they happened, then in which they came in: caps are used up in that order.
_EVENTS = text("""
SELECT id::text AS number, happened_on, member_id::text AS member, item, points, replaces_id::text AS replaces,
       decision, came
FROM (
    SELECT c.id, c.happened_on, c.member_id, c.item, c.points, c.replaces_id, c.decision, c.filed_at AS came
    FROM claim c JOIN round r ON r.county_id = c.county_id AND r.id = c.round_id
    WHERE c.county_id = :county AND c.unit_id = :unit AND c.state IN ('accepted', 'confirmed')
      AND extract(year FROM r.first_day) = :year
    UNION ALL
    SELECT e.id, e.happened_on, e.member_id, e.item, e.points, NULL, e.decision, e.entered_at
    FROM record e JOIN round r ON r.county_id = e.county_id AND r.id = e.round_id
    WHERE e.county_id = :county AND e.unit_id = :unit AND e.struck_at IS NULL
      AND extract(year FROM r.first_day) = :year
) deed ORDER BY happened_on, came, number
""")
_MEMBERS = text("""
SELECT id, class, birth_date, office, present_from, present_to, exempt_from, exempt_to, probationary
FROM member WHERE county_id = :county AND unit_id = :unit
""")


def entry_faults(deed: Deed, book: RuleBook, member: Member, round_: Round, now: datetime) -> list[str]:
    """Return why a deed may not enter this round for this member: what the scoring would pass over in silence."""
    faults = faults_of(deed, book, member.class_, round_.first_day, round_.last_day, local_day(now))
    there = (member.present_from or date.min) <= deed.happened_on <= (member.present_to or date.max)
    if not there:
        faults.append(f"{day_in_words(deed.happened_on)}，{member.name}的组织关系不在本支部。")
    elif gone_by_the_end(member, round_):
        faults.append(f"{member.name}在本期结束以前已经离开本支部，本期不由本支部计分。")
    exemption = member.exemption if book.exemption else None
    if exemption is not None and exemption.covers(round_.first_day, round_.last_day):
        faults.append(f"{member.name}经本人同意不列入本期计分。")
    return faults


def gone_by_the_end(member: Member, round_: Round) -> bool:
    """Whether a member has left before the round's last day: whoever has them on that day scores it."""
    return member.present_to is not None and member.present_to < round_.last_day


def score_year(session: Session, round_: Round) -> Mapping[UUID, RoundScore]:
    """Score the branch's year as it stands, by the round's own version; return that round, by member."""
    scored = whole_year(session, round_.county_id, round_.unit_id, round_.book_id, round_.first_day.year)
    found = {}
    for member in scored.values():
        for one in member.rounds:
            if one.round == round_.period:
                # What counts once, for the year, is entered with the round in which it happened.
                extra = tuple(a for a in member.year_awards if a.day and _within(round_, a.day))
                found[UUID(member.member_no)] = one._replace(awards=(*one.awards, *extra))
    return found


def _within(round_: Round, day: date) -> bool:
    return round_.first_day <= day <= round_.last_day


def whole_year(
    session: Session, county_id: UUID, unit_id: UUID, book_id: UUID, year: int
) -> Mapping[UUID, MemberScore]:
    """Return each member's year under a version of a book, from the deeds that count so far."""
    where = {"county": county_id, "unit": unit_id, "year": year}
    book = book_of(session, county_id, book_id)
    brought = {who: came.under(book.id) for who, came in came_with(session, county_id, unit_id, year).items()}
    events = _in_order(session.execute(_EVENTS, where).all(), brought)
    members = [
        MemberRecord(
            number=str(row.id),
            class_=MemberClass(getattr(row, "class")),
            birth_date=row.birth_date,
            office=Office(row.office) if row.office else None,
            present_from=brought[row.id].present_from if row.id in brought else row.present_from,
            present_to=row.present_to,
            probationary=row.probationary,
            exemption=Exemption(row.exempt_from, row.exempt_to) if row.exempt_from else None,
        )
        for row in session.execute(_MEMBERS, where)
    ]
    scored = score(book, year, members, events)
    return {UUID(member.member_no): member for member in scored.members}


def _in_order(rows: Sequence[Row[Any]], brought: Mapping[UUID, Carried]) -> list[EventRecord]:
    """Return the deeds in the order in which caps are used up, those among them that came from another branch."""
    own = [
        (
            row.happened_on,
            row.came,
            EventRecord(row.number, row.happened_on, row.member, row.item, row.points, row.replaces, row.decision),
        )
        for row in rows
    ]
    if not any(came.deeds for came in brought.values()):
        return [event for _, _, event in own]
    others = [
        (
            one.day,
            one.came,
            EventRecord(one.id, one.day, str(who), one.item, one.points, one.replaces, one.decision),
        )
        for who, came in brought.items()
        for one in came.deeds
    ]
    return [event for _, _, event in sorted([*own, *others], key=lambda one: (one[0], one[1], one[2].number))]
