"""Assemblies: a meeting as it is held before everybody: who is on its roll, what is put to it, what it voted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require, see
from shared.db.meetings import Meeting
from shared.db.rounds import Line, Round
from shared.db.units import Unit
from shared.domain.errors import NotFound
from shared.domain.lines import LineState
from shared.domain.meetings import Roll, Standing, standing_of
from shared.domain.procedures import MeetingMode
from shared.domain.rounds import RoundState
from shared.usecases.books import book_of
from shared.usecases.meetings import MEMBERS, roll_of
from shared.usecases.postings import PostedLine, lines_to_be

_SEATS = text("""
SELECT a.person_id, p.name, coalesce(g.name, '') AS group_name, a.standing, a.took_part, a.voted_at
FROM attendance a
JOIN person p ON p.county_id = a.county_id AND p.id = a.person_id
LEFT JOIN member m ON m.county_id = a.county_id AND m.unit_id = a.unit_id AND m.person_id = a.person_id
LEFT JOIN party_group g ON g.county_id = m.county_id AND g.id = m.group_id
WHERE a.county_id = :county AND a.meeting_id = :meeting
ORDER BY g.number NULLS LAST, m.name_sort, p.name, a.person_id
""")
_VOTES = text("""
SELECT v.in_favour, v.against, v.abstained, v.passed, v.counted_at, v.line_id, r.period, m.name
FROM vote v
JOIN round r ON r.county_id = v.county_id AND r.id = v.round_id
LEFT JOIN line l ON l.county_id = v.county_id AND l.id = v.line_id
LEFT JOIN member m ON m.county_id = l.county_id AND m.id = l.member_id
WHERE v.county_id = :county AND v.meeting_id = :meeting ORDER BY v.counted_at, r.period
""")
_MEETINGS = text("""
SELECT m.id, m.kind, m.minute, m.subject, m.opened_at, m.closed_at, m.valid, m.why
FROM meeting m WHERE m.county_id = :county AND m.unit_id = :unit ORDER BY m.opened_at DESC
""")


@dataclass(frozen=True, slots=True)
class Motion:
    """A round that waits for the members' meeting, with its lines in the order in which they are read out."""

    round: Round
    lines: tuple[PostedLine, ...]

    @property
    def proposed(self) -> tuple[PostedLine, ...]:
        """The lines that can be voted on now."""
        return self._in(LineState.PROPOSED)

    @property
    def excepted(self) -> tuple[PostedLine, ...]:
        """The lines that the committee has to propose again."""
        return self._in(LineState.EXCEPTED)

    def _in(self, state: LineState) -> tuple[PostedLine, ...]:
        return tuple(line for line in self.lines if line.state == state)


@dataclass(frozen=True, slots=True)
class Assembly:
    """A meeting; `voters` count, `guests` are invited without a vote. `standing` says in words what it may do."""

    unit: Unit
    meeting: Meeting
    roll: Roll
    voters: Sequence[Row[Any]]
    guests: Sequence[Row[Any]]
    votes: Sequence[Row[Any]]
    motions: tuple[Motion, ...]

    @property
    def standing(self) -> str:
        """Quorum and majority in words."""
        return standing_of(self.roll)

    @property
    def afar(self) -> int:
        """How many votes came from afar before the meeting began; how they were cast is told with the result."""
        return sum(seat.voted_at is not None for seat in self.voters)

    @property
    def open(self) -> bool:
        """Whether the meeting goes on."""
        return self.meeting.closed_at is None

    def line(self, line_id: UUID) -> PostedLine:
        """Return a line that is put to this meeting."""
        for motion in self.motions:
            for line in motion.lines:
                if line.line_id == line_id:
                    return line
        raise NotFound("这一行积分不在这次会议的表决范围内。")


def see_meetings(session: Session, actor: Actor) -> Sequence[Row[Any]]:
    """Return the unit's meetings, the newest first."""
    require(actor, Action.MEETING_SEE)
    return session.execute(_MEETINGS, {"county": actor.county_id, "unit": actor.unit_id}).all()


def see_meeting(session: Session, actor: Actor, meeting_id: UUID) -> Assembly:
    """Return a meeting with its roll, its votes, and, while it lasts, what can be put to it."""
    meeting = see(session, actor, Action.MEETING_SEE, Meeting, meeting_id)
    where = {"county": actor.county_id, "meeting": meeting.id}
    seats = session.execute(_SEATS, where).all()
    return Assembly(
        unit=session.get_one(Unit, (actor.county_id, meeting.unit_id)),
        meeting=meeting,
        roll=roll_of(session, meeting),
        voters=[seat for seat in seats if seat.standing == Standing.VOTER],
        guests=[seat for seat in seats if seat.standing != Standing.VOTER],
        votes=session.execute(_VOTES, where).all(),
        motions=tuple(motions_of(session, meeting)) if meeting.closed_at is None else (),
    )


def motions_of(session: Session, meeting: Meeting) -> list[Motion]:
    """Return the rounds that the book puts to the members' meeting and the committee has proposed."""
    if meeting.kind != MEMBERS:
        return []
    waiting = select(Round).filter_by(
        county_id=meeting.county_id, unit_id=meeting.unit_id, state=RoundState.PROPOSED
    )
    found = []
    for round_ in session.scalars(waiting.order_by(Round.period)).all():
        book = book_of(session, meeting.county_id, round_.book_id)
        if book.procedure.meeting is MeetingMode.PASSES:
            lines = select(Line.id).filter_by(county_id=meeting.county_id, round_id=round_.id)
            shown = lines_to_be(session, meeting.county_id, book, session.scalars(lines).all())
            found.append(Motion(round_, shown))
    return found
