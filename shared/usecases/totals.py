"""Totals: what a level above sums up of the packages that were filed with it; nothing in them is typed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.db.filings import Filing
from shared.db.units import Unit, level_above
from shared.domain.errors import Invalid, NotNow
from shared.domain.filings import PATIENCE_DAYS, FilingState
from shared.domain.packages import Figures, figures_of, total
from shared.domain.periods import Period, period_in_words
from shared.domain.windows import end_of_day, local_day
from shared.usecases.carry_out import arm, remark
from shared.usecases.messages import asked, tell
from shared.usecases.packages import package_digest
from shared.usecases.reminders import REMIND
from shared.usecases.tallies import counts_of_periods, periods_counted
from shared.usecases.unit_periods import lies_under


@dataclass(frozen=True, slots=True)
class Part:
    """A unit's package in a total; `parts` are its own, where it sums up others."""

    unit: Unit
    filing: Filing
    figures: Figures
    parts: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Totals:
    """A period as it was filed with a unit: whose packages, what they come to, and who is missing.

    `own` is what the unit has made of it for the level above, `above` that level's name, None at the top.
    """

    unit: Unit
    period: str
    parts: Sequence[Part]
    missing: Sequence[Unit]
    figures: Figures
    grades: Sequence[str]
    own: Filing | None
    above: str | None


def see_totals(session: Session, actor: Actor, period: str) -> Totals:
    """Return the total of a period as it stands now."""
    require(actor, Action.FILING_RECEIVE)
    period = str(_parsed(period))
    units = {unit.id: unit for unit in session.scalars(select(Unit).filter_by(county_id=actor.county_id))}
    newest = _newest_filed(session, actor, period)
    parts = [
        Part(units[filing.unit_id], filing, figures_of(filing.package), filing.package.get("parts", ()))
        for filing in newest
    ]
    parts.sort(key=lambda part: part.unit.code)
    figures = total(part.figures for part in parts)
    above = level_above(session, actor.county_id, actor.unit_id)
    return Totals(
        unit=units[actor.unit_id],
        period=period,
        parts=parts,
        missing=_missing(session, actor, units, period, {filing.unit_id for filing in newest}),
        figures=figures,
        grades=sorted(figures.grades, key=lambda grade: -figures.grades[grade]),
        own=_own(session, actor, period),
        above=above.name if above else None,
    )


def sum_of_parts(session: Session, actor: Actor, period: str) -> dict[str, Any]:
    """Return the package that a unit makes of those filed with it: each part by its seal, and their sums."""
    totals = see_totals(session, actor, period)
    parts = [
        {
            "unit_id": str(part.unit.id),
            "name": part.unit.name,
            "number": part.filing.number,
            "digest": part.filing.digest,
            "head": part.filing.head,
            "receipt": part.filing.receipt,
            "figures": asdict(part.figures),
            "parts": [{"name": one["name"], "figures": one["figures"]} for one in part.parts],
        }
        for part in totals.parts
    ]
    return {
        "period": totals.period,
        "figures": asdict(totals.figures),
        "parts": parts,
        "missing": [unit.name for unit in totals.missing],
        "lines": [],
        "open": totals.figures.open,
        "notices": [],
    }


def compile_filing(session: Session, actor: Actor, period: str, now: datetime) -> Filing:
    """Make the unit's own package of what was filed with it, or make it anew while it has not gone up.

    What went up before is followed by a supplement. NotNow at the top, where nothing was filed, and where nothing
    has changed since.
    """
    require(actor, Action.FILING_COMPILE)
    above = level_above(session, actor.county_id, actor.unit_id)
    if above is None:
        raise NotNow("没有上级单位，汇总表可以直接导出、打印。")
    content = sum_of_parts(session, actor, period)
    if not content["parts"]:
        raise NotNow(f"{Period.parse(period).in_words}还没有备案的材料，没有可以汇总的。")
    own = _own(session, actor, content["period"])
    if own is not None and own.digest == package_digest(content):
        raise NotNow("上次汇总以后没有变化，不用重新汇总。")
    if own is not None and own.state == FilingState.BUILT:
        own.package, own.digest = content, package_digest(content)
        remark(session, actor, own, "compile", now)
        return own
    if own is not None and own.state == FilingState.RETURNED:
        raise NotNow("被退回的一份重报时会自动按现在的备案重新汇总，请直接重报。")
    return _built(session, actor, content, above, now)


def _built(session: Session, actor: Actor, content: dict[str, Any], above: Unit, now: datetime) -> Filing:
    sent = select(func.max(Filing.number)).filter_by(
        county_id=actor.county_id, unit_id=actor.unit_id, period=content["period"]
    )
    filing = Filing(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        to_unit_id=above.id,
        period=content["period"],
        number=(session.scalar(sent) or 0) + 1,
        package=content,
        digest=package_digest(content),
        head="",
        due_at=end_of_day(local_day(now) + timedelta(days=PATIENCE_DAYS)),
        state=FilingState.BUILT,
        stage=0,
    )
    session.add(filing)
    session.flush()
    remark(session, actor, filing, "compile", now)
    arm(session, filing, REMIND, filing.due_at)
    unit = session.get_one(Unit, (actor.county_id, actor.unit_id))
    said = f"{period_in_words(filing.period)}备案汇总已生成，请核对后上报{above.name}。"
    tell(session, actor, unit.id, "filing", filing.id, said, asked(unit, Action.FILING_SUBMIT), now)
    return filing


def _parsed(period: str) -> Period:
    try:
        return Period.parse(period)
    except ValueError as fault:
        raise Invalid(f"{fault}。") from fault


def _newest_filed(session: Session, actor: Actor, period: str) -> list[Filing]:
    """A supplement holds its whole period: of each unit the last filed one counts, not their sum."""
    filed = select(Filing).filter_by(
        county_id=actor.county_id, to_unit_id=actor.unit_id, period=period, state=FilingState.FILED
    )
    return list({one.unit_id: one for one in session.scalars(filed.order_by(Filing.number))}.values())


def _missing(
    session: Session, actor: Actor, units: Mapping[UUID, Unit], period: str, filed: set[UUID]
) -> list[Unit]:
    """Who has rounds of the period, itself or below, and has filed nothing of it."""
    span = Period.parse(period)
    within = [one for one in periods_counted(session) if span.contains(Period.parse(one))]
    busy = {one.unit_id for one in counts_of_periods(session, within) if one.noun == "round"}
    below = [unit for unit in units.values() if unit.parent_id == actor.unit_id and unit.id not in filed]
    waiting = [unit for unit in below if any(lies_under(units, one, unit.id) for one in busy)]
    return sorted(waiting, key=lambda unit: unit.code)


def _own(session: Session, actor: Actor, period: str) -> Filing | None:
    """The last one that the unit has made of this period."""
    own = select(Filing).filter_by(county_id=actor.county_id, unit_id=actor.unit_id, period=period)
    return session.scalar(own.order_by(Filing.number.desc()).limit(1))
