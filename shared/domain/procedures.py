"""The procedure of a rule book: its rounds' stages, meeting, notice, windows, appeals and filing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shared.domain.rounds import RoundState
from shared.domain.windows import WindowRule


class Span(StrEnum):
    """A stretch of time that a round, a notice, a filing or a cap is reckoned by."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class MeetingMode(StrEnum):
    """What the members' meeting does with the lines."""

    PASSES = "passes"
    HEARS = "hears"
    NONE = "none"


class WindowKind(StrEnum):
    """What a window is for."""

    PUBLICATION = "publication"
    REPUBLICATION = "republication"
    INVESTIGATION = "investigation"
    APPEAL = "appeal"


class Body(StrEnum):
    """Who decides something, as a rule book names them."""

    COMMITTEE = "committee"
    OFFICE = "office"
    SCORING_GROUP = "scoring_group"
    DISCIPLINE = "discipline"
    MEMBERS_MEETING = "members_meeting"
    PARENT = "parent"


class Objector(StrEnum):
    """Who may object to what is published."""

    MEMBER = "member"
    VILLAGER = "villager"


@dataclass(frozen=True, slots=True)
class Procedure:
    """How a branch under this book runs its rounds.

    `stages` is a path through `rounds.ROUND`. `notice_every` and `filing_every` are never shorter than the
    round; `meeting_every` likewise. `appeals` are the bodies that decide appeals, one after the other.
    `claims_close_days`: claims close at 24:00 of that day after the period. `overdue_days`: a deadline missed
    by so many days goes to the level above. `recall_days`: a meeting without quorum is called again within.
    `paper_days`: working days within which a paper objection is entered. `witnesses`: who takes part in counting
    the year's totals and confirms them, without whom the year's notice is not approved.
    """

    stages: tuple[RoundState, ...]
    notice_every: Span
    filing_every: Span
    windows: Mapping[WindowKind, WindowRule]
    meeting: MeetingMode = MeetingMode.NONE
    meeting_every: Span = Span.QUARTER
    first_answer: Body = Body.COMMITTEE
    appeals: tuple[Body, ...] = (Body.PARENT,)
    objectors: tuple[Objector, ...] = (Objector.MEMBER,)
    public_board: bool = False
    opinions: bool = True
    words: bool = False
    scorers: int = 0
    claims_close_days: int = 5
    overdue_days: int = 3
    recall_days: int = 7
    paper_days: int = 2
    observers: tuple[str, ...] = field(default=())
    witnesses: tuple[str, ...] = field(default=())
