"""Overviews: how the work stands in a unit and below, in numbers; and what was filed with it, to be read there."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.db.clock import read_clock
from shared.db.filings import Filing
from shared.db.units import Unit
from shared.domain.claims import ClaimState
from shared.domain.errors import NotFound
from shared.domain.filings import FilingState
from shared.domain.objections import ObjectionState
from shared.domain.periods import Period
from shared.domain.rounds import RoundState
from shared.domain.units import UnitKind
from shared.usecases.unit_periods import Units, by_period, units_now

_COUNTS = text("SELECT unit_id, noun, period, state, number FROM jifen.counts()")
_WAITING = text("SELECT unit_id, noun, period, state, age_days, late, number FROM jifen.waiting()")
# What a claim must have been to count as handed in, and a line to count as published.
NOT_HANDED_IN = {"draft", "withdrawn"}
PUBLISHED = {"published", "held", "amended", "settled"}
NOUNS: Mapping[str, type[StrEnum]] = {"claim": ClaimState, "objection": ObjectionState, "filing": FilingState}


class Count(NamedTuple):
    """So many of a noun of a unit in a period stand in a state."""

    unit_id: UUID
    noun: str
    period: str
    state: str
    number: int


class Waiting(NamedTuple):
    """So many that are not finished have waited so many days, late or not."""

    unit_id: UUID
    noun: str
    period: str
    state: str
    age_days: int
    late: bool
    number: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """A period from claims to file, in numbers of work."""

    period: str
    claimed: int
    confirmed: int
    published: int
    settled: int
    rounds: int
    filed: int


@dataclass(frozen=True, slots=True)
class BranchWork:
    """A branch: where its newest round of the chosen periods stands, and what is open or late there."""

    unit: Unit
    parent: Unit | None
    period: str
    state: str
    notices: int
    objections: int
    filings: int
    filed: int
    late: int


@dataclass(frozen=True, slots=True)
class AreaWork:
    """What lies below one of the units directly below, where that is not a branch itself."""

    unit: Unit
    branches: int
    objections: int
    filings: int
    filed: int
    late: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The work below a unit; `filings` are those that were sent to this unit itself, seen only from there."""

    unit: Unit
    above: Unit | None
    now: datetime
    periods: tuple[str, ...]
    chosen: str | None
    funnels: tuple[Funnel, ...]
    stages: Counter[str]
    states: dict[str, Counter[str]]
    branches: tuple[BranchWork, ...]
    areas: tuple[AreaWork, ...]
    waiting: tuple[Waiting, ...]
    filings: tuple[tuple[Filing, Unit], ...]


def see_overview(session: Session, actor: Actor, chosen: str | None = None, of: UUID | None = None) -> Overview:
    """Return the overview of the acting unit, or of one below it: counts of work, never of members' points.

    NotFound for a unit that does not lie below.
    """
    require(actor, Action.OVERVIEW_SEE)
    now = units_now(session, actor.county_id)
    unit = unit_below(now, actor, of or actor.unit_id)
    stood = by_period(session, now, actor.county_id)
    all_counted, all_waiting = work(session)
    counted = [one for one in all_counted if lies_under(stood(one.period), one.unit_id, unit.id)]
    waiting = [one for one in all_waiting if lies_under(now, one.unit_id, unit.id)]
    periods = tuple(sorted({one.period for one in counted}, key=when, reverse=True))
    # A period is reported on with the names and in the tree of its last day.
    units = stood(chosen) if chosen in periods else now
    kept = [one for one in counted if chosen in {None, one.period}]
    late = [one for one in waiting if chosen in {None, one.period}]
    branches = tuple(_branches(units, kept, late))
    return Overview(
        unit=units[unit.id],
        above=units.get(unit.parent_id) if unit.parent_id and unit.id != actor.unit_id else None,
        now=read_clock(session, actor.county_id),
        periods=periods,
        chosen=chosen if chosen in periods else None,
        funnels=tuple(_funnel(period, kept) for period in periods if chosen in {None, period}),
        stages=_in_order(Counter(branch.state for branch in branches), RoundState),
        states={noun: _in_order(_by_state(kept, noun), states) for noun, states in NOUNS.items()},
        branches=branches,
        areas=tuple(_areas(units, unit, branches)),
        waiting=tuple(late),
        filings=tuple((one, stood(one.period)[one.unit_id]) for one in _sent_here(session, unit, chosen)),
    )


def unit_below(units: Units, actor: Actor, unit_id: UUID) -> Unit:
    """Return the actor's unit or one that lies below it; NotFound for any other."""
    if not lies_under(units, unit_id, actor.unit_id):
        raise NotFound("没有这个单位，或者它不在您所在单位之下。")
    return units[unit_id]


def lies_under(units: Units, unit_id: UUID, top: UUID) -> bool:
    """Whether a unit is `top` or lies below it."""
    at: UUID | None = unit_id
    while at is not None and at != top:
        at = units[at].parent_id if at in units else None
    return at == top


def work(session: Session) -> tuple[list[Count], list[Waiting]]:
    """Return what is counted, and what waits, in the entered unit and below."""
    counted = [Count(*row) for row in session.execute(_COUNTS)]
    return counted, [Waiting(*row) for row in session.execute(_WAITING)]


def _sent_here(session: Session, unit: Unit, chosen: str | None) -> Iterable[Filing]:
    sent = select(Filing).where(
        Filing.county_id == unit.county_id, Filing.to_unit_id == unit.id, Filing.state != FilingState.BUILT
    )
    found = session.scalars(sent.order_by(Filing.period.desc(), Filing.unit_id, Filing.number))
    return [filing for filing in found if chosen in {None, filing.period}]


def when(period: str) -> tuple[date, int]:
    """Return by what periods are ordered: by their end, a year after its quarters, a quarter after its months."""
    parsed = Period.parse(period)
    return parsed.last, len(parsed.months)


def _by_state(counted: Sequence[Count], noun: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in counted:
        if one.noun == noun:
            found[one.state] += one.number
    return found


def _in_order(counted: Counter[str], states: type[StrEnum]) -> Counter[str]:
    """The same counts in the order in which things go."""
    return Counter({str(state): counted[state] for state in states if counted[state]})


def _funnel(period: str, counted: Sequence[Count]) -> Funnel:
    mine = [one for one in counted if one.period == period]
    claims, lines = _by_state(mine, "claim"), _by_state(mine, "line")
    rounds, filings = _by_state(mine, "round"), _by_state(mine, "filing")
    return Funnel(
        period=period,
        claimed=sum(number for state, number in claims.items() if state not in NOT_HANDED_IN),
        confirmed=claims["confirmed"],
        published=sum(number for state, number in lines.items() if state in PUBLISHED),
        settled=lines["settled"],
        rounds=rounds.total(),
        filed=filings["filed"],
    )


def _branches(units: Units, counted: Sequence[Count], late: Sequence[Waiting]) -> Iterable[BranchWork]:
    of_unit: dict[UUID, list[Count]] = {}
    for one in counted:
        of_unit.setdefault(one.unit_id, []).append(one)
    behind: Counter[Any] = Counter()
    for waiting in late:
        behind[waiting.unit_id] += waiting.number if waiting.late else 0
    branches = [units[unit_id] for unit_id in of_unit if units[unit_id].kind == UnitKind.BRANCH]
    for unit in sorted(branches, key=lambda unit: (str(unit.parent_id), unit.code)):
        mine = of_unit[unit.id]
        newest = max((one for one in mine if one.noun == "round"), key=lambda one: when(one.period), default=None)
        objections, filings = _by_state(mine, "objection"), _by_state(mine, "filing")
        yield BranchWork(
            unit=unit,
            parent=units.get(unit.parent_id) if unit.parent_id else None,
            period=newest.period if newest else "",
            state=newest.state if newest else "",
            notices=_by_state(mine, "notice").total(),
            objections=objections.total() - objections["closed"],
            filings=filings.total(),
            filed=filings["filed"],
            late=behind[unit.id],
        )


def _areas(units: Units, unit: Unit, branches: Sequence[BranchWork]) -> Iterable[AreaWork]:
    between = [one for one in units.values() if one.parent_id == unit.id and one.kind != UnitKind.BRANCH]
    for area in sorted(between, key=lambda one: one.code):
        mine = [branch for branch in branches if lies_under(units, branch.unit.id, area.id)]
        yield AreaWork(
            unit=area,
            branches=len(mine),
            objections=sum(branch.objections for branch in mine),
            filings=sum(branch.filings for branch in mine),
            filed=sum(branch.filed for branch in mine),
            late=sum(branch.late for branch in mine),
        )
