"""A report about somebody else: what others saw, answered by whom it concerns, entered or set aside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.domain.machine import Machine
from shared.domain.rules import AGAINST, Item


class ReportKind(StrEnum):
    """Whether what was seen speaks for somebody or against them."""

    CONTRIBUTION = "contribution"
    BREACH = "breach"


class ReportState(StrEnum):
    """Where a report stands."""

    REPORTED = "reported"
    ENTERED = "entered"
    SET_ASIDE = "set_aside"


class ReportCommand(StrEnum):
    """The steps of a report; it counts for nothing until somebody has entered a record of it."""

    ENTER = "enter"
    SET_ASIDE = "set_aside"


S, C = ReportState, ReportCommand

REPORT: Machine[ReportState, ReportCommand] = Machine(
    noun="这件情况反映",
    initial=S.REPORTED,
    edges={(S.REPORTED, C.ENTER): S.ENTERED, (S.REPORTED, C.SET_ASIDE): S.SET_ASIDE},
    words={
        S.REPORTED: "待核实",
        S.ENTERED: "已登记",
        S.SET_ASIDE: "不作登记",
        C.ENTER: "核实并登记",
        C.SET_ASIDE: "不作登记",
    },
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody saw another member do, and when; `item` only where they know which one it falls under."""

    kind: ReportKind
    happened_on: date
    text: str
    item: str | None = None


def faults_of(seen: Seen, items: Mapping[str, Item], today: date) -> list[str]:
    """Return every fault of a report under the items in force on its day, each a sentence."""
    faults = []
    if not seen.text.strip():
        faults.append("请写明看到了什么。")
    if seen.happened_on > today:
        faults.append(f"{seen.happened_on} 还没有到，事情发生后再反映。")
    if seen.item is None:
        return faults
    item = items.get(seen.item)
    if item is None:
        faults.append(f"当天施行的细则里没有“{seen.item}”这一项；不清楚是哪一项的可以不填。")
    elif (item.kind in AGAINST) != (seen.kind is ReportKind.BREACH):
        faults.append(f"“{item.title}”是{'扣分' if item.kind in AGAINST else '加分'}事项，与所反映的情况不一致。")
    return faults
