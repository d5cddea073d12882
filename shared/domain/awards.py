"""Awards: the single figures that a member's round and year are made of, each with where it comes from."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from shared.domain.admission import Rejection
from shared.domain.rules import Scope


class AwardKind(StrEnum):
    """Where a figure comes from: an event, a base that is granted, a limit that cuts, a zeroed year."""

    EVENT = "event"
    BASE = "base"
    CLAMP = "clamp"
    ZEROING = "zeroing"


class Award(NamedTuple):
    """One figure. A named tuple: a county's quarter makes a million of them, and a frozen
    dataclass was measured to cost three times as much.

    `asked` is what the row asked for, unsigned (None where there is no row); `counted` is what counts, signed;
    `clause` is the item's title, `version` the book's; `note` says in Chinese what was cut, and by what.
    """

    kind: AwardKind
    event_no: str | None
    item: str | None
    clause: str
    version: int
    day: date | None
    asked: Decimal | None
    counted: Decimal
    scope: Scope
    note: str


class RoundScore(NamedTuple):
    """A member's round, written `2025-03` or `2025-Q1`: its awards of scope round sum to its points."""

    round: str
    points: Decimal
    awards: tuple[Award, ...]


class MemberScore(NamedTuple):
    """A member's year. Points are None where there was no round, annual points also without an appraisal.

    The year's points are the rounds' sum (or rounded mean) and the sum of `year_awards`.
    """

    member_no: str
    tier: str | None
    exempt: bool
    zeroed: bool
    rounds: tuple[RoundScore, ...]
    year_awards: tuple[Award, ...]
    year_points: Decimal | None
    appraisal: str | None
    annual_points: Decimal | None
    reward_points: Decimal | None
    grade: str | None
    rank: int | None


@dataclass(frozen=True, slots=True)
class YearScore:
    """A year scored under a book: members by number, rejected rows by event number, then code, as text."""

    book: str
    version: int
    year: int
    members: tuple[MemberScore, ...]
    rejected: tuple[Rejection, ...]

    def of(self, member_no: str) -> MemberScore | None:
        """Return one member's year."""
        return next((member for member in self.members if member.member_no == member_no), None)
