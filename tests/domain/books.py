"""A seventh book, that exists only in the tests, and short ways to make members, events and books."""

from datetime import date
from decimal import Decimal

from shared.domain.awards import YearScore
from shared.domain.records import EventRecord, MemberClass, MemberRecord, Office
from shared.domain.rule_books import book_of, check
from shared.domain.rule_text import Fault
from shared.domain.rules import RuleBook
from shared.domain.scoring import score

SEVENTH = """\
book: seventh
title: 第七本
version: 3
effective_from: 2020-01-01
round: {span: quarter, base: 20, floor: 0, ceiling: 50}
year: {rounds: mean, ceiling: 60}
appraisal: {好: 100, 差: 50}
aspects: [甲]
departments: [林业站]
tiers:
  - {id: x, base: 5, offices: [支部书记, 村主任, 副书记, 委员, 副主任]}
  - {id: y, base: 10, no_office: yes}
items:
  - {id: P, aspect: 甲, kind: base, points: 4, title: 基础}
  - {id: T, kind: task, range: {above: 0, most: 6}, caps: [{per: round, points: 6}], title: 任务}
  - {id: G, kind: bonus, points: 3, title: 加分, word_of: 林业站}
  - {id: H, kind: bonus, points: 7, replaces: G, title: 更好}
  - {id: Y, kind: bonus, counts: year, range: {least: 0, most: 9}, caps: [{per: year, points: 9}], title: 全年奖励}
  - {id: D, kind: deduction, points: 8, title: 扣分}
  - {id: M, kind: bonus, points: 2, classes: [流动党员], decision: yes, from: 2025-02-01,
     until: 2025-06-30, title: 限时}
  - {id: Z, kind: zeroing, title: 清零}
grades:
  - {name: 上, above: 40}
  - {name: 中, above: 20, to: 40}
  - {name: 下, to: 20}
outcomes:
  - {id: praise, title: 表扬, body: committee, grades: [上]}
procedure:
  stages: [collecting, reviewing, published, settled, filed]
  words: yes
  windows:
    publication: {days: 7, unit: natural, roll: nonworking}
    investigation: {days: 3, unit: natural, roll: nonworking}
    appeal: {days: 7, unit: natural, roll: nonworking}
"""


def seventh() -> RuleBook:
    """Return the seventh book."""
    return book_of(SEVENTH, "seventh.yaml")


def faults_in(text: str) -> list[Fault]:
    """Return all faults of a book's text."""
    return list(check(text, "seventh.yaml", lambda _: None).faults)


def broken(old: str, new: str) -> list[Fault]:
    """Return the faults of the seventh book after one change."""
    assert SEVENTH.count(old) == 1, old
    return faults_in(SEVENTH.replace(old, new))


def member(
    number: str = "001",
    class_: MemberClass = MemberClass.ORDINARY,
    born: int = 1970,
    office: Office | None = None,
    present_from: date | None = None,
    present_to: date | None = None,
    exempt: bool = False,
) -> MemberRecord:
    """Return a member who is there all year unless said otherwise."""
    return MemberRecord(number, class_, date(born, 6, 1), office, present_from, present_to, exempt)


def event(
    number: str,
    day: str,
    item: str,
    points: str | None = None,
    replaces: str | None = None,
    decision: str | None = None,
    who: str = "001",
) -> EventRecord:
    """Return an event of member 001 unless said otherwise."""
    amount = None if points is None else Decimal(points)
    return EventRecord(number, date.fromisoformat(day), who, item, amount, replaces, decision)


def points_by_round(scored: YearScore, who: str = "001") -> dict[str, str]:
    """Return a member's points by round, as they are stated."""
    found = scored.of(who)
    assert found is not None
    return {round_.round: str(round_.points) for round_ in found.rounds}


def codes(scored: YearScore) -> dict[str, str]:
    """Return the reason for each rejected row."""
    return {rejection.event_no: str(rejection.code) for rejection in scored.rejected}


def scored(book: RuleBook, *events: EventRecord, who: MemberRecord | None = None, result: str = "好") -> YearScore:
    """Score 2025 for one member."""
    person = who or member()
    return score(book, 2025, [person], events, {person.number: result})
