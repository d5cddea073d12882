"""Grounds: one line of a round, what it rests on, and until when it may be objected to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import see
from shared.db.clock import read_clock
from shared.db.members import Member
from shared.db.notices import Notice
from shared.db.objections import Objection
from shared.db.rounds import Line, Round
from shared.db.units import Unit, level_above
from shared.domain.errors import Forbidden, NotFound
from shared.domain.notices import NoticeKind, NoticeState
from shared.domain.rules import RuleBook
from shared.usecases.books import book_of
from shared.usecases.postings import PostedLine, posting_of
from shared.usecases.statements import RoundStatement, see_statement


@dataclass(frozen=True, slots=True)
class Grounds:
    """A line as it hangs, None before it does; `statement` holds every figure of it, for its own member only.

    `open`: objections are taken at this instant. `objections` are those against this line, for its member.
    """

    line: Line
    round: Round
    member: Member
    unit: Unit
    above: Unit | None
    book: RuleBook
    notice: Notice | None
    posted: PostedLine | None
    statement: RoundStatement | None
    objections: Sequence[Objection]
    own: bool
    open: bool
    now: datetime

    @property
    def second(self) -> bool:
        """Whether its notice takes only one ground: that it differs from what was decided."""
        return self.notice is not None and self.notice.kind == NoticeKind.SECOND


def see_grounds(session: Session, actor: Actor, line_id: UUID) -> Grounds:
    """Return a line to its member at any time, to the others of the branch once it has been posted."""
    line = see(session, actor, Action.BOARD_SEE, Line, line_id)
    own = actor.member_id is not None and line.member_id == actor.member_id
    notice = session.get(Notice, (actor.county_id, line.notice_id)) if line.notice_id else None
    if not own and notice is None:
        raise Forbidden("这一行积分还没有公示，现在只有本人和经办的人能看。")
    round_ = session.get_one(Round, (actor.county_id, line.round_id))
    unit = session.get_one(Unit, (actor.county_id, line.unit_id))
    now = read_clock(session, actor.county_id)
    return Grounds(
        line=line,
        round=round_,
        member=session.get_one(Member, (actor.county_id, line.member_id)),
        unit=unit,
        above=level_above(session, actor.county_id, unit.id),
        book=book_of(session, actor.county_id, round_.book_id),
        notice=notice,
        posted=_posted(session, notice, line),
        statement=_statement(session, actor, line) if own else None,
        objections=_objections(session, line) if own else (),
        own=own,
        open=notice is not None and _open(notice, now),
        now=now,
    )


def own_line(session: Session, actor: Actor) -> UUID:
    """Return the actor's line that was posted last, or else their newest; NotFound where they have none."""
    own = (
        select(Line.id)
        .join(Round, (Round.county_id == Line.county_id) & (Round.id == Line.round_id))
        .outerjoin(Notice, (Notice.county_id == Line.county_id) & (Notice.id == Line.notice_id))
        .where(Line.county_id == actor.county_id, Line.member_id == actor.member_id)
        .order_by(Notice.published_at.desc().nulls_last(), Round.first_day.desc())
    )
    found = session.scalar(own.limit(1))
    if found is None:
        raise NotFound("您还没有积分。第一期截止申报后，这里会有您的一行。")
    return found


def _posted(session: Session, notice: Notice | None, line: Line) -> PostedLine | None:
    if notice is None:
        return None
    return next((one for one in posting_of(session, notice).lines if one.line_id == line.id), None)


def _statement(session: Session, actor: Actor, line: Line) -> RoundStatement | None:
    rounds = see_statement(session, actor, line.member_id).rounds
    return next((one for one in rounds if one.line.id == line.id), None)


def _objections(session: Session, line: Line) -> Sequence[Objection]:
    against = select(Objection).filter_by(county_id=line.county_id, line_id=line.id)
    return session.scalars(against.order_by(Objection.handed_in_at)).all()


def _open(notice: Notice, now: datetime) -> bool:
    return notice.state == NoticeState.PUBLISHED and notice.closes_at is not None and now < notice.closes_at
