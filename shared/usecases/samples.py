"""Samples: what has settled in a branch's rounds, as the scoring takes it, for a trial of another book."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shared.db.ledger import Appraisal
from shared.db.members import Member
from shared.domain.periods import Period, period_of
from shared.domain.records import EventRecord, MemberClass, MemberRecord, Office
from shared.domain.rules import RuleBook
from shared.domain.trials import Sample

_ROUNDS = text("""
SELECT r.id, r.period FROM round r
WHERE r.county_id = :county AND r.unit_id = :unit AND r.period = ANY(CAST(:periods AS text[]))
  AND r.state IN ('settled', 'filed')
""")
# In the order in which caps are used up: by the day, then as they came in.
_EVENTS = text("""
SELECT id::text AS number, happened_on, member_id::text AS member, item, points, replaces_id::text AS replaces,
       decision
FROM (
    SELECT c.id, c.happened_on, c.member_id, c.item, c.points, c.replaces_id, c.decision, c.filed_at AS came
    FROM claim c WHERE c.county_id = :county AND c.round_id = ANY(CAST(:rounds AS uuid[]))
      AND c.state IN ('accepted', 'confirmed')
    UNION ALL
    SELECT e.id, e.happened_on, e.member_id, e.item, e.points, NULL, e.decision, e.entered_at
    FROM record e WHERE e.county_id = :county AND e.round_id = ANY(CAST(:rounds AS uuid[])) AND e.struck_at IS NULL
) deed ORDER BY happened_on, came, number
""")


def sample_of(session: Session, county_id: UUID, unit_id: UUID, book: RuleBook, periods: Sequence[str]) -> Sample:
    """Return what has settled in these rounds of one year; the transaction has entered the branch."""
    where = {"county": county_id, "unit": unit_id, "periods": list(periods)}
    rounds = session.execute(_ROUNDS, where).all()
    events = session.execute(_EVENTS, {"county": county_id, "rounds": [round_.id for round_ in rounds]})
    year = Period.parse(periods[0]).year
    results = select(Appraisal).filter_by(county_id=county_id, unit_id=unit_id, year=year)
    members = select(Member).filter_by(county_id=county_id, unit_id=unit_id).order_by(Member.member_no)
    return Sample(
        year=year,
        rounds=[round_.period for round_ in rounds],
        members=[_record(member, book, year) for member in session.scalars(members)],
        events=[
            EventRecord(row.number, row.happened_on, row.member, row.item, row.points, row.replaces, row.decision)
            for row in events
        ],
        appraisals={str(one.member_id): one.result for one in session.scalars(results)},
    )


def _record(member: Member, book: RuleBook, year: int) -> MemberRecord:
    last = period_of(date(year, 12, 31), book.round_span)
    return MemberRecord(
        number=str(member.id),
        class_=MemberClass(member.class_),
        birth_date=member.birth_date,
        office=Office(member.office) if member.office else None,
        present_from=member.present_from,
        present_to=member.present_to,
        exempt=member.exemption is not None and member.exemption.covers(last.first, last.last),
        probationary=member.probationary,
        exemption=member.exemption,
    )
