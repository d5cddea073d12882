"""The history to be searched: who took which step with what, when and why. Read only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.db.history import History
from shared.db.members import Member
from shared.domain.windows import end_of_day

PAGE = 100


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for; what is None or empty is not asked. `words` stand in a name or in what was noted.

    `since` and `until` are days, both included.
    """

    words: str = ""
    subject_kind: str | None = None
    subject_id: UUID | None = None
    command: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Steps:
    """One page of steps, newest first; `more`: whether an older page follows, `members`: whom steps are about."""

    steps: Sequence[History]
    page: int
    more: bool
    members: Mapping[UUID, str]


def search_history(session: Session, actor: Actor, sought: Sought, page: int = 1) -> Steps:
    """Return a page of the steps taken in the actor's unit that fit; pages are numbered from 1."""
    require(actor, Action.LEDGER_SEE)
    fitting = select(History).filter_by(county_id=actor.county_id, unit_id=actor.unit_id).where(*_fits(sought))
    ordered = fitting.order_by(History.at.desc(), History.recorded_at.desc(), History.id)
    number = max(page, 1)
    found = session.scalars(ordered.limit(PAGE + 1).offset((number - 1) * PAGE)).all()
    about = {one.subject_id for one in found if one.subject_kind == "member"}
    members = select(Member.id, Member.name).where(Member.county_id == actor.county_id, Member.id.in_(about))
    return Steps(found[:PAGE], number, len(found) > PAGE, dict(session.execute(members).tuples().all()))


def _fits(sought: Sought) -> list[ColumnElement[bool]]:
    fits: list[ColumnElement[bool]] = []
    words = sought.words.strip()
    if words:
        written = (History.actor_name, History.note)
        fits.append(or_(*(column.contains(words, autoescape=True) for column in written)))
    for column, value in (
        (History.subject_kind, sought.subject_kind),
        (History.subject_id, sought.subject_id),
        (History.command, sought.command),
    ):
        if value is not None:
            fits.append(column == value)
    if sought.since is not None:
        fits.append(History.at >= _begins(sought.since))
    if sought.until is not None:
        fits.append(History.at < end_of_day(sought.until))
    return fits


def _begins(day: date) -> datetime:
    return end_of_day(day - timedelta(days=1))
