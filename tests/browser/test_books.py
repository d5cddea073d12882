"""Whole rounds of three books through pages alone, each by the stages of its own; with a script and without."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from services.cli.database import Urls
from shared.db.messages import Message
from shared.db.session import Db, acting, connect
from shared.usecases.messages import deliver
from shared.usecases.verification import verify
from tests.browser.conftest import Opens
from tests.browser.officers import Above, Committee, Scorer, Secretary
from tests.browser.players import Leader, Member, Players, Recorder
from tests.usecases.stage import DAY, Stage

pytestmark = pytest.mark.long
SCRIPTS = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
JANUARY = date(2026, 1, 2)
FEBRUARY = datetime(2026, 2, 9, 1, tzinfo=UTC)
APRIL = datetime(2026, 4, 9, 1, tzinfo=UTC)


@pytest.fixture
def proved(urls: Urls) -> Callable[[Stage], None]:
    """Recompute everything that a county's people have done."""

    def prove(stage: Stage) -> None:
        with connect(urls.verifier).begin() as session:
            assert verify(session, stage.county_id).finding is None

    return prove


def hung(stage: Stage, players: Players, period: str, by: str = "recorder") -> str:
    """Take a notice through its four hands, and return its page."""
    players.play(Recorder, stage.who(by)).drafts(period)
    players.play(Committee, stage.who("publicity")).reviews()
    players.play(Secretary, stage.who("secretary")).approves()
    return players.play(Recorder, stage.who(by)).hangs()


def filed(stage: Stage, players: Players) -> None:
    """Send the package that waits up, and file it."""
    assert "已上报" in players.play(Secretary, stage.who("secretary")).submits("柳溪镇")
    assert "已备案" in players.play(Above, stage.who("township_officer")).files()


def own_points(stage: Stage, players: Players) -> str:
    """Return what the first member's own page says."""
    return players.play(Member, stage.who(stage.mei)).comes_to("/points")


def told(stage: Stage) -> None:
    """Give out what people are to be told, as a worker does."""
    with acting(stage.clockwork, stage.county_id, stage.unit_id) as session:
        for message in session.scalars(select(Message).filter_by(unit_id=stage.unit_id)).all():
            deliver(session, message.id, stage.county_id, stage.now)


@SCRIPTS
def test_a_month_of_xinba_is_published_as_proposed(
    db: Db, clockwork: Db, opens: Opens, javascript: bool, proved: Callable[[Stage], None]
) -> None:
    stage, players = Stage(db, clockwork, "xinba", "2026-01"), Players(opens, javascript)
    players.play(Member, stage.who(stage.mei)).claims("带头发展产业", JANUARY, "种了五亩花椒", photo=True)
    players.play(Leader, stage.branch.leader_of(stage.mei)).signs(stage.mei.name)
    recorder = players.play(Recorder, stage.who("recorder"))
    recorder.deducts("无故不参加会议或中途退出", JANUARY, "一月大会中途离开", stage.mei.name)
    told(stage)
    assert "一月大会中途离开" in players.play(Member, stage.who(stage.mei)).comes_to("/notifications")

    stage.move(FEBRUARY)
    players.play(Committee, stage.who("organiser")).accepts_all_but(minute="支委会〔2026〕1号")
    players.play(Secretary, stage.who("secretary")).proposes()
    stage.move(FEBRUARY + DAY)
    assert "最后一日 2月17日 是春节放假日" in hung(stage, players, "1月")
    stage.move(FEBRUARY + 16 * DAY)
    filed(stage, players)

    assert "3.00 分 ✓ 已登记入账" in own_points(stage, players)
    proved(stage)


@SCRIPTS
def test_a_quarter_of_chaiqian_is_published_confirmed_and_published_again(
    db: Db, clockwork: Db, opens: Opens, javascript: bool, proved: Callable[[Stage], None]
) -> None:
    stage, players = Stage(db, clockwork, "chaiqian"), Players(opens, javascript)
    office = players.play(Recorder, stage.who("office"))
    assert "共 1 条" in office.records("专题研讨会、微讲堂发言", JANUARY, "作了发言", stage.mei.name)

    stage.move(APRIL)
    players.play(Committee, stage.who("office")).compiles()
    assert "公示中" in hung(stage, players, "第一季度", "office")
    players.play(Member, stage.who(stage.mei)).claims("主讲微讲堂", JANUARY, "主讲一月微讲堂")
    stage.move(APRIL + 9 * DAY)
    players.play(Committee, stage.who("organiser")).accepts_all_but(minute="支委会〔2026〕2号")
    players.play(Secretary, stage.who("secretary")).confirms("支委会〔2026〕2号")
    assert "再次公示" in hung(stage, players, "第一季度", "office")
    stage.move(APRIL + 21 * DAY)
    filed(stage, players)

    assert "55.00 分 ✓ 已登记入账" in own_points(stage, players)
    proved(stage)


@SCRIPTS
def test_a_quarter_of_xujiayan_is_scored_by_three_and_answers_a_villager(
    db: Db, clockwork: Db, opens: Opens, javascript: bool, proved: Callable[[Stage], None]
) -> None:
    stage, players = Stage(db, clockwork, "xujiayan"), Players(opens, javascript)
    mei, leader = players.play(Member, stage.who(stage.mei)), stage.branch.leader_of(stage.mei)
    for text in ("修好了水渠", "守夜防汛"):
        mei.claims("其他贡献", JANUARY, text)
        players.play(Leader, leader).signs(text)

    stage.move(APRIL)
    scored(stage, players)
    players.play(Secretary, stage.who("secretary")).proposes()
    stage.move(APRIL + DAY)
    assert "还剩 7 天" in hung(stage, players, "第一季度")
    answered(stage, players)
    stage.move(APRIL + 9 * DAY)
    filed(stage, players)
    stage.move(APRIL + 12 * DAY)
    filed(stage, players)

    assert "83.00 分 ✓ 已登记入账" in own_points(stage, players)
    proved(stage)


def scored(stage: Stage, players: Players) -> None:
    """Three score, each without seeing the others; where all differ they agree on a figure."""
    scorers = [players.play(Scorer, scorer) for scorer in stage.branch.scorers]
    for scorer, first, second in zip(scorers, ("8", "8", "7"), ("6", "5", "4"), strict=True):
        said = scorer.scores({"修好了水渠": first, "守夜防汛": second})
        assert ("7.00、8.00、8.00" in said) == (scorer is scorers[-1])
    assert "5.00" in scorers[0].agrees("5", "评议〔2026〕2号")
    scorers[0].finishes()


def answered(stage: Stage, players: Players) -> None:
    """A villager who reads the open board objects on paper in their real name, and is answered in three days."""
    stage.move(stage.now + DAY)
    about = stage.branch.members[1]
    assert about.name in players.stranger(f"/board/{stage.unit_id}").reads()
    recorder = players.play(Recorder, stage.who("recorder"))
    recorder.takes_paper(about.name, "柳永根", "公示的事我没有看到", stage.now.date())
    players.play(Secretary, stage.who("secretary")).assigns(stage.who("discipline").name)
    inquirer = players.play(Committee, stage.who("discipline"))
    inquirer.investigates("柳永根和第三村民小组", stage.now.date(), "走访了三户，登记属实。")
    stage.move(stage.now + DAY)
    said = players.play(Committee, stage.who("organiser")).answers("不成立", "经走访，登记属实。")
    assert "已书面答复" in said
