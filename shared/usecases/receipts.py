"""Receipts: packages as who sends them up and who takes them in see them, and what is still missing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import able, require, see
from shared.db.filings import Filing, FilingEdition
from shared.db.history import History
from shared.db.units import Unit, children
from shared.domain.errors import NotFound
from shared.domain.filings import Change, FilingState, changes
from shared.domain.packages import Checked, Figures, check, figures_of, total
from shared.domain.periods import Period
from shared.usecases.filings import editions_of
from shared.usecases.packages import package_digest

HERE = {FilingState.SUBMITTED, FilingState.RECEIVED, FilingState.FILED}


@dataclass(frozen=True, slots=True)
class Package:
    """A package with its earlier editions; `changed` is what differs from the one that was returned last.

    `checks` are those between its tables, the same for who sends it and who takes it in.
    """

    filing: Filing
    sender: Unit
    receiver: Unit
    agrees: bool
    editions: Sequence[FilingEdition]
    changed: Sequence[Change]
    figures: Figures
    checks: Sequence[Checked]
    steps: Sequence[History]
    sends: bool
    receives: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """A period at the level above: what came, what was given back, and which units are still to send."""

    period: str
    came: Sequence[tuple[Filing, Unit]]
    returned: Sequence[Unit]
    missing: Sequence[Unit]

    @property
    def filed(self) -> int:
        """How many packages have been filed."""
        return sum(filing.state == FilingState.FILED for filing, _ in self.came)

    @property
    def figures(self) -> Figures:
        """What the filed packages come to; a supplement holds all of its period: each unit's last counts."""
        newest = {unit.id: filing for filing, unit in self.came if filing.state == FilingState.FILED}
        return total(figures_of(filing.package) for filing in newest.values())


def see_package(session: Session, actor: Actor, filing_id: UUID) -> Package:
    """Return a package to who sends it and to the level that it was sent to."""
    filing = see(session, actor, Action.FILING_SEE, Filing, filing_id)
    if filing.state == FilingState.BUILT and filing.unit_id != actor.unit_id:
        raise NotFound("这份备案材料还没有上报。")
    editions = editions_of(session, actor, filing_id)
    told = select(History).filter_by(county_id=filing.county_id, subject_id=filing.id)
    return Package(
        filing=filing,
        sender=session.get_one(Unit, (filing.county_id, filing.unit_id)),
        receiver=session.get_one(Unit, (filing.county_id, filing.to_unit_id)),
        agrees=package_digest(filing.package) == filing.digest,
        editions=editions,
        changed=changes(editions[-1].package, filing.package) if editions else (),
        figures=figures_of(filing.package),
        checks=check(filing.package),
        steps=session.scalars(told.order_by(History.recorded_at, History.id)).all(),
        sends=filing.unit_id == actor.unit_id and able(actor, Action.FILING_SUBMIT),
        receives=filing.to_unit_id == actor.unit_id and able(actor, Action.FILING_RECEIVE),
    )


def own_filings(session: Session, actor: Actor) -> Sequence[Filing]:
    """Return what the unit has to send up and has sent, the newest period first."""
    require(actor, Action.FILING_SEE)
    own = select(Filing).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    found = session.scalars(own.order_by(Filing.number)).all()
    return sorted(found, key=lambda filing: Period.parse(filing.period).last, reverse=True)


def see_taken(session: Session, actor: Actor) -> list[Taken]:
    """Return each period's packages as they came to this unit, and which units have not sent theirs."""
    require(actor, Action.FILING_RECEIVE)
    below = children(session, actor.county_id, actor.unit_id)
    sent = select(Filing).where(Filing.county_id == actor.county_id, Filing.to_unit_id == actor.unit_id)
    came: dict[str, list[Filing]] = defaultdict(list)
    for filing in session.scalars(sent.order_by(Filing.number)):
        came[filing.period].append(filing)
    newest_first = sorted(came, key=lambda period: Period.parse(period).last, reverse=True)
    return [_taken(period, came[period], below) for period in newest_first]


def _taken(period: str, came: Sequence[Filing], below: Sequence[Unit]) -> Taken:
    """A package that was built and not sent is missing; one that was given back is with its unit again."""
    senders = {unit.id: unit for unit in below}
    given_back = {filing.unit_id for filing in came if filing.state == FilingState.RETURNED}
    built = {filing.unit_id for filing in came if filing.state == FilingState.BUILT}
    here = [filing for filing in came if filing.state in HERE and filing.unit_id in senders]
    return Taken(
        period=period,
        came=[(filing, senders[filing.unit_id]) for filing in here],
        returned=[unit for unit in below if unit.id in given_back],
        missing=[unit for unit in below if unit.id in built],
    )
