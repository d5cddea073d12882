"""A complaint or a suggestion (投诉建议): received by the level above, answered in writing, closed."""

from dataclasses import dataclass
from enum import StrEnum

from shared.domain.machine import Machine


class ComplaintKind(StrEnum):
    """What somebody writes to the level above."""

    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"


class ComplaintState(StrEnum):
    """Where a complaint stands."""

    RECEIVED = "received"
    ANSWERED = "answered"
    CLOSED = "closed"


class ComplaintCommand(StrEnum):
    """The steps of a complaint."""

    ANSWER = "answer"
    CLOSE = "close"


S, C = ComplaintState, ComplaintCommand

COMPLAINT: Machine[ComplaintState, ComplaintCommand] = Machine(
    noun="这件投诉建议",
    initial=S.RECEIVED,
    edges={
        (S.RECEIVED, C.ANSWER): S.ANSWERED,
        # What was said may be added to, until it is closed.
        (S.ANSWERED, C.ANSWER): S.ANSWERED,
        (S.ANSWERED, C.CLOSE): S.CLOSED,
    },
    words={
        S.RECEIVED: "已收到",
        S.ANSWERED: "已答复",
        S.CLOSED: "已办结",
        C.ANSWER: "书面答复",
        C.CLOSE: "办结",
    },
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What somebody writes; a visitor may leave name and telephone, or neither."""

    kind: ComplaintKind
    text: str
    name: str | None = None
    telephone: str | None = None
