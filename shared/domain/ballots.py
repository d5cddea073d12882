"""Secret ballots: slips, the urn into which they fall, and slips on paper that two people count alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self
from uuid import UUID

from shared.domain.machine import Machine

# Fewer than so many voters, and whoever counts knows who marked what.
FEWEST_VOTERS = 3
# Every count takes this many digits, so that an urn is as long with one slip in it as with a thousand.
DIGITS = 5

# What one slip says: for each subject the choice that is marked; one that is missing abstains.
Slip = Mapping[UUID, str]
Counts = Mapping[UUID, Mapping[str, int]]


class Purpose(StrEnum):
    """What a ballot is about."""

    MUTUAL = "mutual"
    APPRAISAL = "appraisal"
    MOTION = "motion"


class Way(StrEnum):
    """How somebody has voted, as far as the roll knows it."""

    SCREEN = "screen"
    PAPER = "paper"


class BallotState(StrEnum):
    """Where a ballot stands."""

    OPEN = "open"
    CLOSED = "closed"
    COUNTED = "counted"


class BallotCommand(StrEnum):
    """The steps of a ballot."""

    CLOSE = "close"
    COUNT = "count"


S, C = BallotState, BallotCommand

BALLOT: Machine[BallotState, BallotCommand] = Machine(
    noun="这次投票",
    initial=S.OPEN,
    edges={(S.OPEN, C.CLOSE): S.CLOSED, (S.CLOSED, C.COUNT): S.COUNTED},
    words={
        S.OPEN: "投票中",
        S.CLOSED: "已截止，待计票",
        S.COUNTED: "已计票",
        C.CLOSE: "截止投票",
        C.COUNT: "计票",
    },
)


@dataclass(frozen=True, slots=True)
class Urn:
    """Sums of slips and nothing else: by subject, how often each choice was marked, and how many slips fell."""

    subjects: tuple[UUID, ...]
    choices: tuple[str, ...]
    slips: int = 0
    sums: tuple[int, ...] = ()

    @classmethod
    def empty(cls, subjects: Sequence[UUID], choices: Sequence[str]) -> Self:
        """Return an urn into which nothing has fallen."""
        return cls(tuple(subjects), tuple(choices), 0, (0,) * (len(subjects) * len(choices)))

    def with_slip(self, slip: Slip) -> "Urn":
        """Return the urn with one more slip in it."""
        marked = {self._place(subject, choice) for subject, choice in slip.items()}
        sums = tuple(number + (place in marked) for place, number in enumerate(self.sums))
        return Urn(self.subjects, self.choices, self.slips + 1, sums)

    def with_counts(self, slips: int, counts: Counts) -> "Urn":
        """Return the urn with slips that were counted by hand."""
        added = [counts.get(subject, {}).get(choice, 0) for subject in self.subjects for choice in self.choices]
        sums = tuple(own + more for own, more in zip(self.sums, added, strict=True))
        return Urn(self.subjects, self.choices, self.slips + slips, sums)

    @property
    def counts(self) -> dict[UUID, dict[str, int]]:
        """What has been marked, by subject and choice."""
        rows = iter(self.sums)
        return {subject: {choice: next(rows) for choice in self.choices} for subject in self.subjects}

    def written(self) -> str:
        """Return the urn as digits, always equally many."""
        return "".join(f"{number:0{DIGITS}d}" for number in (self.slips, *self.sums))

    def read(self, digits: str) -> "Urn":
        """Return an urn for these subjects and choices with the sums that were written."""
        numbers = [int(digits[at : at + DIGITS]) for at in range(0, len(digits), DIGITS)]
        if len(numbers) != 1 + len(self.subjects) * len(self.choices):
            raise ValueError("an urn of another ballot")
        return Urn(self.subjects, self.choices, numbers[0], tuple(numbers[1:]))

    def _place(self, subject: UUID, choice: str) -> int:
        return self.subjects.index(subject) * len(self.choices) + self.choices.index(choice)


def faults_of_slip(urn: Urn, slip: Slip, own: UUID | None) -> list[str]:
    """Return what is wrong with a slip: marks for nobody on it, by no choice of it, or for oneself."""
    if not set(slip) <= set(urn.subjects) or not set(slip.values()) <= set(urn.choices):
        return ["票上有看不懂的内容，请重新打开这一页再投。"]
    return ["不能给自己测评，请把自己一栏空着。"] if own in slip else []


def faults_of_count(urn: Urn, handed: int, slips: int, counts: Counts) -> list[str]:
    """Return what is wrong with slips counted by hand: more than were handed out, or more marks than slips."""
    if slips < 0 or any(number < 0 for marks in counts.values() for number in marks.values()):
        return ["票数不能是负数。"]
    faults = [f"发出纸质票 {handed} 张，收回却有 {slips} 张，请核对。"] if slips > handed else []
    for subject in urn.subjects:
        marks = sum(counts.get(subject, {}).values())
        if marks > slips:
            faults.append(f"收回 {slips} 张票，有一栏却画了 {marks} 次，请核对。")
            break
    return faults


def valid(due: int, cast: int) -> bool:
    """Whether enough have voted: at least half of those who should (支部工作条例 article 11)."""
    return due > 0 and 2 * cast >= due


def why(due: int, cast: int) -> str:
    """Return whether a ballot is valid, in words."""
    said = f"应投票 {due} 人，收回 {cast} 票"
    return f"{said}，达到半数，投票有效。" if valid(due, cast) else f"{said}，不足半数，投票无效。"
