"""A meeting through pages alone, from the invitation to the minutes that are printed to be signed."""

from urllib.parse import urlsplit

import pytest

from shared.db.session import Db
from tests.browser.conftest import Opens
from tests.browser.officers import Secretary
from tests.browser.players import Member, Player, Players, Recorder
from tests.usecases.stage import Stage

pytestmark = pytest.mark.long

SUBJECT, MATTER = "研究老支书不列入积分考核", "同意老支书不列入积分考核"


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch of a few people in its first quarter under the county's plan."""
    return Stage(db, clockwork, members=3)


def test_a_meeting_is_held_from_the_invitation_to_the_minutes_to_be_signed(stage: Stage, opens: Opens) -> None:
    players = Players(opens)
    secretary = players.play(Secretary, stage.who("secretary"))
    at = called(secretary)
    invited(players.play(Member, stage.who(stage.mei)), at)

    decided(secretary, at)
    written(players.play(Recorder, stage.who("recorder")), at)
    fixed(secretary, at)


def called(secretary: Secretary) -> str:
    """The secretary calls the members; return the meeting's address."""
    secretary.comes_to("/meetings")
    secretary.follows("召集会议")
    secretary.fills(subject=SUBJECT, minute="大会〔2026〕3号")
    secretary.presses("召集")
    return urlsplit(secretary.page.url).path


def invited(mei: Member, at: str) -> None:
    """Who cannot come reads the invitation and hands in an opinion."""
    notice = at.replace("/meetings/", "/ballots/")
    assert SUBJECT in mei.comes_to(notice)
    mei.comes_to(f"{notice}/opinion")
    mei.fills(words="老支书卧床多年，我同意。")
    assert "您已经交了书面意见" in mei.presses("交书面意见")


def decided(secretary: Secretary, at: str) -> None:
    """All are there; the opinion is read out, hands are counted, and the meeting ends."""
    secretary.comes_to(f"{at}/roll")
    secretary.presses("全部记为到会")
    assert "老支书卧床多年" in secretary.comes_to(f"{at}/motions")
    secretary.chooses("matter", "其他事项")
    secretary.fills(title=MATTER)
    secretary.presses("提请表决")
    secretary.follows("表决", exact=True)
    secretary.fills(in_favour=13, against=1)
    assert "赞成 13 票；通过" in secretary.presses("登记结果")
    secretary.comes_to(at)
    assert "已结束" in secretary.presses("结束会议")


def written(recorder: Recorder, at: str) -> None:
    """The recorder writes down what was said; roll and result stand there already."""
    assert "没有定稿" in recorder.comes_to(f"/papers/minutes/{at.rsplit('/', 1)[-1]}")
    recorder.comes_to(f"{at}/minutes")
    recorder.follows("写会议记录")
    recorder.fills(place="村部二楼", said="宣读了本人的书面意见。\n大家没有不同意见。")
    assert MATTER in recorder.presses("保存，看整份记录")


def fixed(secretary: Player, at: str) -> None:
    """The secretary fixes them; what is printed is that text with its digest, and room for two names."""
    secretary.comes_to(f"{at}/minutes")
    said = secretary.presses("定稿，准备打印签字")
    assert "已定稿" in said
    digest = said.split("校验码 ")[1][:16]
    printed = secretary.follows("打印会议记录")
    for part in ("村部二楼", "大家没有不同意见。", "老支书卧床多年，我同意。", MATTER, "赞成 13 票", digest):
        assert part in printed
    assert "主持人" in printed
    assert "记录人" in printed
