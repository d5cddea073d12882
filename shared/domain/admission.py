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


class Accepted(NamedTuple):
    """A row that counts: `asked` in hundredths, before any cap."""

    event: EventRecord
    clause: Clause
    asked: int


@dataclass(slots=True)
class Admission:
    """The rows sorted out: accepted ones by member, in order of date, then of line."""

    accepted: dict[str, list[Accepted]]
    rejected: list[Rejection]


def admit(tables: Tables, members: Mapping[str, MemberRecord], events: Iterable[EventRecord]) -> Admission:
    """Sort the rows into those that count and those that do not."""
    admission = Admission({number: [] for number in members}, [])
    references: dict[str, EventRecord] = {}
    get_member, get_clause, refuse = members.get, tables.clauses.get, admission.rejected.append
    for event in sorted(_unique(events, admission), key=attrgetter("day")):
        member, clause = get_member(event.member), get_clause(event.item)
        if member is None or clause is None:
            refuse(Rejection(event.number, Code.UNKNOWN_ITEM if member else Code.UNKNOWN_MEMBER))
            continue
        asked = None if event.points is None else cents(event.points)
        code = _standing_code(tables, member, clause, event) or _content_code(clause, event, asked, references)
        if code is not None:
            refuse(Rejection(event.number, code))
            continue
        if clause.replaceable:
            references[event.number] = event
        if asked is None:
            asked = clause.fixed or 0
        admission.accepted[event.member].append(Accepted(event, clause, asked))
    admission.rejected.sort()
    return admission


def _unique(events: Iterable[EventRecord], admission: Admission) -> list[EventRecord]:
    seen: set[str] = set()
    rest = []
    for event in events:
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
    if member.exempt and tables.book.exemption:
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
