"""Ballots from afar: a member who is away votes on a meeting's list before the meeting begins."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require
from shared.db.meetings import Attendance, Meeting
from shared.db.members import Member
from shared.domain.errors import Forbidden, NotFound, NotNow
from shared.domain.meetings import Attended, Choice, Standing
from shared.usecases.assemblies import Motion, motions_of
from shared.usecases.carry_out import remark
from shared.usecases.keys import sealed
from shared.usecases.urns import afar_urn


@dataclass(frozen=True, slots=True)
class Invitation:
    """A meeting as one who is invited sees it: their own place on its roll, and what is put to it.

    `may_vote`: they are away, have a vote, have not cast it, and the meeting has not begun.
    """

    meeting: Meeting
    place: Attendance
    motions: tuple[Motion, ...]
    may_vote: bool


def see_invitation(session: Session, actor: Actor, meeting_id: UUID) -> Invitation:
    """Return a meeting to somebody on its roll; NotFound for the others."""
    require(actor, Action.MEETING_VOTE)
    meeting = session.get(Meeting, (actor.county_id, meeting_id))
    place = _on_roll(session, actor, meeting_id)
    if meeting is None or place is None:
        raise NotFound("您不在这次会议的名册上。")
    member = session.get(Member, (actor.county_id, actor.member_id)) if actor.member_id else None
    waits = meeting.begun_at is None and meeting.closed_at is None and place.voted_at is None
    away = member is not None and member.away and place.standing == Standing.VOTER
    motions = tuple(motions_of(session, meeting)) if meeting.closed_at is None else ()
    return Invitation(meeting, place, motions, waits and away)


def vote_from_afar(
    session: Session, actor: Actor, secret: bytes, meeting_id: UUID, choice: Choice, now: datetime
) -> None:
    """Cast one's vote on the list of a meeting that has been called and has not begun; it counts as being there.

    The mark on the roll and the sealed sums change together; nothing in the database says how anybody has voted.
    """
    meeting = hold(session, actor, Action.MEETING_VOTE, Meeting, meeting_id)
    if meeting.begun_at is not None or meeting.closed_at is not None:
        raise NotNow("会议已经开始，不能再从外地投票；请与联系人或支部书记联系。")
    place = _place(session, actor, meeting)
    if place.voted_at is not None:
        raise NotNow("您已经投过票，投出的票不能更改。")
    place.took_part, place.voted_at = Attended.REMOTE, now
    urn = afar_urn(secret, meeting).with_slip({meeting.id: str(choice)})
    meeting.afar = sealed(secret, meeting.id, urn.written())
    remark(session, actor, meeting, "vote_from_afar", now)


def _place(session: Session, actor: Actor, meeting: Meeting) -> Attendance:
    """Return the actor's place on the roll; refuse who has none, who has no vote, and who can come."""
    place = _on_roll(session, actor, meeting.id)
    if place is None or place.standing != Standing.VOTER:
        raise Forbidden("您不在这次会议有表决权的应到名册上。")
    member = session.get(Member, (actor.county_id, actor.member_id))
    if member is None or not member.away:
        raise Forbidden("流动党员可以在外地投票；您在本支部，请到会表决，不能到会的请事先请假。")
    return place


def _on_roll(session: Session, actor: Actor, meeting_id: UUID) -> Attendance | None:
    own = select(Attendance).filter_by(county_id=actor.county_id, meeting_id=meeting_id)
    return session.scalar(own.filter_by(person_id=actor.person_id))
