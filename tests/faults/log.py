"""The clients' own log: what each tried, from when to when, and what it was told."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class Told(StrEnum):
    """What a client was told in the end; unknown where no answer came, which is neither yes nor no."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Act:
    """One try of a client: a claim or an objection, known again by the `token` in its text.

    `begun` and `ended` are instants of this machine; `unit_id` is the branch in which the client stood.
    """

    kind: str
    token: str
    unit_id: UUID
    begun: datetime
    ended: datetime
    told: Told
    said: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """The county's clock was moved: at this machine's instant `at` it stood at `stands`, and went on."""

    at: datetime
    stands: datetime


@dataclass
class Log:
    """What the clients did and how the county's clock went; several threads write into it."""

    acts: list[Act] = field(default_factory=list)
    clock: list[Moved] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def add(self, act: Act) -> None:
        """Write an act down."""
        with self.guard:
            self.acts.append(act)

    def of(self, kind: str) -> Sequence[Act]:
        """Return the acts of one kind, in the order in which they ended."""
        with self.guard:
            return [act for act in self.acts if act.kind == kind]

    def county_time(self, at: datetime) -> datetime:
        """Return the county's instant at an instant of this machine."""
        last = [moved for moved in self.clock if moved.at <= at]
        return at + ((last[-1].stands - last[-1].at) if last else timedelta())
