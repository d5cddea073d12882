"""One round of a village through pages alone, from a member's photograph to the county's overview."""

from datetime import UTC, date, datetime

import pytest

from services.cli.database import Urls
from shared.db.session import Db, connect
from shared.usecases.verification import verify
from tests.browser.conftest import Opens
from tests.browser.officers import Above, Committee, Secretary, of_the_county
from tests.browser.players import Leader, Member, Player, Players, Recorder
from tests.usecases.stage import CLOSED, DAY, POSTED, Stage

JANUARY = date(2026, 1, 2)
SUNDAY_24 = datetime(2026, 4, 21, 16, tzinfo=UTC)


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch of a few people in its first quarter under the county's plan."""
    return Stage(db, clockwork, members=3)


def test_a_round_is_played_through_pages_to_the_file(stage: Stage, opens: Opens, urls: Urls) -> None:
    players = Players(opens)
    claimed(stage, players)
    decided(stage, players)
    posted(stage, players)
    objected(stage, players)
    filed(stage, players)

    with connect(urls.verifier).begin() as session:
        assert verify(session, stage.county_id).finding is None


def claimed(stage: Stage, players: Players) -> None:
    """Two members claim, their leaders sign; the recorder enters a meeting."""
    for member, photo in zip(stage.branch.members[:2], (True, False), strict=True):
        mine = players.play(Member, stage.who(member))
        number = mine.claims("为本支部讲一次党课", JANUARY, "讲春季党课", photo=photo)
        assert number.startswith("2026-Q1-00")
        assert "已完成，好" in players.play(Leader, stage.branch.leader_of(member)).signs(member.name)
    recorder = players.play(Recorder, stage.who("recorder"))
    said = recorder.calls_the_roll(JANUARY, "1月党员大会", "参加", "无故", away=[stage.branch.members[2].name])
    assert "共 13 条" in said


def decided(stage: Stage, players: Players) -> None:
    """The committee accepts one claim and refuses the other, and proposes; the members' meeting passes it."""
    second = stage.branch.members[1]
    stage.move(CLOSED)
    organiser = players.play(Committee, stage.who("organiser"))
    said = organiser.accepts_all_but(second.name, minute="支委会〔2026〕1号")
    assert "将认定 1 项，另有 1 项不在其中" in said
    assert "未附证明" in organiser.refuses(second.name, "未附证明", "支委会〔2026〕1号")
    secretary = players.play(Secretary, stage.who("secretary"))
    secretary.proposes()
    assert "已结束" in secretary.holds_meeting("一季度积分评定", "大会〔2026〕1号", votes=14)


def hung(stage: Stage, players: Players) -> str:
    """Take a drafted notice through its other three hands."""
    players.play(Committee, stage.who("publicity")).reviews()
    players.play(Secretary, stage.who("secretary")).approves()
    return players.play(Recorder, stage.who("recorder")).hangs()


def posted(stage: Stage, players: Players) -> None:
    """The notice goes through four hands; a member reads it on the board."""
    stage.move(POSTED)
    players.play(Recorder, stage.who("recorder")).drafts("第一季度")
    assert "还剩 7 天" in hung(stage, players)
    said = players.play(Member, stage.who(stage.mei)).comes_to("/board")
    assert stage.mei.name in said
    assert "公示中" in said


def objected(stage: Stage, players: Players) -> None:
    """Whose claim was refused objects, is heard and is right; the corrected line is posted again."""
    second = stage.branch.members[1]
    said = players.play(Member, stage.who(second)).objects("我附了证明", "认定这一项")
    assert "异议已提出" in said
    players.play(Secretary, stage.who("secretary")).assigns(stage.who("discipline").name)
    inquirer = players.play(Committee, stage.who("discipline"))
    assert "确有其事" in inquirer.investigates("在场的同志", POSTED.date(), "查阅了登记，确有其事。")
    answer = players.play(Secretary, stage.who("secretary"))
    said = answer.answers("成立", "经查属实，改为认定。", accept="讲一次党课", reason="证明属实")
    assert "已办结" in said
    stage.move(POSTED + DAY)
    assert "公示中" in hung(stage, players)


def filed(stage: Stage, players: Players) -> None:
    """The windows end, what is settled goes up and is filed; the county sees it."""
    stage.move(SUNDAY_24)
    stage.move(SUNDAY_24 + 2 * DAY)
    secretary = players.play(Secretary, stage.who("secretary"))
    town = players.play(Above, stage.who("township_officer"))
    # The package had not gone up when the correction settled: it is in it, there is no second one.
    assert "已上报" in secretary.submits("柳溪镇")
    assert "已备案" in town.files()
    said = players.play(Member, stage.who(stage.branch.members[1])).comes_to("/points")
    assert "3.00 分 ✓ 已登记入账" in said
    assert "更正公示（异2026-Q1-001）" in said
    stage.move(stage.now + DAY)
    county = players.play(Player, of_the_county(stage))
    assert "2026年第一季度 2 2 100% 14 14 100% 1" in county.comes_to("/overview")
