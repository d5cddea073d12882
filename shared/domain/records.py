"""What a year is scored from: who was there, and what happened."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class MemberClass(StrEnum):
    """The four classes of members, as every list of members names them."""

    CADRE = "村组干部"
    ORDINARY = "普通党员"
    MIGRANT = "流动党员"
    FRAIL = "年老体弱"


class Office(StrEnum):
    """The offices that a tier of a rule book can ask for."""

    SECRETARY = "支部书记"
    DIRECTOR = "村主任"
    DEPUTY_SECRETARY = "副书记"
    COMMITTEE = "委员"
    DEPUTY_DIRECTOR = "副主任"


@dataclass(frozen=True, slots=True)
class Exemption:
    """From when until when somebody is left out of scoring; both days included, `until` None as long as it lasts.

    It counts by whole rounds: the one that holds its first day is left out, and so is the one that holds its last.
    """

    since: date
    until: date | None = None

    def covers(self, first: date, last: date) -> bool:
        """Whether a round from `first` to `last`, both included, is left out."""
        return self.since <= last and (self.until is None or self.until >= first)


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """One member in one year. `office` is that of 31 December, or the last held by one who left.

    `present_from` and `present_to` are the first and last day in the branch, both included, None when open.
    `exempt`: has consented to be left out of scoring for the year; `exemption`: for the rounds of a span of days.
    Either counts only under a book that knows exemption.
    """

    number: str
    class_: MemberClass
    birth_date: date
    office: Office | None = None
    present_from: date | None = None
    present_to: date | None = None
    exempt: bool = False
    probationary: bool = False
    name: str = ""
    exemption: Exemption | None = None


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One thing that happened. `points` is never negative, the item's kind gives the sign; None where the
    item's value is fixed. `replaces` is another event's number, `decision` the minute that decided it."""

    number: str
    day: date
    member: str
    item: str
    points: Decimal | None = None
    replaces: str | None = None
    decision: str | None = None
    note: str = ""
