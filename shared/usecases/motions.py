"""Motions: put to a meeting from what is open, counted by hands or in secret; and what those away have written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, see
from shared.db.appraisals import Evaluation
from shared.db.ballots import Ballot
from shared.db.meetings import Attendance, Meeting
from shared.db.members import Member, Person
from shared.db.motions import Motion, WrittenOpinion
from shared.db.outcomes import OutcomeCase
from shared.domain.appraisals import EvaluationState
from shared.domain.ballots import Purpose
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.meetings import Attended, Count, Roll, Standing, carried, faults_of, why
from shared.domain.motions import MotionKind
from shared.domain.outcomes import KINDS, Measure, OutcomeState
from shared.domain.procedures import Body
from shared.usecases.carry_out import remark
from shared.usecases.meetings import MEMBERS, roll_of
from shared.usecases.urns import Question, count_ballot, open_ballot

CHOICES = ("赞成", "反对", "弃权")


@dataclass(frozen=True, slots=True)
class Matter:
    """Something open that this meeting can decide."""

    kind: MotionKind
    title: str
    subject_id: UUID


@dataclass(frozen=True, slots=True)
class Business:
    """What a meeting has decided and can decide beside the points, and what those away have written to it."""

    meeting: Meeting
    roll: Roll
    motions: Sequence[Motion]
    matters: Sequence[Matter]
    opinions: Sequence[tuple[str, str]]


def see_business(session: Session, actor: Actor, meeting_id: UUID) -> Business:
    """Return a meeting's business; its matters while it lasts."""
    meeting = see(session, actor, Action.MEETING_SEE, Meeting, meeting_id)
    return Business(
        meeting=meeting,
        roll=roll_of(session, meeting),
        motions=motions_put(session, meeting),
        matters=matters_of(session, meeting) if meeting.closed_at is None else [],
        opinions=opinions_written(session, meeting),
    )


def put_motion(
    session: Session,
    actor: Actor,
    meeting_id: UUID,
    kind: MotionKind,
    title: str,
    subject_id: UUID | None,
    now: datetime,
) -> Motion:
    """Put a motion to a meeting that goes on."""
    meeting = _going_on(session, actor, meeting_id)
    if not title.strip():
        raise Invalid("请写明表决什么。")
    motion = Motion(
        county_id=meeting.county_id,
        unit_id=meeting.unit_id,
        meeting_id=meeting.id,
        kind=kind,
        title=title.strip(),
        subject_id=subject_id,
        put_at=now,
    )
    session.add(motion)
    session.flush()
    remark(session, actor, meeting, "put", now, note=motion.title)
    return motion


def count_hands(session: Session, actor: Actor, motion_id: UUID, count: Count, now: datetime) -> bool:
    """Count the raised hands on a motion, over those who should attend; return whether it is carried."""
    motion = hold(session, actor, Action.MEETING_HOLD, Motion, motion_id)
    meeting = _going_on(session, actor, motion.meeting_id)
    if motion.passed is not None or motion.ballot_id is not None:
        raise NotNow("这一项已经表决，或者正在无记名投票。")
    roll = roll_of(session, meeting)
    faults = faults_of(roll, count)
    if faults:
        raise Invalid(*faults)
    return _result(session, actor, motion, roll, count, now)


def vote_in_secret(
    session: Session, actor: Actor, secret: bytes, motion_id: UUID, closes_at: datetime, now: datetime
) -> Ballot:
    """Let a motion be voted on in secret, on screens and on paper."""
    motion = hold(session, actor, Action.MEETING_HOLD, Motion, motion_id)
    meeting = _going_on(session, actor, motion.meeting_id)
    if meeting.kind != MEMBERS:
        raise NotNow("支委会人少，无记名投票保不住秘密，请举手表决。")
    if motion.passed is not None or motion.ballot_id is not None:
        raise NotNow("这一项已经表决，或者正在无记名投票。")
    question = Question(Purpose.MOTION, motion.title, [(motion.id, motion.title)], CHOICES, meeting.id)
    ballot = open_ballot(session, actor, secret, question, closes_at, now)
    motion.ballot_id = ballot.id
    return ballot


def count_motion(session: Session, actor: Actor, secret: bytes, ballot_id: UUID, now: datetime) -> None:
    """Count the secret vote on a motion."""
    of_ballot = select(Motion.id).filter_by(county_id=actor.county_id, ballot_id=ballot_id)
    motion = hold(session, actor, Action.BALLOT_COUNT, Motion, session.scalars(of_ballot).one())
    ballot = count_ballot(session, actor, secret, ballot_id, now)
    marks = (ballot.result or {})[str(motion.id)]
    in_favour, against, abstained = (marks[choice] for choice in CHOICES)
    roll = Roll(ballot.due, ballot.cast_votes or 0)
    # Whoever has marked nothing has abstained.
    abstained += roll.present - in_favour - against - abstained
    _result(session, actor, motion, roll, Count(in_favour, against, abstained), now)


def write_opinion(session: Session, actor: Actor, meeting_id: UUID, words: str, now: datetime) -> None:
    """Send one's opinion in writing before a meeting that one cannot come to; it is read out there."""
    meeting = hold(session, actor, Action.MEETING_VOTE, Meeting, meeting_id)
    if meeting.begun_at is not None or meeting.closed_at is not None:
        raise NotNow("会议已经开始，不能再交书面意见。")
    on_roll = select(Attendance).filter_by(county_id=actor.county_id, meeting_id=meeting.id)
    place = session.scalar(on_roll.filter_by(person_id=actor.person_id))
    if place is None or place.standing != Standing.VOTER:
        raise Forbidden("您不在这次会议有表决权的应到名册上。")
    if place.took_part == Attended.WRITTEN:
        raise NotNow("您已经交过书面意见。")
    if not words.strip():
        raise Invalid("请写下您的意见。")
    place.took_part = Attended.WRITTEN
    session.add(
        WrittenOpinion(
            county_id=meeting.county_id,
            unit_id=meeting.unit_id,
            meeting_id=meeting.id,
            person_id=place.person_id,
            text=words.strip(),
            received_at=now,
        )
    )


def motions_put(session: Session, meeting: Meeting) -> Sequence[Motion]:
    """Return the motions of a meeting, in the order in which they were put."""
    put = select(Motion).filter_by(county_id=meeting.county_id, meeting_id=meeting.id)
    return session.scalars(put.order_by(Motion.put_at, Motion.id)).all()


def opinions_written(session: Session, meeting: Meeting) -> Sequence[tuple[str, str]]:
    """Return who has written what to a meeting."""
    of_person = (Person.county_id == WrittenOpinion.county_id) & (Person.id == WrittenOpinion.person_id)
    found = select(Person.name, WrittenOpinion.text).join(Person, of_person).order_by(WrittenOpinion.received_at)
    own = found.where(WrittenOpinion.county_id == meeting.county_id, WrittenOpinion.meeting_id == meeting.id)
    return [(name, words) for name, words in session.execute(own)]


def matters_of(session: Session, meeting: Meeting) -> list[Matter]:
    """Return the agenda that makes itself: what is open, is this body's to decide, and has not been put yet."""
    body = Body.MEMBERS_MEETING if meeting.kind == MEMBERS else Body.COMMITTEE
    found = [*_outcomes(session, meeting, body)]
    if meeting.kind == MEMBERS:
        found += _appraisals(session, meeting)
    put = {motion.subject_id for motion in motions_put(session, meeting)}
    return [one for one in found if one.subject_id not in put]


def _outcomes(session: Session, meeting: Meeting, body: Body) -> list[Matter]:
    of_member = (Member.county_id == OutcomeCase.county_id) & (Member.id == OutcomeCase.member_id)
    open_ = (
        select(OutcomeCase, Member.name)
        .join(Member, of_member)
        .where(
            OutcomeCase.county_id == meeting.county_id,
            OutcomeCase.unit_id == meeting.unit_id,
            OutcomeCase.body == body,
            OutcomeCase.state.in_([OutcomeState.PROPOSED, OutcomeState.HEARD]),
        )
    )
    rows = session.execute(open_.order_by(Member.name_sort, OutcomeCase.id))
    return [
        Matter(MotionKind.OUTCOME, f"{name}：{KINDS[Measure(case.measure)].title}（{case.basis}）", case.id)
        for case, name in rows
    ]


def _appraisals(session: Session, meeting: Meeting) -> list[Matter]:
    own = select(Evaluation).filter_by(county_id=meeting.county_id, unit_id=meeting.unit_id)
    proposed = session.scalars(own.filter_by(state=EvaluationState.PROPOSED).order_by(Evaluation.year))
    return [Matter(MotionKind.APPRAISAL, f"{one.year} 年度民主评议意见", one.id) for one in proposed]


def _going_on(session: Session, actor: Actor, meeting_id: UUID) -> Meeting:
    meeting = hold(session, actor, Action.MEETING_HOLD, Meeting, meeting_id)
    if meeting.closed_at is not None:
        raise NotNow("会议已经结束，不能再表决。")
    return meeting


def _result(session: Session, actor: Actor, motion: Motion, roll: Roll, count: Count, now: datetime) -> bool:
    motion.due, motion.present = roll.due, roll.present
    motion.in_favour, motion.against, motion.abstained = count.in_favour, count.against, count.abstained
    motion.passed, motion.why, motion.counted_at = carried(roll, count), why(roll, count), now
    remark(session, actor, motion, "count", now, note=motion.why)
    return motion.passed
