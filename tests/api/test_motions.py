"""A meeting from its invitation to signed minutes: written opinions, motions by hands and in secret."""

from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from shared.db.minutes import Minutes
from shared.db.motions import Motion
from shared.db.session import Db, acting
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.api.test_appraisals import marked
from tests.api.test_meetings import all_there, called
from tests.usecases.stage import Stage

# What takes minutes together: with ./jifen test --all.
pytestmark = pytest.mark.long

TOMORROW = ["2026", "1", "6"]


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    return Stage(db, clockwork)


@pytest.fixture
def secretary(browser: Browser, db: Db, stage: Stage) -> Person:
    return signed_in(browser.app, db, stage.branch["secretary"])


def put(secretary: Person, meeting: str, title: str) -> str:
    """Put a motion in words of one's own; return its address."""
    secretary.opens(f"{meeting}/motions")
    secretary.hands_in(f"{meeting}/motions", matter="other", title=title)
    assert secretary.page is not None
    links = [part.split('"')[0] for part in secretary.page.text.split('href="')[1:]]
    return next(one for one in reversed(links) if one.startswith(f"{meeting}/motions/"))


def test_a_meeting_goes_from_its_invitation_to_minutes_ready_to_sign(
    browser: Browser, db: Db, stage: Stage, secretary: Person
) -> None:
    meeting = called(secretary)
    notice = meeting.replace("/meetings/", "/ballots/")
    mei = signed_in(browser.app, db, stage.who(stage.mei))
    assert "先交书面意见" in mei.opens(notice)
    mei.opens(f"{notice}/opinion")
    assert "您已经交了书面意见" in mei.hands_in(f"{notice}/opinion", words="同意大家的意见")
    all_there(secretary, meeting, **{f"took-{stage.mei.person_id}": "written"})

    assert "同意大家的意见" in secretary.opens(f"{meeting}/motions")
    motion = put(secretary, meeting, "同意老支书不列入积分考核")
    secretary.opens(motion)
    assert "票数却有 15 张" in secretary.hands_in(motion, 422, in_favour=15)
    assert "实到 14 人，赞成 12 票；通过。" in secretary.hands_in(motion, in_favour=12, against=1, abstained=1)
    recorder = signed_in(browser.app, db, stage.branch["recorder"])
    recorder.opens(f"{meeting}/minutes/write")
    said = recorder.hands_in(f"{meeting}/minutes/write", place="村部会议室", said="书记讲了话。\n大家都同意。")
    assert "会议结束后才能定稿" in said
    secretary.opens(meeting)
    secretary.hands_in(f"{meeting}/close")
    secretary.opens(f"{meeting}/minutes")
    said = secretary.hands_in(f"{meeting}/minutes/fix")

    for part in (
        "村部会议室",
        "书记讲了话",
        "同意老支书不列入积分考核",
        f"{stage.mei.name}：同意大家的意见",
        "已定稿",
    ):
        assert part in said
    assert "应到会有表决权的党员 14 人，实到 14 人" in said
    recorder.opens(f"{meeting}/minutes/write")
    assert "已经定稿" in recorder.hands_in(f"{meeting}/minutes/write", 422, place="别处", said="改了")
    kept = stage.all(select(Minutes))[0]
    assert kept.text is not None
    assert "书记讲了话。" in kept.text


def test_a_motion_is_voted_on_in_secret(browser: Browser, db: Db, stage: Stage, secretary: Person) -> None:
    meeting = called(secretary)
    all_there(secretary, meeting)
    motion = put(secretary, meeting, "推荐县级优秀共产党员")
    secretary.opens(motion)
    secretary.hands_in(f"{motion}/secret", until=TOMORROW)
    assert secretary.page is not None
    vote = secretary.page.url.path.removesuffix("/tally")
    for place, actor in enumerate(stage.branch.actors.values()):
        person = signed_in(browser.app, db, actor)
        person.opens(vote)
        slip = marked(person, vote, "赞成" if place < 8 else "反对") if place < 12 else {}
        person.hands_in(vote, 200, **slip)
    secretary.opens(f"{vote}/tally")
    secretary.hands_in(f"{vote}/close")
    secretary.hands_in(f"{vote}/count")

    found = stage.row(Motion, UUID(motion.split("/")[-1]))
    assert (found.in_favour, found.against, found.abstained, found.passed) == (8, 4, 2, True)
    assert "通过" in secretary.opens(f"{meeting}/motions")


def test_without_a_majority_of_those_due_nothing_is_carried(stage: Stage, secretary: Person) -> None:
    meeting = called(secretary)
    all_there(secretary, meeting)
    motion = put(secretary, meeting, "同意")
    secretary.opens(motion)

    assert "未超过应到会有表决权党员的半数，未通过" in secretary.hands_in(motion, in_favour=7, against=7)


def test_the_database_carries_nothing_without_a_majority(stage: Stage, secretary: Person) -> None:
    meeting = called(secretary)
    all_there(secretary, meeting)
    motion = put(secretary, meeting, "同意").split("/")[-1]

    carried = text("""UPDATE motion SET due = 14, present = 14, in_favour = 7, against = 0, abstained = 0,
        passed = true WHERE id = :motion""")

    with (
        pytest.raises(DatabaseError, match="carried_by_majority"),
        acting(stage.db, stage.county_id, stage.unit_id) as session,
    ):
        session.execute(carried, {"motion": motion})
