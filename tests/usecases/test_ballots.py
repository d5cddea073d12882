"""Ballots from afar: counted with the room's, cast once, before the meeting begins, and secret."""

from uuid import UUID

import pytest
from sqlalchemy import select

from shared.db.meetings import Attendance, Meeting, Vote
from shared.db.members import Member
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.meetings import Attended, Choice
from shared.usecases.ballots import vote_from_afar
from shared.usecases.meetings import call_roll, convene
from tests.usecases.stage import SECRET, Stage

# Six officers, two leaders, three scorers and three ordinary members: fourteen are due.
DUE = 14


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch whose committee has proposed the points; Mei and another work away."""
    made = Stage(db, clockwork)
    with acting(db, made.county_id, made.unit_id) as session:
        for member in made.branch.members[:2]:
            session.get_one(Member, (made.county_id, member.id)).class_ = "流动党员"
    made.propose()
    return made


@pytest.fixture
def meeting(stage: Stage) -> UUID:
    """The meeting that has been called."""
    return stage.do(convene, "secretary", "members", "积分评定", "大会〔2026〕1号").id


def begin(stage: Stage, meeting: UUID, there: int) -> None:
    """Call the roll: so many of those who are not away are there."""
    away = {member.person_id for member in stage.branch.members[:2]}
    room = sorted(a.person_id for a in stage.branch.actors.values() if a.person_id and a.person_id not in away)
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        call_roll(session, stage.branch["secretary"], meeting, dict.fromkeys(room[:there], Attended.PRESENT))


def test_votes_from_afar_are_counted_with_the_room_s(stage: Stage, meeting: UUID) -> None:
    stage.do(vote_from_afar, stage.mei, SECRET, meeting, Choice.IN_FAVOUR)
    stage.do(vote_from_afar, stage.branch.members[1], SECRET, meeting, Choice.AGAINST)
    begin(stage, meeting, there=7)

    assert stage.vote(meeting, 7)  # seven of fourteen in the room were not enough by themselves

    (vote,) = stage.all(select(Vote))
    assert (vote.in_favour, vote.against, vote.abstained, vote.passed) == (8, 1, 0, True)
    assert "实到 9 人，赞成 8 票" in (stage.row(Meeting, meeting).why or "")


def test_the_room_cannot_have_cast_the_votes_of_those_away_as_well(stage: Stage, meeting: UUID) -> None:
    stage.do(vote_from_afar, stage.mei, SECRET, meeting, Choice.ABSTAINED)
    begin(stage, meeting, there=8)

    with pytest.raises(Invalid, match="到会有表决权的党员 9 人，票数却有 10 张"):
        stage.vote(meeting, 9)


def test_a_vote_is_cast_once_and_before_the_meeting_begins(stage: Stage, meeting: UUID) -> None:
    stage.do(vote_from_afar, stage.mei, SECRET, meeting, Choice.IN_FAVOUR)

    with pytest.raises(NotNow, match="不能更改"):
        stage.do(vote_from_afar, stage.mei, SECRET, meeting, Choice.AGAINST)
    begin(stage, meeting, there=7)
    with pytest.raises(NotNow, match="会议已经开始"):
        stage.do(vote_from_afar, stage.branch.members[1], SECRET, meeting, Choice.IN_FAVOUR)


def test_who_voted_from_afar_and_comes_all_the_same_has_no_second_vote(stage: Stage, meeting: UUID) -> None:
    stage.do(vote_from_afar, stage.mei, SECRET, meeting, Choice.IN_FAVOUR)
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        roll = call_roll(session, stage.branch["secretary"], meeting, {stage.mei.person_id: Attended.PRESENT})

    (place,) = stage.all(select(Attendance).filter_by(meeting_id=meeting, person_id=stage.mei.person_id))
    assert (place.took_part, roll.present) == ("remote", 1)


def test_only_voters_who_are_away_vote_from_afar(stage: Stage, meeting: UUID) -> None:
    with pytest.raises(Forbidden, match="请到会表决"):
        stage.do(vote_from_afar, stage.branch.members[2], SECRET, meeting, Choice.IN_FAVOUR)
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        session.get_one(Member, (stage.county_id, stage.mei.id)).probationary = True
    second = stage.do(convene, "secretary", "members", "积分评定", "大会〔2026〕2号").id
    with pytest.raises(Forbidden, match="有表决权的应到名册"):
        stage.do(vote_from_afar, stage.mei, SECRET, second, Choice.IN_FAVOUR)


def test_how_somebody_voted_stands_nowhere(stage: Stage, meeting: UUID) -> None:
    stage.do(vote_from_afar, stage.mei, SECRET, meeting, Choice.AGAINST)

    (step,) = [one for one in stage.told(meeting) if one.command == "vote_from_afar"]
    assert (step.actor_id, step.note) == (stage.mei.person_id, None)
    # Sums alone, sealed: equal votes seal to other bytes, and as many of them.
    first = stage.row(Meeting, meeting).afar
    stage.do(vote_from_afar, stage.branch.members[1], SECRET, meeting, Choice.AGAINST)
    second = stage.row(Meeting, meeting).afar
    assert first is not None
    assert second is not None
    assert first != second
    assert len(first) == len(second)
