"""Overviews: how the work stands in a unit and below, in numbers; and what was filed with it, to be read there."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.db.clock import read_clock
from shared.db.filings import Filing
from shared.db.units import Unit
from shared.domain.claims import ClaimState
from shared.domain.filings import FilingState
from shared.domain.objections import ObjectionState
from shared.domain.rounds import RoundState
from shared.domain.units import UnitKind
from shared.domain.windows import local_day
from shared.usecases.tallies import (
    Count,
    Waiting,
    counts_of_periods,
    of_the_last_year,
    periods_counted,
    waiting,
    when,
)
from shared.usecases.unit_periods import Units, by_period, under, unit_below, units_now

T = TypeVar("T", Count, Waiting)
# What a claim must have been to count as handed in, and a line to count as published.
NOT_HANDED_IN = {"draft", "withdrawn"}
PUBLISHED = {"published", "held", "amended", "settled"}
NOUNS: Mapping[str, type[StrEnum]] = {"claim": ClaimState, "objection": ObjectionState, "filing": FilingState}


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
    """The work below a unit in one period, or in those that ended within a year and whatever still waits.

    `filings` are those that were sent to this unit itself, seen only from there.
    """

    unit: Unit
    above: Unit | None
    now: datetime
    periods: tuple[str, ...]
    recent: tuple[str, ...]
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
    unit, at = unit_below(now, actor, of or actor.unit_id), read_clock(session, actor.county_id)
    stood, periods = by_period(session, now, actor.county_id), periods_counted(session)
    # What is counted lies below the acting unit already, in the tree of its day.
    top = unit.id if unit.id != actor.unit_id else None
    recent, late = of_the_last_year(periods, local_day(at)), _below(waiting(session), top, lambda _: now)
    if chosen in periods:
        # A period is reported on with the names and in the tree of its last day.
        shown, units, late = [chosen], stood(chosen), [one for one in late if one.period == chosen]
    else:
        shown, units, chosen = [*recent, *{one.period for one in late} - set(recent)], now, None
    counted = _below(counts_of_periods(session, shown), top, stood)
    branches = tuple(_branches(units, counted, late))
    return Overview(
        unit=units[unit.id],
        above=units.get(unit.parent_id) if unit.parent_id and unit.id != actor.unit_id else None,
        now=at,
        periods=tuple(periods),
        recent=tuple(recent),
        chosen=chosen,
        funnels=tuple(_funnels(counted)),
        stages=_in_order(Counter(branch.state for branch in branches), RoundState),
        states={noun: _in_order(_by_state(counted, noun), states) for noun, states in NOUNS.items()},
        branches=branches,
        areas=tuple(_areas(units, unit, branches)),
        waiting=tuple(late),
        filings=tuple((one, stood(one.period)[one.unit_id]) for one in _sent_here(session, unit, shown)),
    )


def _below(counted: list[T], top: UUID | None, stood: Callable[[str], Units]) -> list[T]:
    """What of it lies under a unit, in the tree of its period; without a unit, all."""
    if top is None:
        return counted
    below = {period: under(stood(period), top) for period in {one.period for one in counted}}
    return [one for one in counted if one.unit_id in below[one.period]]


def _sent_here(session: Session, unit: Unit, periods: Sequence[str]) -> Iterable[Filing]:
    sent = select(Filing).where(
        Filing.county_id == unit.county_id,
        Filing.to_unit_id == unit.id,
        Filing.state != FilingState.BUILT,
        Filing.period.in_(periods),
    )
    return session.scalars(sent.order_by(Filing.period.desc(), Filing.unit_id, Filing.number))


def _by_state(counted: Sequence[Count], noun: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in counted:
        if one.noun == noun:
            found[one.state] += one.number
    return found


def _in_order(counted: Counter[str], states: type[StrEnum]) -> Counter[str]:
    """The same counts in the order in which things go."""
    return Counter({str(state): counted[state] for state in states if counted[state]})


def _funnels(counted: Sequence[Count]) -> Iterable[Funnel]:
    of_period: dict[str, list[Count]] = {}
    for one in counted:
        of_period.setdefault(one.period, []).append(one)
    for period in sorted(of_period, key=when, reverse=True):
        yield _funnel(period, of_period[period])


def _funnel(period: str, mine: Sequence[Count]) -> Funnel:
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
    for open_one in late:
        behind[open_one.unit_id] += open_one.number if open_one.late else 0
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
    of_area: dict[UUID, list[BranchWork]] = {one.id: [] for one in between}
    for branch in branches:
        at: Unit | None = branch.unit
        while at is not None and at.id not in of_area:
            at = units.get(at.parent_id) if at.parent_id else None
        if at is not None:
            of_area[at.id].append(branch)
    for area in sorted(between, key=lambda one: one.code):
        mine = of_area[area.id]
        yield AreaWork(
            unit=area,
            branches=len(mine),
            objections=sum(branch.objections for branch in mine),
            filings=sum(branch.filings for branch in mine),
            filed=sum(branch.filed for branch in mine),
            late=sum(branch.late for branch in mine),
        )
