"""Meetings: the roll, the count, and what becomes of the lines that the members' meeting voted on."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, hold_all, require
from shared.db.claims import Claim
from shared.db.clock import read_clock
from shared.db.meetings import Attendance, Meeting, Vote
from shared.db.rounds import Line, Round
from shared.domain.claims import CLAIM, ClaimCommand
from shared.domain.errors import Invalid, NotNow
from shared.domain.lines import LINE, LineCommand, LineState
from shared.domain.meetings import COUNTS_AS_PRESENT, Attended, Count, Roll, carried, faults_of, why
from shared.domain.periods import period_in_words
from shared.domain.procedures import MeetingMode
from shared.domain.rounds import ROUND, RoundCommand, RoundState
from shared.domain.windows import end_of_day, local_day
from shared.usecases.books import book_of
from shared.usecases.carry_out import all_of, move, moving, remark, step, terms
from shared.usecases.messages import Audience, tell
from shared.usecases.reminders import remind_by, watch
from shared.usecases.rounds import path_of
from shared.usecases.urns import count_from_afar

MEMBERS = "members"

# Full members who are not exempt are due; probationary members and observers are invited and do not vote.
_ROLL = text("""
INSERT INTO attendance (county_id, id, unit_id, meeting_id, person_id, standing, took_part, invited_at)
SELECT :county, gen_random_uuid(), :unit, :meeting, invited.person_id, invited.standing, 'absent', :now
FROM (
    SELECT m.person_id, CASE WHEN m.probationary THEN 'probationary' ELSE 'voter' END AS standing
    FROM member m WHERE m.county_id = :county AND m.unit_id = :unit
      AND coalesce(m.present_from, :day) <= :day AND coalesce(m.present_to, :day) >= :day
      AND (m.exempt_from IS NULL OR m.exempt_from > :day OR m.exempt_to < :day)
    UNION ALL
    SELECT h.person_id, 'observer' FROM holding h
    WHERE h.county_id = :county AND h.unit_id = :unit AND h.role = 'observer'
      AND h.since <= :day AND coalesce(h.until, :day) >= :day
) invited
ON CONFLICT (county_id, meeting_id, person_id) DO NOTHING
""")
# Who has voted from afar stays so on the roll: whoever comes all the same has no second vote.
_TOOK_PART = text("""
UPDATE attendance a SET took_part = CASE WHEN a.voted_at IS NULL THEN n.how ELSE 'remote' END
FROM unnest(CAST(:people AS uuid[]), CAST(:how AS text[])) AS n (person_id, how)
WHERE a.county_id = :county AND a.meeting_id = :meeting AND a.person_id = n.person_id
RETURNING a.person_id
""")
# By what they are, not by their ids: eight hundred ids, read, sent back and sent again, were a third of a vote.
_PASS = moving("line", "t.round_id = ANY(CAST(:rounds AS uuid[]))")
_CONFIRM = moving(
    "claim",
    """t.round_id = ANY(CAST(:rounds AS uuid[])) AND EXISTS (
        SELECT FROM line l WHERE l.county_id = t.county_id AND l.round_id = t.round_id
          AND l.member_id = t.member_id AND l.state = 'passed')""",
)


def convene(session: Session, actor: Actor, kind: str, subject: str, minute: str, now: datetime) -> Meeting:
    """Call a meeting: everybody who is due or observes is on the roll and is invited."""
    require(actor, Action.MEETING_HOLD)
    meeting = Meeting(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        kind=kind,
        minute=minute,
        subject=subject,
        opened_at=now,
        chaired_by=actor.person_id,
    )
    session.add(meeting)
    session.flush()
    where = {"county": actor.county_id, "unit": actor.unit_id, "meeting": meeting.id, "now": now}
    session.execute(_ROLL, {**where, "day": local_day(now)})
    invited = select(Attendance.person_id).filter_by(county_id=actor.county_id, meeting_id=meeting.id)
    guests = Audience(list(session.scalars(invited)))
    tell(session, actor, actor.unit_id, "meeting", meeting.id, f"请参加：{subject}", guests, now)
    remark(session, actor, meeting, "convene", now)
    return meeting


def call_roll(session: Session, actor: Actor, meeting_id: UUID, took_part: Mapping[UUID, Attended]) -> Roll:
    """Write down how each took part, and return the roll as it counts; with the first roll the meeting begins."""
    meeting = hold(session, actor, Action.MEETING_HOLD, Meeting, meeting_id)
    if meeting.closed_at is not None:
        raise NotNow("会议已经结束，签到不能再改。")
    meeting.begun_at = meeting.begun_at or read_clock(session, actor.county_id)
    given = {"county": actor.county_id, "meeting": meeting.id}
    how = [str(value) for value in took_part.values()]
    known = session.scalars(_TOOK_PART, {**given, "people": list(took_part), "how": how}).all()
    if len(known) < len(took_part):
        raise Invalid(f"有 {len(took_part) - len(known)} 人不在应到和列席名册上，请核对。")
    return roll_of(session, meeting)


def roll_of(session: Session, meeting: Meeting) -> Roll:
    """Return how many voters are due and how many take part."""
    voters = select(Attendance.took_part, func.count()).group_by(Attendance.took_part)
    counted = session.execute(
        voters.filter_by(county_id=meeting.county_id, meeting_id=meeting.id, standing="voter")
    )
    numbers = {how: number for how, number in counted}
    return Roll(sum(numbers.values()), sum(numbers.get(how, 0) for how in COUNTS_AS_PRESENT))


def vote_list(
    session: Session,
    actor: Actor,
    meeting_id: UUID,
    round_ids: Sequence[UUID],
    count: Count,
    excepted: Sequence[UUID],
    now: datetime,
    secret: bytes | None = None,
) -> bool:
    """Vote on whole rounds but for the lines taken out; without quorum or majority nothing passes.

    `count` is of the votes in the room; those cast from afar are added to them, opened with the `secret`.
    """
    meeting = hold(session, actor, Action.MEETING_HOLD, Meeting, meeting_id)
    rounds = hold_all(session, actor, Action.MEETING_HOLD, Round, round_ids)
    for round_ in rounds:
        _is_put(session, actor, meeting, round_)
    _are_put(session, rounds, excepted)
    count = count.and_of(count_from_afar(secret, meeting))
    passed = _counted(session, meeting, [(round_.id, None) for round_ in rounds], count, now)
    if passed:
        if excepted:
            all_of(session, actor, Line, list(excepted), LINE, LineCommand.EXCEPT, now, note=meeting.minute)
        given = {"rounds": [round_.id for round_ in rounds]}
        move(session, Line, _PASS, {**terms(actor, Line, LINE, LineCommand.PASS, now, meeting.minute), **given})
        _follow(session, actor, rounds, meeting, now)
    else:
        _recall(session, actor, rounds, now)
    return passed


def vote_line(
    session: Session, actor: Actor, meeting_id: UUID, line_id: UUID, count: Count, now: datetime
) -> bool:
    """Vote on one line by itself; not carried, it goes back to the committee."""
    meeting = hold(session, actor, Action.MEETING_HOLD, Meeting, meeting_id)
    line = hold(session, actor, Action.MEETING_HOLD, Line, line_id)
    rounds = hold_all(session, actor, Action.MEETING_HOLD, Round, [line.round_id])
    _is_put(session, actor, meeting, rounds[0])
    LINE.after(LineState(line.state), LineCommand.PASS)
    passed = _counted(session, meeting, [(line.round_id, line.id)], count, now)
    if passed:
        step(session, actor, line, LINE, LineCommand.PASS, now, note=meeting.minute)
        _follow(session, actor, rounds, meeting, now)
    elif roll_of(session, meeting).quorate:
        # Without a quorum nothing was decided, and nothing goes back either.
        step(session, actor, line, LINE, LineCommand.EXCEPT, now, note=meeting.minute)
    return passed


def close_meeting(session: Session, actor: Actor, meeting_id: UUID, now: datetime) -> None:
    """End the meeting; whether it was valid stands with it."""
    meeting = hold(session, actor, Action.MEETING_HOLD, Meeting, meeting_id)
    if meeting.closed_at is not None:
        raise NotNow("会议已经结束。")
    roll = roll_of(session, meeting)
    meeting.closed_at, meeting.valid = now, roll.quorate
    meeting.why = f"应到 {roll.due} 人，实到 {roll.present} 人"
    remark(session, actor, meeting, "close", now, note=meeting.why)


def _is_put(session: Session, actor: Actor, meeting: Meeting, round_: Round) -> None:
    """Refuse a vote that the book does not ask of this meeting, or that comes before the committee's proposal."""
    procedure = book_of(session, actor.county_id, round_.book_id).procedure
    if meeting.kind != MEMBERS or procedure.meeting is not MeetingMode.PASSES:
        raise NotNow("按本单位的细则，积分不由这个会议表决。")
    if round_.state != RoundState.PROPOSED:
        state = ROUND.words[RoundState(round_.state)]
        raise NotNow(f"{period_in_words(round_.period)}现在是“{state}”，不能表决。")


def _recall(session: Session, actor: Actor, rounds: Sequence[Round], now: datetime) -> None:
    """Nothing is published; the clock reminds when the meeting has not been called again in the book's days."""
    for round_ in rounds:
        days = book_of(session, actor.county_id, round_.book_id).procedure.recall_days
        remind_by(session, round_, end_of_day(local_day(now) + timedelta(days=days)))


def _counted(
    session: Session, meeting: Meeting, motions: Sequence[tuple[UUID, UUID | None]], count: Count, now: datetime
) -> bool:
    roll = roll_of(session, meeting)
    faults = faults_of(roll, count)
    if meeting.closed_at is not None or faults:
        raise Invalid(*(faults or ["会议已经结束，不能再表决。"]))
    passed = carried(roll, count)
    meeting.why = why(roll, count)
    for round_id, line_id in motions:
        vote = Vote(
            county_id=meeting.county_id,
            unit_id=meeting.unit_id,
            meeting_id=meeting.id,
            round_id=round_id,
            line_id=line_id,
            in_favour=count.in_favour,
            against=count.against,
            abstained=count.abstained,
            passed=passed,
            counted_at=now,
        )
        session.add(vote)
    return passed


def _are_put(session: Session, rounds: Sequence[Round], excepted: Sequence[UUID]) -> None:
    """Refuse to take a line out of a list that it does not stand in."""
    ids = [round_.id for round_ in rounds]
    found = select(func.count()).where(Line.county_id == rounds[0].county_id, Line.id.in_(excepted))
    found = found.where(Line.round_id.in_(ids), Line.state == LineState.PROPOSED)
    if excepted and session.scalar(found) != len(set(excepted)):
        raise Invalid("单独复议的应是这一批里已提出初步意见的党员。")


def _follow(session: Session, actor: Actor, rounds: Sequence[Round], meeting: Meeting, now: datetime) -> None:
    """What was claimed in lines that have passed is confirmed; a round follows when none of its lines is left."""
    given = {"rounds": [round_.id for round_ in rounds]}
    confirming = terms(actor, Claim, CLAIM, ClaimCommand.CONFIRM, now, meeting.minute)
    move(session, Claim, _CONFIRM, {**confirming, **given})
    for round_ in rounds:
        left = select(Line.id).where(Line.county_id == round_.county_id, Line.round_id == round_.id)
        if session.scalar(left.where(Line.state != LineState.PASSED).limit(1)) is None:
            machine = path_of(book_of(session, actor.county_id, round_.book_id), round_)
            step(session, actor, round_, machine, RoundCommand.PASS, now, note=meeting.minute)
            watch(session, round_, now)
