"""Urns: a secret ballot from its opening to its count. Who has voted is known; what anybody voted, nowhere."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require
from shared.db.ballots import Ballot, BallotMark, PaperCount
from shared.db.meetings import Meeting
from shared.domain.ballots import (
    BALLOT,
    FEWEST_VOTERS,
    BallotCommand,
    BallotState,
    Counts,
    Purpose,
    Slip,
    Urn,
    Way,
    faults_of_count,
    faults_of_slip,
    valid,
)
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.meetings import Choice, Count
from shared.domain.windows import local_day
from shared.usecases.carry_out import move, moving, remark, step, terms
from shared.usecases.keys import sealed, unsealed
from shared.usecases.messages import Audience, tell

# As on the roll of a members' meeting: full members who are here and not exempt.
_ROLL = text("""
INSERT INTO ballot_mark (county_id, id, unit_id, ballot_id, person_id)
SELECT :county, gen_random_uuid(), :unit, :ballot, m.person_id FROM member m
WHERE m.county_id = :county AND m.unit_id = :unit AND NOT m.probationary
  AND coalesce(m.present_from, :day) <= :day AND coalesce(m.present_to, :day) >= :day
  AND (m.exempt_from IS NULL OR m.exempt_from > :day OR m.exempt_to < :day)
ORDER BY gen_random_uuid() RETURNING person_id
""")
# Written anew all at once: of the rows that stand now, none tells in which order people have voted.
_SHUFFLED = text("""
UPDATE ballot_mark SET way = way WHERE county_id = :county AND ballot_id = :ballot
""")
_COUNTED = moving(
    "ballot",
    sets="urn = NULL, result = CAST(:result AS jsonb), cast_votes = :slips, valid = :valid, counted_at = :at,",
)


class Question(NamedTuple):
    """What is asked: of whom or what, with which choices. A member is not asked of themselves."""

    purpose: Purpose
    title: str
    subjects: Sequence[tuple[UUID, str]]
    choices: Sequence[str]
    meeting_id: UUID | None = None


def open_ballot(
    session: Session, actor: Actor, secret: bytes, question: Question, closes_at: datetime, now: datetime
) -> Ballot:
    """Open a ballot for everybody with a vote; they are told until when. The caller has asked the gate."""
    if closes_at <= now:
        raise Invalid("投票截止的时间要在现在以后。")
    urn = Urn.empty([subject for subject, _ in question.subjects], question.choices)
    ballot = Ballot(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        meeting_id=question.meeting_id,
        purpose=question.purpose,
        title=question.title,
        form={"choices": list(question.choices), "subjects": [[str(of), name] for of, name in question.subjects]},
        due=0,
        opened_at=now,
        closes_at=closes_at,
        urn=b"",
        state=BallotState.OPEN,
        stage=0,
    )
    session.add(ballot)
    session.flush()
    ballot.urn = sealed(secret, ballot.id, urn.written())
    where = {"county": actor.county_id, "unit": actor.unit_id, "ballot": ballot.id, "day": local_day(now)}
    voters = session.scalars(_ROLL, where).all()
    ballot.due = len(voters)
    if len(voters) < FEWEST_VOTERS:
        raise NotNow(f"有表决权的党员不足 {FEWEST_VOTERS} 人，无记名投票保不住秘密，请改用举手表决。")
    tell(session, actor, actor.unit_id, "ballot", ballot.id, f"请投票：{ballot.title}。", Audience(voters), now)
    remark(session, actor, ballot, "open", now)
    return ballot


def cast_ballot(session: Session, actor: Actor, secret: bytes, ballot_id: UUID, slip: Slip, now: datetime) -> None:
    """Let one slip fall: the mark on the roll and the sealed sums change together, and nothing else is written."""
    ballot = hold(session, actor, Action.BALLOT_CAST, Ballot, ballot_id)
    mark = mark_of(session, ballot, actor)
    if mark is None:
        raise Forbidden("您不在这次投票的名册上。")
    if ballot.state != BallotState.OPEN or now >= ballot.closes_at:
        raise NotNow("投票已经截止，不能再投。")
    if mark.way is not None:
        raise NotNow("您已经投过票，或者已经领了纸质票；投出的票不能更改。")
    urn = urn_of(secret, ballot)
    faults = faults_of_slip(urn, slip, actor.member_id)
    if faults:
        raise Invalid(*faults)
    mark.way = Way.SCREEN
    ballot.urn = sealed(secret, ballot.id, urn.with_slip(slip).written())


def hand_slips(session: Session, actor: Actor, ballot_id: UUID, people: Sequence[UUID], now: datetime) -> int:
    """Write down who is given a slip on paper; they have then no vote on a screen. Return how many."""
    ballot = hold(session, actor, Action.BALLOT_COUNT, Ballot, ballot_id)
    if ballot.state != BallotState.OPEN or now >= ballot.closes_at:
        raise NotNow("投票已经截止，不能再发票。")
    of_them = update(BallotMark).where(
        BallotMark.county_id == ballot.county_id,
        BallotMark.ballot_id == ballot.id,
        BallotMark.person_id.in_(people),
        BallotMark.way.is_(None),
    )
    handed = session.scalars(of_them.values(way=Way.PAPER).returning(BallotMark.id)).all()
    if len(handed) < len(set(people)):
        raise Invalid("选中的人里有已经投过票、领过票，或者不在名册上的，请刷新后重选。")
    return len(handed)


def close_ballot(session: Session, actor: Actor, ballot_id: UUID, now: datetime) -> Ballot:
    """End the voting before its term, once everybody has voted, or when the term is over."""
    ballot = hold(session, actor, Action.BALLOT_COUNT, Ballot, ballot_id)
    left = turnout_of(session, ballot).get(None, 0)
    if left and now < ballot.closes_at:
        raise NotNow(f"还有 {left} 人没有投票，投票没有到截止时间，不能提前截止。")
    step(session, actor, ballot, BALLOT, BallotCommand.CLOSE, now)
    return ballot


def enter_count(
    session: Session, actor: Actor, secret: bytes, ballot_id: UUID, slips: int, counts: Counts, now: datetime
) -> None:
    """Enter how one person counted the slips on paper; counted again, the new count takes the place of theirs."""
    ballot = hold(session, actor, Action.BALLOT_COUNT, Ballot, ballot_id)
    if ballot.state != BallotState.CLOSED:
        raise NotNow("投票截止后才能登记纸质票。")
    handed = turnout_of(session, ballot).get(Way.PAPER, 0)
    faults = faults_of_count(urn_of(secret, ballot), handed, slips, counts)
    if faults:
        raise Invalid(*faults)
    written = {str(subject): dict(marks) for subject, marks in counts.items()}
    row = insert(PaperCount).values(
        county_id=ballot.county_id,
        unit_id=ballot.unit_id,
        ballot_id=ballot.id,
        person_id=actor.person_id,
        slips=slips,
        counts=written,
        entered_at=now,
    )
    same = ["county_id", "ballot_id", "person_id"]
    new = {"slips": slips, "counts": written, "entered_at": now}
    session.execute(row.on_conflict_do_update(index_elements=same, set_=new))
    remark(session, actor, ballot, "enter", now, note=f"纸质票 {slips} 张")


def count_ballot(session: Session, actor: Actor, secret: bytes, ballot_id: UUID, now: datetime) -> Ballot:
    """Open the urn: sums of screen and paper together, and whether half have voted. What it held is then gone."""
    ballot = hold(session, actor, Action.BALLOT_COUNT, Ballot, ballot_id)
    BALLOT.after(BallotState(ballot.state), BallotCommand.COUNT)
    turnout = turnout_of(session, ballot)
    urn = urn_of(secret, ballot)
    if urn.slips != turnout.get(Way.SCREEN, 0):
        raise NotNow("票箱里的票数与名册上的记号不一致，不能计票，请联系系统管理员。")
    if turnout.get(Way.PAPER, 0):
        urn = urn.with_counts(*_agreed(session, ballot))
    session.execute(_SHUFFLED, {"county": ballot.county_id, "ballot": ballot.id})
    result = {
        "ids": [ballot.id],
        "result": json.dumps({str(subject): marks for subject, marks in urn.counts.items()}),
        "slips": urn.slips,
        "valid": valid(ballot.due, urn.slips),
    }
    move(session, Ballot, _COUNTED, {**terms(actor, Ballot, BALLOT, BallotCommand.COUNT, now), **result})
    session.refresh(ballot)
    return ballot


def urn_of(secret: bytes, ballot: Ballot) -> Urn:
    """Open the urn for as long as a transaction lasts."""
    if ballot.urn is None:
        raise NotNow("这次投票已经计过票。")
    empty = Urn.empty([UUID(of) for of, _ in ballot.form["subjects"]], ballot.form["choices"])
    return empty.read(unsealed(secret, ballot.id, ballot.urn))


def mark_of(session: Session, ballot: Ballot, actor: Actor) -> BallotMark | None:
    """Return the actor's place on the roll, or None."""
    require(actor, Action.BALLOT_CAST)
    own = select(BallotMark).filter_by(county_id=ballot.county_id, ballot_id=ballot.id, person_id=actor.person_id)
    return session.scalar(own)


def turnout_of(session: Session, ballot: Ballot) -> dict[str | None, int]:
    """Return how many have voted in each way; under None, how many have not."""
    marks = select(BallotMark.way, func.count()).group_by(BallotMark.way)
    found = session.execute(marks.filter_by(county_id=ballot.county_id, ballot_id=ballot.id))
    return {way: number for way, number in found}


def paper_counts(session: Session, ballot: Ballot) -> Sequence[PaperCount]:
    """Return how the slips on paper have been counted, the first first."""
    counts = select(PaperCount).filter_by(county_id=ballot.county_id, ballot_id=ballot.id)
    return session.scalars(counts.order_by(PaperCount.entered_at, PaperCount.id)).all()


def afar_urn(secret: bytes, meeting: Meeting) -> Urn:
    """Open the sums of the votes from afar for as long as a transaction lasts."""
    urn = Urn.empty([meeting.id], [str(choice) for choice in Choice])
    return urn.read(unsealed(secret, meeting.id, meeting.afar)) if meeting.afar else urn


def count_from_afar(secret: bytes | None, meeting: Meeting) -> Count:
    """Return the votes from afar; NotNow where there are some and no secret is given to open them."""
    if meeting.afar is None:
        return Count(0)
    if secret is None:
        raise NotNow("有外地投来的票，要用本系统的密钥才能合计。")
    marks = afar_urn(secret, meeting).counts[meeting.id]
    return Count(*(marks[choice] for choice in (Choice.IN_FAVOUR, Choice.AGAINST, Choice.ABSTAINED)))


def _agreed(session: Session, ballot: Ballot) -> tuple[int, Counts]:
    """Return the count that two people agree on; refuse while there is one only, or they differ."""
    entered = paper_counts(session, ballot)
    for place, one in enumerate(entered):
        if any(one.slips == other.slips and one.counts == other.counts for other in entered[:place]):
            return one.slips, {UUID(subject): marks for subject, marks in one.counts.items()}
    if len(entered) < 2:
        raise NotNow("纸质票要由两个人各自清点登记，两人一致才能计票。")
    raise NotNow("几个人清点的纸质票不一致，请重新清点；更正后的登记会代替原来的。")
