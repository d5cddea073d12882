"""Urging (催办): what a branch can be urged to finish, and how long the level above then leaves it in peace."""

from datetime import date, timedelta
from enum import StrEnum

COOL_DOWN = timedelta(days=3)


class Subject(StrEnum):
    """What is late in a branch; the words are those of the counts of waiting work."""

    ROUND = "round"
    OBJECTION = "objection"
    FILING = "filing"


WORDS = {Subject.ROUND: "本期积分", Subject.OBJECTION: "异议", Subject.FILING: "备案"}


def again_from(last: date) -> date:
    """Return the first day on which what was urged on the day `last` may be urged again."""
    return last + COOL_DOWN
