"""Standing: what a line of the log belongs to: a request or a task, and in whose county it acts."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

SHORT = 3


@dataclass(slots=True)
class Standing:
    """One request or one task; `tenant` is the county that it entered last.

    `withheld` is what somebody has typed that stands in no line, wherever it turns up.

    Shared by the threads that work for it, so that what one of them enters is known where the line is written.
    """

    request: str = ""
    task: str = ""
    task_id: str = ""
    tenant: str = ""
    withheld: set[str] = field(default_factory=set)


_HERE: ContextVar[Standing | None] = ContextVar("jifen_standing", default=None)


def here() -> Standing | None:
    """Return what is being worked on, None where nothing is."""
    return _HERE.get()


@contextmanager
def standing(of: Standing) -> Iterator[None]:
    """Let every line within belong to this."""
    before = _HERE.set(of)
    try:
        yield
    finally:
        _HERE.reset(before)


def withhold(typed: Iterable[str]) -> None:
    """Keep what was typed out of every line of this request; a sign or three could be anything."""
    if (current := _HERE.get()) is not None:
        current.withheld.update(one for one in typed if len(one) > SHORT)


def in_county(county_id: UUID) -> None:
    """Note in whose county it acts; without a request or task nothing is noted."""
    if (current := _HERE.get()) is not None:
        current.tenant = str(county_id)
