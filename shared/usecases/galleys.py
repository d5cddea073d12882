"""Galleys: a notice before it hangs: who took which of its steps, what it will show, what must not be on it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require, see
from shared.db.appraisals import Evaluation
from shared.db.attestations import attested
from shared.db.history import History
from shared.db.notices import Notice
from shared.db.rounds import Line, Round
from shared.db.units import Unit, level_above
from shared.domain.appraisals import EvaluationState
from shared.domain.errors import NotFound, NotNow
from shared.domain.lines import LineState
from shared.domain.notices import NoticeCommand, NoticeKind, NoticeState
from shared.domain.rounds import RoundCommand, RoundState
from shared.usecases.appraisal_notices import proposed_for, results_of_notice
from shared.usecases.books import book_of
from shared.usecases.disclosures import Disclosure, disclosures
from shared.usecases.notices import lines_of, window_of
from shared.usecases.postings import PostedLine, Posting, book_behind, lines_to_be, posting_of
from shared.usecases.rounds import path_of

OPEN = (NoticeState.DRAFTED, NoticeState.REVIEWED, NoticeState.APPROVED)


class Due(NamedTuple):
    """A notice that can be drafted now."""

    kind: NoticeKind
    period: str


@dataclass(frozen=True, slots=True)
class Galley:
    """A notice with its steps since it was last drafted, and itself as it hangs, or as it would hang now.

    `fault` says why it cannot be published yet; then there is no posting.
    """

    unit: Unit
    above: Unit | None
    notice: Notice
    taken: dict[str, History]
    told: Sequence[History]
    posting: Posting | None
    fault: str
    found: Sequence[Disclosure]

    @property
    def forbidden(self) -> bool:
        """Whether something stands in it with which it must not be published."""
        return any(one.forbids for one in self.found)

    def line(self, line_id: UUID) -> PostedLine:
        """Return one of the lines that it shows; NotFound for any other."""
        for line in self.posting.lines if self.posting else ():
            if line.line_id == line_id:
                return line
        raise NotFound("这一行积分不在这份公示里。")


def see_notices(session: Session, actor: Actor) -> Sequence[Notice]:
    """Return the unit's notices: those that are being worked on first, then the newest."""
    require(actor, Action.NOTICE_SEE)
    own = select(Notice).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    found = session.scalars(own.order_by(Notice.published_at.desc().nulls_first(), Notice.period.desc())).all()
    return sorted(found, key=lambda notice: notice.state not in OPEN)


def draftable(session: Session, actor: Actor) -> list[Due]:
    """Return the notices that the unit's rounds and appraisals are ready for and nobody is working on."""
    require(actor, Action.NOTICE_SEE)
    own = {"county_id": actor.county_id, "unit_id": actor.unit_id}
    of_period: dict[str, list[Round]] = {}
    for round_ in session.scalars(select(Round).filter_by(**own).order_by(Round.notice_period.desc())):
        of_period.setdefault(round_.notice_period, []).append(round_)
    at_work = select(Notice.kind, Notice.period).filter_by(**own).where(Notice.state.in_(OPEN))
    taken = {Due(NoticeKind(kind), period) for kind, period in session.execute(at_work)}
    due = [Due(NoticeKind.APPRAISAL, str(year)) for year in _appraised(session, actor)]
    due += [Due(kind, period) for period, rounds in of_period.items() for kind in _kinds(session, rounds)]
    return [one for one in due if one not in taken]


def see_galley(session: Session, actor: Actor, notice_id: UUID, now: datetime) -> Galley:
    """Return a notice for those who draft, review, approve and publish it."""
    notice = see(session, actor, Action.NOTICE_SEE, Notice, notice_id)
    of_notice = select(History).filter_by(county_id=actor.county_id, subject_id=notice.id)
    told = session.scalars(of_notice.order_by(History.recorded_at, History.id)).all()
    posting, fault, found = _shown(session, notice, now)
    return Galley(
        unit=session.get_one(Unit, (actor.county_id, notice.unit_id)),
        above=level_above(session, actor.county_id, notice.unit_id),
        notice=notice,
        taken=_taken(told),
        told=told,
        posting=posting,
        fault=fault,
        found=found,
    )


def _appraised(session: Session, actor: Actor) -> Sequence[int]:
    """Return the years for whose appraisal the committee has proposed results."""
    own = select(Evaluation.year).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    return session.scalars(own.filter_by(state=EvaluationState.PROPOSED).order_by(Evaluation.year)).all()


def _kinds(session: Session, rounds: Sequence[Round]) -> list[NoticeKind]:
    """Return the notices that all rounds of a period are ready for."""
    machine = path_of(book_of(session, rounds[0].county_id, rounds[0].book_id), rounds[0])
    first = NoticeKind.YEAR if len(rounds[0].period) == 4 else NoticeKind.FIRST
    steps = ((RoundCommand.PUBLISH, first), (RoundCommand.CONFIRM, NoticeKind.SECOND))
    ready = [
        kind
        for command, kind in steps
        if all((RoundState(round_.state), command) in machine.edges for round_ in rounds)
    ]
    amended = select(Line.id).where(
        Line.county_id == rounds[0].county_id,
        Line.round_id.in_([round_.id for round_ in rounds]),
        Line.state == LineState.AMENDED,
    )
    if not ready and session.scalar(amended.limit(1)) is not None:
        return [NoticeKind.CORRECTION]
    return ready


def _taken(told: Sequence[History]) -> dict[str, History]:
    """Return the latest of each step; being sent back undoes the review and the approval."""
    taken: dict[str, History] = {}
    for one in told:
        if one.command == NoticeCommand.SEND_BACK:
            taken = {"draft": taken["draft"]} if "draft" in taken else {}
        taken[one.command] = one
    return taken


def _shown(session: Session, notice: Notice, now: datetime) -> tuple[Posting | None, str, Sequence[Disclosure]]:
    if notice.published_at is not None:
        return posting_of(session, notice), "", ()
    try:
        lines = [] if notice.kind == NoticeKind.APPRAISAL else lines_of(session, notice)
        if notice.kind == NoticeKind.APPRAISAL:
            proposed_for(session, notice)
    except NotNow as fault:
        return None, str(fault), disclosures(session, notice, [])
    return _to_be(session, notice, lines, now), "", disclosures(session, notice, lines)


def _to_be(session: Session, notice: Notice, lines: Sequence[UUID], now: datetime) -> Posting:
    """Return the notice as it would hang if it were published now; nothing of it is kept."""
    book = book_behind(session, notice)
    window = window_of(session, notice, now)
    hung = Notice(
        county_id=notice.county_id,
        unit_id=notice.unit_id,
        kind=notice.kind,
        period=notice.period,
        code=notice.code,
        title=notice.title,
        state=NoticeState.PUBLISHED,
        published_at=now,
        last_day=window.last_day,
        closes_at=window.closes_at,
        why=window.why,
    )
    # What was corrected hangs like any other line.
    to_be = lines_to_be(session, notice.county_id, book, lines)
    shown = tuple(replace(line, state=LineState.PUBLISHED) for line in to_be)
    name = session.get_one(Unit, (notice.county_id, notice.unit_id)).name
    results = results_of_notice(session, notice)
    there = attested(session, notice.county_id, notice.id)
    return Posting(hung, book, shown, len({line.period for line in shown}), (), 0, 0, name, results, there)
