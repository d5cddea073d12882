"""Admission: which rows count, and for each that does not, the first reason that holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

from shared.domain.clauses import Clause, Tables
from shared.domain.hundredths import cents
from shared.domain.records import EventRecord, MemberRecord


class Code(StrEnum):
    """Why a row does not count, in the order in which the reasons are tried."""

    DUPLICATE = "duplicate"
    UNKNOWN_MEMBER = "unknown-member"
    UNKNOWN_ITEM = "unknown-item"
    NOT_IN_FORCE = "not-in-force"
    WRONG_YEAR = "wrong-year"
    NOT_PRESENT = "not-present"
    NOT_SCORED = "not-scored"
    NOT_ELIGIBLE = "not-eligible"
    OUT_OF_RANGE = "out-of-range"
    DECISION_REQUIRED = "decision-required"
    REFERENCE_REQUIRED = "reference-required"
    BAD_REFERENCE = "bad-reference"


WORDS = {
    Code.DUPLICATE: "事项编号前面已经用过",
    Code.UNKNOWN_MEMBER: "党员名单里没有这个编号",
    Code.UNKNOWN_ITEM: "细则里没有这一条",
    Code.NOT_IN_FORCE: "当天细则或这一条没有施行",
    Code.WRONG_YEAR: "不在计分的年度内",
    Code.NOT_PRESENT: "当天组织关系不在本支部",
    Code.NOT_SCORED: "本人同意免于计分",
    Code.NOT_ELIGIBLE: "这一条不适用于这类党员",
    Code.OUT_OF_RANGE: "分值不在这一条允许的范围内",
    Code.DECISION_REQUIRED: "这一条要有集体决定的会议纪要",
    Code.REFERENCE_REQUIRED: "这一条要写明取代哪一件",
    Code.BAD_REFERENCE: "所取代的那一件不成立、不是本人的或已被取代",
}


class Rejection(NamedTuple):
    """A row that does not count, and why."""

    event_no: str
    code: Code


# A row that counts, its clause, and what it asks for in hundredths, before any cap.
Accepted = tuple[EventRecord, Clause, int]


@dataclass(slots=True)
class Admission:
    """The rows sorted out: accepted ones by member, in order of date, then of line."""

    accepted: dict[str, list[Accepted]]
    rejected: list[Rejection]


def admit(tables: Tables, members: Mapping[str, MemberRecord], events: Iterable[EventRecord]) -> Admission:
    """Sort the rows into those that count and those that do not."""
    admission = Admission({number: [] for number in members}, [])
    references: dict[str, EventRecord] = {}
    accepted, clauses, plain = admission.accepted, tables.clauses, tables.plain
    always = {number for number, member in members.items() if _is_always_there(tables, member)}
    for event in sorted(_unique(events, admission), key=attrgetter("day")):
        number, item = event.member, event.item
        # Nine rows in ten ask for a fixed value, by a member there all year: they need no further question.
        if event.points is None and item in plain and number in always:
            clause = clauses[item]
            if not clause.replaceable and clause.opens <= event.day <= clause.closes:
                accepted[number].append((event, clause, clause.fixed or 0))
                continue
        found = _admit_one(tables, members, event, references)
        if isinstance(found, Code):
            admission.rejected.append(Rejection(event.number, found))
        else:
            accepted[number].append(found)
    admission.rejected.sort()
    return admission


def _is_always_there(tables: Tables, member: MemberRecord) -> bool:
    open_ended = member.present_from is None and member.present_to is None
    return open_ended and not (tables.book.exemption and (member.exempt or member.exemption))


def _admit_one(
    tables: Tables,
    members: Mapping[str, MemberRecord],
    event: EventRecord,
    references: dict[str, EventRecord],
) -> Accepted | Code:
    member, clause = members.get(event.member), tables.clauses.get(event.item)
    if member is None:
        return Code.UNKNOWN_MEMBER
    if clause is None:
        return Code.UNKNOWN_ITEM
    asked = None if event.points is None else cents(event.points)
    code = _standing_code(tables, member, clause, event) or _content_code(clause, event, asked, references)
    if code is not None:
        return code
    if clause.replaceable:
        references[event.number] = event
    return event, clause, (clause.fixed or 0) if asked is None else asked


def _unique(events: Iterable[EventRecord], admission: Admission) -> list[EventRecord]:
    rows = list(events)
    if len({event.number for event in rows}) == len(rows):
        return rows
    seen: set[str] = set()
    rest = []
    for event in rows:
        if event.number in seen:
            admission.rejected.append(Rejection(event.number, Code.DUPLICATE))
        else:
            seen.add(event.number)
            rest.append(event)
    return rest


def _standing_code(tables: Tables, member: MemberRecord, clause: Clause, event: EventRecord) -> Code | None:
    """Whether the clause, the day and the member belong together."""
    day = event.day
    if not clause.first <= day <= clause.last:
        return Code.NOT_IN_FORCE
    if day.year != tables.year:
        return Code.WRONG_YEAR
    since, until = member.present_from, member.present_to
    if (since is not None and day < since) or (until is not None and day > until):
        return Code.NOT_PRESENT
    if tables.exempts(member, day):
        return Code.NOT_SCORED
    return None if clause.classes is None or member.class_ in clause.classes else Code.NOT_ELIGIBLE


def _content_code(
    clause: Clause, event: EventRecord, asked: int | None, references: dict[str, EventRecord]
) -> Code | None:
    """Whether the row says what the clause asks for; a reference is used up by the row that names it."""
    if not clause.permits(asked):
        return Code.OUT_OF_RANGE
    if clause.decision and not event.decision:
        return Code.DECISION_REQUIRED
    if clause.replaces is None:
        return None
    if not event.replaces:
        return Code.REFERENCE_REQUIRED
    replaced = references.get(event.replaces)
    if replaced is None or replaced.item != clause.replaces or replaced.member != event.member:
        return Code.BAD_REFERENCE
    del references[event.replaces]
    return None
