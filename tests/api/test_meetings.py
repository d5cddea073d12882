"""The members' meeting: the roll on one screen, quorum and majority in words, the votes, and the wall."""

from uuid import UUID

import pytest
from sqlalchemy import select

from shared.db.meetings import Vote
from shared.db.session import Db
from shared.domain.meetings import Roll, standing_of
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.stage import Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    stage = Stage(db, clockwork, members=3)
    stage.accept(stage.claim(stage.mei))
    stage.propose()
    return stage


@pytest.fixture
def secretary(browser: Browser, db: Db, stage: Stage) -> Person:
    return signed_in(browser.app, db, stage.branch["secretary"])


def called(secretary: Person, minute: str = "大会〔2026〕9号") -> str:
    """Call a meeting through the page; return its address."""
    secretary.opens("/meetings/new")
    secretary.hands_in("/meetings/new", subject="一季度积分评定", minute=minute)
    assert secretary.page is not None
    return secretary.page.url.path


def all_there(secretary: Person, meeting: str, **others: str) -> str:
    """Put everybody down as present but for those named by their field."""
    secretary.opens(f"{meeting}/roll")
    marked = {name: "present" for name in secretary.form(f"{meeting}/roll").fields if name.startswith("took-")}
    return secretary.hands_in(f"{meeting}/roll", 200, **(marked | others))


def votes_of(stage: Stage, meeting: str) -> int:
    return len(stage.all(select(Vote).filter_by(meeting_id=UUID(meeting.split("/")[2]))))


def test_the_roll_says_whether_the_meeting_is_valid(secretary: Person) -> None:
    meeting = called(secretary)
    assert "应到 14 人，实到 0 人，不足半数，还差 7 人，会议无效，不能表决" in secretary.opens(meeting)

    said = all_there(secretary, meeting)

    assert "应到 14 人，实到 14 人，过半，会议有效；赞成须 8 票。" in said


def test_one_button_puts_everybody_down_as_present(secretary: Person) -> None:
    meeting = called(secretary)
    secretary.opens(f"{meeting}/roll")

    assert "实到 14 人" in secretary.hands_in(f"{meeting}/roll", all="present")


@pytest.mark.long
def test_nonsense_in_the_roll_is_refused(secretary: Person) -> None:
    meeting = called(secretary)
    secretary.opens(f"{meeting}/roll")
    name = next(name for name in secretary.form(f"{meeting}/roll").fields if name.startswith("took-"))

    assert "看不懂" in secretary.hands_in(f"{meeting}/roll", 422, **{name: "asleep"})


@pytest.mark.long
def test_the_list_passes_but_for_who_is_taken_out(secretary: Person, stage: Stage) -> None:
    meeting = called(secretary)
    all_there(secretary, meeting)
    line = stage.line(stage.mei)
    secretary.opens(f"{meeting}/votes")

    said = secretary.hands_in(f"{meeting}/votes", in_favour=12, against=1, abstained=1, excepted=[line.id])

    assert "通过" in said
    assert f"退回支委会 1 人（{stage.mei.name}）" in said
    assert stage.line(stage.branch.members[1]).state == "passed"
    assert stage.line(stage.mei).state == "excepted"


@pytest.mark.long
def test_a_line_proposed_again_is_voted_by_itself(secretary: Person, stage: Stage) -> None:
    meeting = called(secretary)
    all_there(secretary, meeting)
    line = stage.line(stage.mei)
    secretary.opens(f"{meeting}/votes")
    secretary.hands_in(f"{meeting}/votes", in_favour=14, excepted=[line.id])
    stage.propose()
    secretary.opens(f"{meeting}/lines/{line.id}")

    said = secretary.hands_in(f"{meeting}/lines/{line.id}", in_favour=14)

    assert f"{stage.mei.name}（单独表决）" in said
    assert stage.line(stage.mei).state == "passed"


@pytest.mark.long
def test_too_many_votes_are_named_and_what_was_typed_stays(secretary: Person, stage: Stage) -> None:
    meeting = called(secretary)
    all_there(secretary, meeting)
    secretary.opens(f"{meeting}/votes")

    said = secretary.hands_in(f"{meeting}/votes", 422, in_favour=15, against="")

    assert "请填写反对票数" in said
    said = secretary.hands_in(f"{meeting}/votes", 422, in_favour=15, against=0)
    assert "到会有表决权的党员 14 人，票数却有 15 张" in said
    assert secretary.form(f"{meeting}/votes").fields["in_favour"] == ["15"]
    assert votes_of(stage, meeting) == 0


@pytest.mark.long
def test_counted_twice_it_is_one_vote(secretary: Person, stage: Stage) -> None:
    meeting = called(secretary)
    all_there(secretary, meeting)
    secretary.opens(f"{meeting}/votes")
    sent = {**secretary.form(f"{meeting}/votes").fields, "in_favour": ["14"]}

    answers = [secretary.client.post(f"{meeting}/votes", data=sent, follow_redirects=False) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert votes_of(stage, meeting) == 1


@pytest.mark.long
def test_a_page_left_open_after_the_meeting_says_that_it_is_over(secretary: Person) -> None:
    meeting = called(secretary)
    all_there(secretary, meeting)
    secretary.opens(f"{meeting}/roll")
    old = secretary.form(f"{meeting}/roll").fields
    secretary.opens(meeting)
    assert "已结束" in secretary.hands_in(f"{meeting}/close")

    answer = secretary.client.post(f"{meeting}/roll", data=old)

    assert answer.status_code == 422
    assert "会议已经结束，签到不能再改" in answer.text


@pytest.mark.long
def test_the_wall_shows_one_member_at_a_time(secretary: Person, stage: Stage) -> None:
    meeting = called(secretary)
    first = secretary.opens(f"{meeting}/screen")
    names = [first]
    for at in range(2, 15):
        names.append(secretary.opens(f"{meeting}/screen?at={at}"))

    assert "第 1 位，共 14 位" in first
    assert sum(stage.mei.name in said for said in names) == 1
    assert "下一位" not in names[-1]
    assert "账号" not in first
    assert secretary.opens(f"{meeting}/screen?at=99") == names[-1]


@pytest.mark.long
def test_a_recorder_may_look_and_not_hold(browser: Browser, db: Db, secretary: Person, stage: Stage) -> None:
    meeting = called(secretary)
    recorder = signed_in(browser.app, db, stage.branch["recorder"])

    assert "点名签到" not in recorder.opens(meeting)
    recorder.opens(f"{meeting}/roll", 403)
    recorder.opens("/meetings/new", 403)


@pytest.mark.long
def test_members_and_other_branches_do_not_come_in(
    browser: Browser, db: Db, secretary: Person, clockwork: Db
) -> None:
    meeting = called(secretary)
    elsewhere = Stage(db, clockwork)

    signed_in(browser.app, db, elsewhere.branch["secretary"]).opens(meeting, 404)
    signed_in(browser.app, db, elsewhere.branch.actors[elsewhere.mei.id]).opens("/meetings", 403)


@pytest.mark.long
@pytest.mark.parametrize(
    ("due", "present", "words"), [(24, 12, "达到半数"), (23, 11, "还差 1 人"), (0, 0, "无效")]
)
def test_words_of_a_roll(due: int, present: int, words: str) -> None:
    assert words in standing_of(Roll(due, present))


@pytest.mark.long
def test_foreign_and_broken_ids_are_refused(secretary: Person, stage: Stage) -> None:
    meeting = called(secretary)
    all_there(secretary, meeting)
    secretary.opens(f"{meeting}/votes")

    secretary.hands_in(f"{meeting}/votes", 422, in_favour=14, rounds=["x'; --"])
    secretary.opens(f"{meeting}/votes")
    said = secretary.hands_in(f"{meeting}/votes", 422, in_favour=14, excepted=[stage.round_id])

    assert "单独复议的应是这一批里已提出初步意见的党员" in said
