"""The members' meeting: quorum and majority, both reckoned over those who should attend."""

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """As what somebody is on the roll; only voters count and vote."""

    VOTER = "voter"
    PROBATIONARY = "probationary"
    OBSERVER = "observer"


class Attended(StrEnum):
    """How somebody took part; a remote ballot and a written opinion sent before count as present."""

    PRESENT = "present"
    REMOTE = "remote"
    WRITTEN = "written"
    LEAVE = "leave"
    ABSENT = "absent"


COUNTS_AS_PRESENT = frozenset({Attended.PRESENT, Attended.REMOTE, Attended.WRITTEN})


@dataclass(frozen=True, slots=True)
class Roll:
    """How many voters should attend (`due`) and how many take part."""

    due: int
    present: int

    @property
    def quorate(self) -> bool:
        """At least half of the members with a vote are there (支部工作条例 article 11)."""
        return self.due > 0 and 2 * self.present >= self.due


class Choice(StrEnum):
    """How somebody votes."""

    IN_FAVOUR = "in_favour"
    AGAINST = "against"
    ABSTAINED = "abstained"


@dataclass(frozen=True, slots=True)
class Count:
    """The counted votes on one motion."""

    in_favour: int
    against: int = 0
    abstained: int = 0

    def and_of(self, other: "Count") -> "Count":
        """Return the votes of both together, such as those in the room and those from afar."""
        return Count(
            self.in_favour + other.in_favour, self.against + other.against, self.abstained + other.abstained
        )


def faults_of(roll: Roll, count: Count) -> list[str]:
    """Return what is wrong with a count as such: more votes than voters, or fewer than none."""
    cast = count.in_favour + count.against + count.abstained
    if min(count.in_favour, count.against, count.abstained) < 0:
        return ["票数不能是负数。"]
    if cast > roll.present:
        return [f"到会有表决权的党员 {roll.present} 人，票数却有 {cast} 张，请核对。"]
    return []


def carried(roll: Roll, count: Count) -> bool:
    """Whether a motion is carried: more than half of those who should attend (article 11)."""
    return roll.quorate and 2 * count.in_favour > roll.due


def why(roll: Roll, count: Count) -> str:
    """Return the result in words, as the minutes have it."""
    said = f"应到会有表决权的党员 {roll.due} 人，实到 {roll.present} 人，赞成 {count.in_favour} 票"
    if not roll.quorate:
        return f"{said}；到会不足半数，会议无效。"
    if not carried(roll, count):
        return f"{said}；赞成未超过应到会有表决权党员的半数，未通过。"
    return f"{said}；通过。"


def needed(roll: Roll) -> int:
    """Return how many votes in favour carry a motion: more than half of those who should attend."""
    return roll.due // 2 + 1


def standing_of(roll: Roll) -> str:
    """Say in words whether the meeting is valid as it stands, and what a motion needs."""
    said = f"应到 {roll.due} 人，实到 {roll.present} 人"
    if not roll.quorate:
        return f"{said}，不足半数，还差 {(roll.due + 1) // 2 - roll.present} 人，会议无效，不能表决。"
    half = "过半" if 2 * roll.present > roll.due else "达到半数"
    valid = f"{said}，{half}，会议有效；赞成须 {needed(roll)} 票"
    if roll.present < needed(roll):
        return f"{valid}，到会的同志全都赞成也还不够。"
    return f"{valid}。"
