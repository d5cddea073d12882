"""Sightings: reports about others, as those who told them and those who settle them find them again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import able, may, require
from shared.db.members import Member, Person
from shared.db.reports import Report
from shared.db.rounds import Round
from shared.db.rules import book_for
from shared.domain.errors import Forbidden, NotFound
from shared.domain.reports import ReportKind, ReportState
from shared.domain.rules import AGAINST, Item
from shared.usecases.books import book_of
from shared.usecases.records import OPEN
from shared.usecases.reports import reports_told, reports_waiting


@dataclass(frozen=True, slots=True)
class Sightings:
    """What somebody has told, and what waits for them to settle; `names` by member."""

    told: Sequence[Report]
    waiting: Sequence[Report]
    names: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A report with whom it concerns and who told it; `round` is the one that it may still be entered in."""

    report: Report
    member: Member
    reporter: Person
    items: Sequence[Item]
    round: Round | None
    settles: bool


def see_sightings(session: Session, actor: Actor) -> Sightings:
    """Return the reports that are this actor's, as reporter, as settler, or as both."""
    told = reports_told(session, actor) if able(actor, Action.RECORD_REPORT) else ()
    waiting = reports_waiting(session, actor) if able(actor, Action.REPORT_SETTLE) else ()
    if not (able(actor, Action.RECORD_REPORT) or able(actor, Action.REPORT_SETTLE)):
        raise Forbidden("情况反映由党小组长、联系人、村民小组长填写，由记录员核实。")
    concerned = {one.member_id for one in (*told, *waiting)}
    rows = select(Member).where(Member.county_id == actor.county_id, Member.id.in_(concerned))
    return Sightings(told, waiting, {member.id: member.name for member in session.scalars(rows)})


def see_sighting(session: Session, actor: Actor, report_id: UUID) -> Sighting:
    """Return a report to who told it and to who settles it; nobody settles what concerns themselves."""
    found = session.get(Report, (actor.county_id, report_id))
    if found is None:
        raise NotFound("没有这件情况反映。")
    settles = may(actor, Action.REPORT_SETTLE, found) and found.member_id != actor.member_id
    if not settles and found.reported_by != actor.person_id:
        raise Forbidden("这件情况反映不由您办理。")
    against = found.kind == ReportKind.BREACH
    issued = book_for(session, actor.county_id, found.unit_id, found.happened_on)
    items = book_of(session, actor.county_id, issued.id).items.values() if issued else ()
    return Sighting(
        report=found,
        member=session.get_one(Member, (actor.county_id, found.member_id)),
        reporter=session.get_one(Person, (actor.county_id, found.reported_by)),
        items=[
            one for one in items if (one.kind in AGAINST) == against and not one.replaces and not one.taken_from
        ],
        round=_round(session, found),
        settles=settles and found.state == ReportState.REPORTED,
    )


def members_to_report(session: Session, actor: Actor) -> Sequence[Member]:
    """Return of whom this actor may tell: their group, or those whose contact they are; never of themselves."""
    require(actor, Action.RECORD_REPORT)
    here = select(Member).filter_by(county_id=actor.county_id, unit_id=actor.unit_id, present_to=None)
    everybody = session.scalars(here.order_by(Member.name_sort, Member.id))
    mine = (one for one in everybody if may(actor, Action.RECORD_REPORT, one))
    return [one for one in mine if one.person_id != actor.person_id]


def _round(session: Session, found: Report) -> Round | None:
    of_day = select(Round).where(
        Round.county_id == found.county_id,
        Round.unit_id == found.unit_id,
        Round.first_day <= found.happened_on,
        Round.last_day >= found.happened_on,
        Round.state.in_(OPEN),
    )
    return session.scalar(of_day.limit(1))
