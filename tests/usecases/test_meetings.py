"""The members' meeting on real rows: who is due, what passes, and what an exception does."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from shared.db.claims import Claim
from shared.db.meetings import Attendance, Vote
from shared.db.members import Member
from shared.db.rounds import Round
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.meetings import Attended, Count
from shared.usecases.claims import Ruling
from shared.usecases.lines import propose
from shared.usecases.meetings import call_roll, close_meeting, convene, vote_line, vote_list
from shared.usecases.members import add_person, appoint
from tests.builders import LONG_AGO, founder
from tests.usecases.stage import CLOSED, START, Stage

# Six officers, two leaders, three scorers and three ordinary members: fourteen are due.
DUE = 14


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch whose committee has proposed the points."""
    made = Stage(db, clockwork)
    made.accept(made.claim(made.mei))
    made.propose()
    return made


def roll(stage: Stage, meeting_id: object, took_part: dict[object, Attended], by: str = "secretary") -> object:
    """Write the roll."""
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        return call_roll(session, stage.branch[by], meeting_id, took_part)  # type: ignore[arg-type]


def test_probationary_exempt_and_observing_people_do_not_count(stage: Stage) -> None:
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        probationer, exempt, gone = (session.merge(member) for member in stage.branch.members)
        probationer.probationary, exempt.exempt_from = True, date(2026, 1, 1)
        gone.present_to = date(2026, 3, 31)
        by = founder(stage.county_id)
        guide = add_person(session, by, stage.unit_id, "驻村指导员")
        appoint(session, by, stage.unit_id, guide.id, "observer", LONG_AGO)

    meeting = stage.do(convene, "secretary", "members", "积分评定", "大会〔2026〕1号")

    rows = stage.all(select(Attendance).filter_by(meeting_id=meeting.id))
    standing = {row.person_id: row.standing for row in rows}
    assert standing[guide.id] == "observer"
    assert standing[probationer.person_id] == "probationary"
    assert not {exempt.person_id, gone.person_id} & set(standing)
    assert roll(stage, meeting.id, dict.fromkeys(standing, Attended.REMOTE)).due == DUE - 3  # type: ignore[attr-defined]


def test_who_is_due_is_reckoned_by_the_day_in_shanghai(stage: Stage) -> None:
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        session.get_one(Member, (stage.county_id, stage.mei.id)).present_from = date(2026, 4, 8)
    stage.now = datetime(2026, 4, 7, 16, 30, tzinfo=UTC)  # half past midnight of the eighth

    meeting = stage.do(convene, "secretary", "members", "积分评定", "大会〔2026〕1号")

    assert stage.all(select(Attendance).filter_by(meeting_id=meeting.id, person_id=stage.mei.person_id))


def test_without_quorum_nothing_passes_and_nothing_goes_back(stage: Stage) -> None:
    meeting = stage.meet(absent=8)  # six of fourteen

    assert not stage.vote(meeting, 6)
    assert not stage.do(vote_line, "secretary", meeting, stage.line(stage.mei).id, Count(6))
    stage.do(close_meeting, "secretary", meeting)

    assert stage.line(stage.mei).state == "proposed"
    assert stage.row(Round, stage.round_id).state == "proposed"
    with pytest.raises(NotNow, match="不能“公示”"):
        stage.post()


def test_more_than_half_of_those_who_should_attend_carry_it(stage: Stage) -> None:
    meeting = stage.meet(absent=5)

    assert not stage.vote(meeting, 7)  # all but two of those present, and only half of those due
    assert stage.row(Round, stage.round_id).state == "proposed"
    assert stage.vote(stage.meet("大会〔2026〕2号", absent=5), 8)

    assert stage.row(Round, stage.round_id).state == "passed"
    assert [vote.passed for vote in stage.all(select(Vote).order_by(Vote.in_favour))] == [False, True]


def test_an_excepted_line_goes_back_and_passes_by_itself(stage: Stage) -> None:
    claim = stage.all(select(Claim))[0]
    line = stage.line(stage.mei)
    meeting = stage.meet()

    assert stage.vote(meeting, DUE, excepted=[line.id])
    assert stage.row(Round, stage.round_id).state == "proposed"
    with pytest.raises(NotNow, match="不能“公示”"):
        stage.post()
    stage.decide([claim], Ruling(False, "支委会〔2026〕2号", "大会认为不实"))
    stage.do(propose, "secretary", stage.round_id, {})
    assert (stage.line(stage.mei).points, stage.line(stage.mei).state) == (Decimal(0), "proposed")
    assert not stage.do(vote_line, "secretary", meeting, line.id, Count(3))
    assert stage.line(stage.mei).state == "excepted"
    stage.decide([claim], Ruling(True, "支委会〔2026〕3号"))
    stage.do(propose, "secretary", stage.round_id, {})
    assert stage.do(vote_line, "secretary", meeting, line.id, Count(DUE))

    assert stage.row(Round, stage.round_id).state == "passed"
    assert stage.row(Claim, claim.id).state == "confirmed"
    assert stage.line(stage.mei).points == Decimal(2)


def test_a_vote_on_what_is_not_put_is_refused(stage: Stage) -> None:
    meeting, line = stage.meet(), stage.line(stage.mei)
    other = stage.open("2026-Q2")

    with pytest.raises(NotNow, match=r"申报登记中.*不能表决"):
        stage.do(vote_list, "secretary", meeting, [other], Count(DUE), [])
    with pytest.raises(Invalid, match="单独复议"):
        stage.vote(meeting, DUE, excepted=[other])
    with pytest.raises(Invalid, match="票数却有 15 张"):
        stage.vote(meeting, DUE + 1)
    assert stage.vote(meeting, DUE)
    with pytest.raises(NotNow):
        stage.do(vote_line, "secretary", meeting, line.id, Count(DUE))
    stage.do(close_meeting, "secretary", meeting)
    with pytest.raises(NotNow, match="已经结束"):
        roll(stage, meeting, {})


def test_only_whom_the_book_lets_vote_votes(db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork, "xinba", "2026-01", start=START)
    stage.move(datetime(2026, 2, 6, 1, tzinfo=UTC))
    stage.do(propose, "secretary", stage.round_id, {})

    with pytest.raises(NotNow, match="不由这个会议表决"):
        stage.vote(stage.meet(), DUE)


def test_the_roll_knows_who_may_sign(stage: Stage) -> None:
    meeting = stage.meet()

    with pytest.raises(Invalid, match="有 1 人不在"):
        roll(stage, meeting, {stage.round_id: Attended.PRESENT})
    with pytest.raises(Forbidden):
        roll(stage, meeting, {}, by="recorder")


def test_a_meeting_that_did_not_carry_is_called_again_in_time(stage: Stage) -> None:
    assert not stage.vote(stage.meet(absent=8), 6)

    stage.move(CLOSED.replace(day=14, hour=16))

    assert stage.messages("reminder")
