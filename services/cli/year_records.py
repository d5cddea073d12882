"""A year's input files: members, events and appraisals as records, or every fault that makes them unusable."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from services.cli.sheets import Fault, Row, read
from shared.domain.records import EventRecord, MemberClass, MemberRecord, Office

MEMBERS = ("member_no", "name", "class", "office", "birth_date", "present_from", "present_to", "flags")
EVENTS = ("event_no", "date", "member_no", "item", "points", "replaces", "decision", "note")
APPRAISALS = ("member_no", "result")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
POINTS = re.compile(r"[0-9]+(\.[0-9]{1,2})?")
E = TypeVar("E", bound=StrEnum)


class Flag(StrEnum):
    """What a member's flags may say."""

    PROBATIONARY = "probationary"
    EXEMPT = "exempt"


@dataclass(slots=True)
class YearRecords:
    """What the three files hold, with all their faults."""

    members: list[MemberRecord] = field(default_factory=list)
    events: list[EventRecord] = field(default_factory=list)
    appraisals: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class _Reader:
    """One row being read: cells as values, what is wrong with them noted."""

    file: str
    row: Row
    faults: list[Fault]

    def fault(self, column: str, what: str, right: str) -> None:
        self.faults.append(Fault(self.file, self.row.line, f"{column} 列", what, right))

    def needed(self, column: str) -> str:
        value = self.row.cells[column]
        if not value:
            self.fault(column, "没有填", "填上编号")
        return value

    def day(self, column: str) -> date | None:
        text = self.row.cells[column]
        try:
            if DAY.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass  # no such day, as 2025-02-30: the same fault as a day that is written another way
        self.fault(column, f"“{text}”不是日期", "YYYY-MM-DD 的日期，如 2025-03-01")
        return None

    def open_day(self, column: str) -> date | None:
        return self.day(column) if self.row.cells[column] else None

    def points(self) -> Decimal | None:
        text = self.row.cells["points"]
        if not text:
            return None
        if POINTS.fullmatch(text):
            return Decimal(text)
        self.fault("points", f"“{text}”不是分值", "不小于 0、最多两位小数的数，如 2 或 0.50")
        return None

    def one_of(self, column: str, text: str, known: type[E]) -> E | None:
        try:
            return known(text)
        except ValueError:
            self.fault(column, f"不认识“{text}”", "、".join(known))
            return None


def read_year(members: str, events: str, appraisals: str | None, results: Sequence[str]) -> YearRecords:
    """Read the three files; `results` are what the book's appraisals may say, empty where it takes none."""
    year = YearRecords()
    numbers = _read_members(members, year)
    for row in read(events, EVENTS, year.faults):
        _read_event(_Reader(events, row, year.faults), year)
    if appraisals is not None:
        _read_appraisals(appraisals, year, numbers, results)
    order = {file: place for place, file in enumerate((members, events, appraisals or ""))}
    year.faults.sort(key=lambda fault: (order.get(fault.file, 0), fault.line))
    return year


def _read_members(file: str, year: YearRecords) -> dict[str, int]:
    seen: dict[str, int] = {}
    for row in read(file, MEMBERS, year.faults):
        reader = _Reader(file, row, year.faults)
        number = reader.needed("member_no")
        if number and number in seen:
            reader.fault("member_no", f"党员 {number} 列了两次", f"每人一行（第 {seen[number]} 行已有）")
        seen.setdefault(number, row.line)
        member = _member(reader, number)
        if member is not None:
            year.members.append(member)
    return seen


def _member(reader: _Reader, number: str) -> MemberRecord | None:
    cells = reader.row.cells
    class_ = reader.one_of("class", cells["class"], MemberClass)
    office = reader.one_of("office", cells["office"], Office) if cells["office"] else None
    born = reader.day("birth_date")
    since, until = reader.open_day("present_from"), reader.open_day("present_to")
    if since and until and since > until:
        reader.fault("present_from", f"{since} 晚于 present_to {until}", "present_from 不晚于 present_to")
    words = [flag.strip() for flag in cells["flags"].split(";") if flag.strip()]
    flags = {reader.one_of("flags", word, Flag) for word in words}
    if class_ is None or born is None:
        return None
    exempt, probationary = Flag.EXEMPT in flags, Flag.PROBATIONARY in flags
    return MemberRecord(number, class_, born, office, since, until, exempt, probationary, cells["name"])


def _read_event(reader: _Reader, year: YearRecords) -> None:
    cells = reader.row.cells
    number, member = reader.needed("event_no"), reader.needed("member_no")
    day, points = reader.day("date"), reader.points()
    if day is not None:
        replaces, decision = cells["replaces"] or None, cells["decision"] or None
        record = EventRecord(number, day, member, cells["item"], points, replaces, decision, cells["note"])
        year.events.append(record)


def _read_appraisals(file: str, year: YearRecords, numbers: dict[str, int], results: Sequence[str]) -> None:
    for row in read(file, APPRAISALS, year.faults):
        reader = _Reader(file, row, year.faults)
        if not results:
            reader.fault("member_no", "本规则不用评议结果", "只有表头，或不给 --appraisals")
            return
        number, result = reader.needed("member_no"), row.cells["result"]
        if number and number not in numbers:
            reader.fault("member_no", f"名单里没有党员 {number}", "名单里有的编号")
        if number in year.appraisals:
            reader.fault("member_no", f"党员 {number} 列了两次", "每人一行")
        if result not in results:
            reader.fault("result", f"不认识“{result}”", "、".join(results))
        year.appraisals[number] = result
