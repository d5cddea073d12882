"""Objections: who may raise one and until when, who looks into it, and who answers."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from shared.authz.actor import Actor
from shared.db.claims import Claim
from shared.db.members import Member
from shared.db.objections import Objection
from shared.db.rounds import Round
from shared.db.session import Db
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.usecases.answers import Remedy, answer_objection
from shared.usecases.lines import propose
from shared.usecases.objections import (
    OnPaper,
    Statement,
    assign_investigator,
    confirm_identity,
    enter_paper_objection,
    withdraw_objection,
)
from shared.usecases.scores import finish_scoring
from tests.builders import set_clock
from tests.usecases.stage import CLOSED, DAY, POSTED, Stage

NOTHING = Remedy()
VILLAGER = Statement("他没有去修路", "周大山", "第三村民小组", "0000-301")


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch whose quarter hangs on the board; one of Mei's two claims was refused."""
    made = Stage(db, clockwork)
    made.accept(made.claim(made.mei, "D-E6"))
    made.refuse(made.claim(made.mei, "D-E6"))
    made.publish()
    return made


@pytest.fixture
def village(db: Db, clockwork: Db) -> Stage:
    """A village whose book lets villagers object."""
    made = Stage(db, clockwork, "xujiayan")
    made.move(CLOSED)
    made.do(finish_scoring, made.branch.scorers[0], made.round_id)
    made.do(propose, "secretary", made.round_id, {})
    made.post(at=POSTED)
    return made


def villager(stage: Stage) -> Actor:
    """Somebody of the village who is no member."""
    return Actor(stage.county_id, stage.unit_id, None, "周大山", frozenset({"villager"}))


def assigned(stage: Stage, objection: Objection) -> Objection:
    """Let the discipline committee member investigate."""
    stage.investigate(objection.id)
    return objection


def test_one_line_waits_and_the_others_settle_on_time(stage: Stage) -> None:
    objection = stage.object(stage.mei, stage.mei)

    stage.move(POSTED + 8 * DAY)

    states = {line: stage.line(line).state for line in stage.branch.members}
    assert states == {member: "held" if member is stage.mei else "settled" for member in stage.branch.members}
    assert stage.row(Round, stage.round_id).state == "settled"
    assert objection.number == "异2026-Q1-001"


def test_a_member_may_object_to_anothers_line(stage: Stage) -> None:
    objection = stage.object(stage.branch.members[1], stage.mei)

    assert (objection.raised_as, objection.raised_by) == ("member", stage.branch.members[1].person_id)
    assert stage.line(stage.mei).state == "held"


def test_the_last_second_is_in_time_and_midnight_is_not(stage: Stage) -> None:
    closes = POSTED.replace(day=21, hour=16)

    stage.move(closes - timedelta(seconds=1))
    stage.object(stage.mei, stage.mei)
    set_clock(stage.db, stage.county_id, closes)  # nobody has closed it yet
    with pytest.raises(NotNow, match="异议期已于 2026-04-21 24:00 截止"):
        stage.object(stage.branch.members[1], stage.branch.members[1])


def test_only_a_book_that_lets_villagers_object_hears_them(stage: Stage, village: Stage) -> None:
    with pytest.raises(Forbidden, match="异议由党员提出"):
        stage.object(villager(stage), stage.mei, group_name="第三村民小组", telephone="0000-301")
    for missing in ({"group_name": "第三村民小组"}, {"telephone": "0000-301"}, {}):
        with pytest.raises(Invalid, match="村民小组和联系电话"):
            village.object(villager(village), village.mei, **missing)

    heard = village.object(villager(village), village.mei, group_name="第三村民小组", telephone="0000-301")

    assert heard.raised_as == "villager"


def test_a_villager_is_known_before_they_are_answered(village: Stage) -> None:
    said = {"group_name": "第三村民小组", "telephone": "0000-301"}
    objection = assigned(village, village.object(villager(village), village.mei, **said))

    with pytest.raises(NotNow, match="先核实异议人身份"):
        village.do(answer_objection, "organiser", objection.id, False, "经查属实", NOTHING)
    village.do(confirm_identity, "recorder", objection.id)
    with pytest.raises(NotNow, match="不需要再核实"):
        village.do(confirm_identity, "recorder", objection.id)
    village.do(answer_objection, "organiser", objection.id, False, "经查属实", NOTHING)

    assert village.row(Objection, objection.id).state == "answered"


def test_on_paper_the_time_handed_in_counts_and_two_attest_it(village: Stage) -> None:
    handed_in = POSTED + 2 * DAY
    village.move(POSTED + 9 * DAY)  # settled meanwhile
    line = village.line(village.mei)
    enter = (enter_paper_objection, "recorder", line.id, VILLAGER)

    with pytest.raises(Invalid, match="两人证明"):
        village.do(*enter, OnPaper(handed_in, ("甲", " 甲 ")))
    for never in (POSTED - DAY, POSTED.replace(day=21, hour=16), village.now + DAY):
        with pytest.raises(NotNow, match="递交时间不在异议期内"):
            village.do(*enter, OnPaper(never, ("甲", "乙")))
    objection = village.do(*enter, OnPaper(handed_in, ("甲", "乙")))

    assert village.line(village.mei).state == "held"
    assert objection.handed_in_at == handed_in
    assert village.history(objection.id) == ["raise", "late_entry"]


def test_a_members_paper_is_theirs_and_an_unknown_name_is_no_members(stage: Stage) -> None:
    line = stage.line(stage.mei)
    paper = OnPaper(POSTED + timedelta(hours=1), ("甲", "乙"))
    stage.move(POSTED + DAY)

    with pytest.raises(Forbidden, match="异议由党员提出"):
        stage.do(enter_paper_objection, "recorder", line.id, Statement("少记了", "无此人"), paper)
    objection = stage.do(enter_paper_objection, "recorder", line.id, Statement("少记了", stage.mei.name), paper)

    assert (objection.raised_as, objection.raised_by) == ("member", stage.mei.person_id)
    assert stage.history(objection.id) == ["raise"]


@pytest.mark.long
def test_who_had_a_hand_in_the_line_does_not_investigate(stage: Stage) -> None:
    objection = stage.object(stage.branch.members[1], stage.mei)
    involved = [
        stage.who(stage.mei),  # whom it concerns
        stage.who(stage.branch.members[1]),  # who objects
        stage.branch.leader_of(stage.mei),  # signed the opinion
        stage.branch["organiser"],  # decided the claims
        stage.branch["secretary"],  # proposed the line
    ]

    for actor in involved:
        with pytest.raises(Forbidden, match="调查人不能是"):
            stage.do(assign_investigator, "secretary", objection.id, actor.person_id)
    with pytest.raises(NotFound):
        stage.do(assign_investigator, "secretary", objection.id, stage.round_id)
    assigned(stage, objection)

    assert stage.row(Objection, objection.id).state == "investigating"


@pytest.mark.long
def test_an_answer_is_written_after_an_investigation_by_whom_the_book_names(stage: Stage) -> None:
    objection = stage.object(stage.branch.members[1], stage.mei)
    answer = (objection.id, False, "记录与细则一致", NOTHING)

    with pytest.raises(NotNow, match="已受理"):
        stage.do(answer_objection, "organiser", *answer)
    assigned(stage, objection)
    with pytest.raises(Invalid, match="书面"):
        stage.do(answer_objection, "organiser", objection.id, False, " ", NOTHING)
    with pytest.raises(Forbidden, match="由支委会调查答复"):
        stage.do(answer_objection, "office", *answer)
    with pytest.raises(Forbidden):
        stage.do(answer_objection, "recorder", *answer)
    stage.do(answer_objection, "organiser", *answer)

    told = [message for message in stage.messages("answer") if message.subject_id == objection.id]
    assert told[0].body["persons"] == [str(stage.branch.members[1].person_id)]


@pytest.mark.long
def test_whom_it_concerns_does_not_answer(stage: Stage) -> None:
    organiser = stage.branch["organiser"]
    about = stage.all(select(Member).filter_by(id=organiser.member_id))[0]
    for objection in (stage.object(stage.mei, about), stage.object(organiser, stage.mei)):
        assigned(stage, objection)

        with pytest.raises(Forbidden, match="当事人"):
            stage.do(answer_objection, organiser, objection.id, False, "一致", NOTHING)


@pytest.mark.long
def test_a_remedy_reaches_no_further_than_the_line(stage: Stage) -> None:
    objection = assigned(stage, stage.object(stage.branch.members[1], stage.branch.members[1]))
    of_mei = stage.all(select(Claim.id).filter_by(state="refused"))[0]

    with pytest.raises(Invalid, match="只能更正这一行"):
        stage.do(answer_objection, "organiser", objection.id, True, "属实", Remedy(accept=(of_mei,)))


@pytest.mark.long
def test_an_objection_is_withdrawn_by_who_raised_it_and_the_line_goes_on(stage: Stage) -> None:
    objection = stage.object(stage.mei, stage.mei)

    with pytest.raises(Forbidden, match="只有异议人"):
        stage.do(withdraw_objection, stage.branch.members[1], objection.id)
    stage.do(withdraw_objection, stage.mei, objection.id)
    stage.move(stage.now)

    assert stage.line(stage.mei).state == "published"
    assert stage.row(Objection, objection.id).outcome == "withdrawn"


@pytest.mark.long
def test_a_line_waits_until_the_last_of_its_objections_has_ended(stage: Stage) -> None:
    first, second = stage.object(stage.mei, stage.mei), stage.object(stage.branch.members[1], stage.mei)

    stage.do(withdraw_objection, stage.mei, first.id)
    stage.move(stage.now)
    assert stage.line(stage.mei).state == "held"
    stage.do(withdraw_objection, stage.branch.members[1], second.id)
    stage.move(stage.now)

    assert stage.line(stage.mei).state == "published"
