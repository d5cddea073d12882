"""Windows: how many days something stays open, which days count, and the instant at which it closes."""

from dataclasses import dataclass
from enum import StrEnum


class DayUnit(StrEnum):
    """Which days are counted."""

    NATURAL = "natural"
    WORKING = "working"


class Roll(StrEnum):
    """What moves a last day that is a day off."""

    NONE = "none"
    STATUTORY = "statutory"
    NONWORKING = "nonworking"


@dataclass(frozen=True, slots=True)
class WindowRule:
    """The rule of one window, as a rule book states it: `days` counted by `unit`, rolled by `roll`."""

    days: int
    unit: DayUnit = DayUnit.NATURAL
    roll: Roll = Roll.NONWORKING
