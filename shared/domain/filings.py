"""A filing: the sealed package that goes up, is received, returned with a reason, or filed."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from shared.domain.lines import LINE, LineState
from shared.domain.machine import Machine


class FilingState(StrEnum):
    """Where a filing stands."""

    BUILT = "built"
    SUBMITTED = "submitted"
    RECEIVED = "received"
    RETURNED = "returned"
    FILED = "filed"


class FilingCommand(StrEnum):
    """The steps of a filing."""

    SUBMIT = "submit"
    RECEIVE = "receive"
    RETURN = "return"
    FILE = "file"


S, C = FilingState, FilingCommand
# Within so many days whoever has the package receives it, files it, or mends what was returned.
PATIENCE_DAYS = 7

FILING: Machine[FilingState, FilingCommand] = Machine(
    noun="这份备案",
    initial=S.BUILT,
    edges={
        (S.BUILT, C.SUBMIT): S.SUBMITTED,
        (S.RETURNED, C.SUBMIT): S.SUBMITTED,
        (S.SUBMITTED, C.RECEIVE): S.RECEIVED,
        (S.SUBMITTED, C.RETURN): S.RETURNED,
        (S.RECEIVED, C.RETURN): S.RETURNED,
        (S.RECEIVED, C.FILE): S.FILED,
    },
    words={
        S.BUILT: "待上报",
        S.SUBMITTED: "已上报",
        S.RECEIVED: "已接收",
        S.RETURNED: "已退回",
        S.FILED: "已备案",
        C.SUBMIT: "上报",
        C.RECEIVE: "接收",
        C.RETURN: "退回",
        C.FILE: "备案",
    },
)


class Change(NamedTuple):
    """A member's line in a round that differs between two editions of a package; None where it is not in one."""

    period: str
    member_no: str
    name: str
    before: str | None
    after: str | None


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Return the lines whose points or state differ between two editions, by round and member."""
    old, new = _lines(before), _lines(after)
    return [
        Change(
            *place, name=(new.get(place) or old[place])["name"], before=_said(old, place), after=_said(new, place)
        )
        for place in sorted(old.keys() | new.keys())
        if _said(old, place) != _said(new, place)
    ]


def _lines(package: Mapping[str, Any]) -> dict[tuple[str, str], dict[str, str]]:
    return {(line["period"], line["member_no"]): line for line in package["lines"]}


def _said(lines: Mapping[tuple[str, str], Mapping[str, str]], place: tuple[str, str]) -> str | None:
    line = lines.get(place)
    return None if line is None else f"{line['points'] or '未定'}（{LINE.words[LineState(line['state'])]}）"
