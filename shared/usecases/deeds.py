"""Deeds: a branch's year of claims and records as the scoring takes them, and what it makes of them."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.db.members import Member
from shared.db.rounds import Round
from shared.domain.awards import MemberScore, RoundScore
from shared.domain.deeds import Deed, faults_of
from shared.domain.periods import day_in_words
from shared.domain.records import EventRecord, Exemption, MemberClass, MemberRecord, Office
from shared.domain.rules import RuleBook
from shared.domain.scoring import score
from shared.domain.windows import local_day
from shared.usecases.books import book_of

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
    exemption = member.exemption if book.exemption else None
    if exemption is not None and exemption.covers(round_.first_day, round_.last_day):
        faults.append(f"{member.name}经本人同意不列入本期计分。")
    return faults


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
    events = [
        EventRecord(
            number=row.number,
            day=row.happened_on,
            member=row.member,
            item=row.item,
            points=row.points,
            replaces=row.replaces,
            decision=row.decision,
        )
        for row in session.execute(_EVENTS, where)
    ]
    members = [
        MemberRecord(
            number=str(row.id),
            class_=MemberClass(getattr(row, "class")),
            birth_date=row.birth_date,
            office=Office(row.office) if row.office else None,
            present_from=row.present_from,
            present_to=row.present_to,
            probationary=row.probationary,
            exemption=Exemption(row.exempt_from, row.exempt_to) if row.exempt_from else None,
        )
        for row in session.execute(_MEMBERS, where)
    ]
    scored = score(book_of(session, county_id, book_id), year, members, events)
    return {UUID(member.member_no): member for member in scored.members}
