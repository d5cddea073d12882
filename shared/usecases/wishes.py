"""Wishes: what a paper is made with beside the row that it belongs to, and the kinds of papers that there are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.domain.windows import local_day
from shared.papers.layouts import Paper, Size


@dataclass(frozen=True, slots=True)
class Wish:
    """What a paper is made with beside its row: where the pages are, the instant, a year and size where chosen."""

    address: str
    now: datetime
    year: int | None = None
    size: Size = Size.A3

    def year_of(self) -> int:
        """The year that is wanted, by default the present one."""
        return self.year or local_day(self.now).year


Make = Callable[[Session, Actor, UUID, Wish], Paper]


@dataclass(frozen=True, slots=True)
class Kind:
    """A paper by its name: the row that it belongs to, and the action that the gate is asked for.

    `editable`: people change its words before it goes out, so it comes as Word too.
    """

    form: str
    of: str
    action: Action
    make: Make
    editable: bool = False
