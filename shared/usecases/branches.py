"""Branches: one branch as the levels above see it: where it stands, what is late, when it may be urged again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import able, require
from shared.db.clock import read_clock
from shared.db.filings import Filing
from shared.db.units import Unit
from shared.domain.filings import FilingState
from shared.domain.rounds import RoundState
from shared.domain.units import UnitKind
from shared.domain.urgings import WORDS, Subject
from shared.domain.windows import local_day
from shared.usecases.tallies import Count, Waiting, counts_of_unit, waiting, when
from shared.usecases.unit_periods import unit_below
from shared.usecases.urgings import urged_again_from


@dataclass(frozen=True, slots=True)
class Stage:
    """A period of a branch: where its round stands and what hangs on it, in numbers of work."""

    period: str
    state: str
    claims: int
    lines: int
    held: int
    objections: int
    filed: int
    filings: int


@dataclass(frozen=True, slots=True)
class Late:
    """What is late in a branch, by how many days at most; `again_from` is None where it may be urged today."""

    subject: Subject
    number: int
    days: int
    again_from: date | None


class Flag(NamedTuple):
    """What in the numbers of a period itself asks for a look."""

    period: str
    words: str


@dataclass(frozen=True, slots=True)
class BranchPage:
    """A branch without its members; `filings` are those that were sent to the unit that looks."""

    unit: Unit
    parent: Unit | None
    now: datetime
    stages: tuple[Stage, ...]
    late: tuple[Late, ...]
    flags: tuple[Flag, ...]
    filings: Sequence[Filing]
    urges: bool


def see_branch(session: Session, actor: Actor, unit_id: UUID) -> BranchPage | None:
    """Return a branch that lies below the acting unit; None where the unit is no branch."""
    require(actor, Action.OVERVIEW_SEE)
    units = {unit.id: unit for unit in session.scalars(select(Unit).filter_by(county_id=actor.county_id))}
    unit = unit_below(units, actor, unit_id)
    if unit.kind != UnitKind.BRANCH:
        return None
    counted = counts_of_unit(session, unit.id)
    waits = [one for one in waiting(session) if one.unit_id == unit.id]
    now = read_clock(session, actor.county_id)
    sent = select(Filing).filter_by(county_id=unit.county_id, unit_id=unit.id)
    came = sent.where(Filing.to_unit_id == actor.unit_id, Filing.state != FilingState.BUILT)
    stages = tuple(_stages(counted))
    return BranchPage(
        unit=unit,
        parent=units.get(unit.parent_id) if unit.parent_id else None,
        now=now,
        stages=stages,
        late=tuple(_late(session, unit, waits, local_day(now))),
        flags=tuple(_flags(stages, waits)),
        filings=session.scalars(came.order_by(Filing.submitted_at.desc())).all(),
        urges=able(actor, Action.BRANCH_REMIND),
    )


def _stages(counted: Sequence[Count]) -> list[Stage]:
    periods = {one.period for one in counted if one.noun == "round"}
    return [_stage(period, _of(counted, period)) for period in sorted(periods, key=when, reverse=True)]


def _of(counted: Sequence[Count], period: str) -> Mapping[tuple[str, str], int]:
    return {(one.noun, one.state): one.number for one in counted if one.period == period}


def _stage(period: str, of: Mapping[tuple[str, str], int]) -> Stage:
    def number(noun: str) -> int:
        return sum(how_many for (kind, _), how_many in of.items() if kind == noun)

    return Stage(
        period=period,
        state=next(state for noun, state in of if noun == "round"),
        claims=number("claim") - of.get(("claim", "draft"), 0) - of.get(("claim", "withdrawn"), 0),
        lines=number("line"),
        held=of.get(("line", "held"), 0) + of.get(("line", "amended"), 0),
        objections=number("objection") - of.get(("objection", "closed"), 0),
        filed=of.get(("filing", "filed"), 0),
        filings=number("filing"),
    )


def _late(session: Session, unit: Unit, waiting: Sequence[Waiting], today: date) -> list[Late]:
    found = []
    for subject in WORDS:
        late = [one for one in waiting if one.noun == subject and one.late]
        if late:
            free = urged_again_from(session, unit.id, subject)
            again = free if free is not None and today < free else None
            days = max(one.age_days for one in late)
            found.append(Late(subject, sum(one.number for one in late), max(days, 0), again))
    return found


def _flags(stages: Sequence[Stage], waiting: Sequence[Waiting]) -> list[Flag]:
    over = {RoundState.SETTLED, RoundState.FILED}
    held = [
        Flag(one.period, f"{one.held} 行有异议或待再次公示，还没有登记")
        for one in stages
        if one.state in over and one.held
    ]
    returned = [
        Flag(one.period, f"{one.number} 份备案材料被退回，还没有重报")
        for one in waiting
        if one.noun == "filing" and one.state == FilingState.RETURNED
    ]
    empty = [
        Flag(one.period, "没有一项申报")
        for one in stages
        if one.state in over and not one.claims and len(one.period) > 4
    ]
    return [*held, *returned, *empty]
