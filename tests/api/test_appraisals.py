"""The year's end through pages: summaries, the secret vote on a screen and on paper, the proposal, the result."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from shared.db.appraisals import Verdict
from shared.db.drafts import Draft
from shared.db.ledger import Appraisal
from shared.db.notices import Notice
from shared.db.session import Db
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.stage import Stage

pytestmark = pytest.mark.long

WRITTEN = {"study": "学了新党章", "work": "修了水渠", "life": "遵纪守法", "gaps": "学习不够经常"}
TOMORROW = ["2026", "1", "6"]


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    return Stage(db, clockwork, book="xiaxiyuan", period="2026-01")


@pytest.fixture
def secretary(browser: Browser, db: Db, stage: Stage) -> Person:
    return signed_in(browser.app, db, stage.branch["secretary"])


def begun(secretary: Person) -> str:
    """Begin the year's appraisal through the page; return its address."""
    secretary.opens("/appraisals/new")
    secretary.hands_in("/appraisals/new", year=2026, until=TOMORROW)
    assert secretary.page is not None
    return secretary.page.url.path


def voting(secretary: Person, at: str) -> str:
    """Open the ballot; return its address."""
    secretary.opens(f"{at}/vote")
    secretary.hands_in(f"{at}/vote", until=TOMORROW)
    assert secretary.page is not None
    return secretary.page.url.path.removesuffix("/tally")


def marked(person: Person, vote: str, choice: str) -> dict[str, str]:
    """Mark everybody on a slip alike."""
    page = person.client.get(vote).text
    names = {part.split('"')[0] for part in page.split('name="')[1:] if part.startswith("secret-")}
    return dict.fromkeys(names, choice)


def votes(browser: Browser, stage: Stage, vote: str, but: set[UUID], choice: str = "合格") -> None:
    for who, actor in stage.branch.actors.items():
        if who not in but:
            person = signed_in(browser.app, stage.db, actor)
            person.opens(vote)
            assert "已投票" in person.hands_in(vote, 200, **marked(person, vote, choice))


def posted(browser: Browser, stage: Stage, secretary: Person) -> Notice:
    """Post the results in the four steps of any notice."""
    recorder = signed_in(browser.app, stage.db, stage.branch["recorder"])
    assert "2026年度民主评议结果公示" in recorder.opens("/notices/new")
    recorder.hands_in("/notices/new", which="appraisal 2026")
    assert recorder.page is not None
    at = recorder.page.url.path
    reviewer = signed_in(browser.app, stage.db, stage.branch["publicity"])
    assert "张贴以后是这个样子" in reviewer.opens(at)
    reviewer.hands_in(f"{at}/review", read="y")
    secretary.opens(at)
    secretary.hands_in(f"{at}/approve")
    recorder.opens(at)
    assert "公示中" in recorder.hands_in(f"{at}/publish")
    return stage.row(Notice, UUID(at.split("/")[-1]))


def test_a_year_is_appraised_from_summaries_to_the_result(
    browser: Browser, db: Db, stage: Stage, secretary: Person
) -> None:
    mei = signed_in(browser.app, db, stage.who(stage.mei))
    at = begun(secretary)
    assert "收个人总结，开始民主测评" in secretary.opens("/desk")
    assert "请写个人总结：2026 年度民主评议" in mei.opens("/home")
    assert "请写年度个人总结" in mei.opens(at)
    mei.opens(f"{at}/report")
    assert "请写“不足和努力方向”这一部分" in mei.hands_in(f"{at}/report", 422, **{**WRITTEN, "gaps": ""})
    assert "已经交了" in mei.hands_in(f"{at}/report", **WRITTEN)
    vote = voting(secretary, at)
    assert "还没有投票的 14 人" in secretary.opens(f"{vote}/tally")
    assert "请投票：2026 年度民主测评" in mei.opens("/home")

    votes(browser, stage, vote, but=set())
    secretary.opens(f"{vote}/tally")
    secretary.hands_in(f"{vote}/close")
    assert "达到半数，投票有效" in secretary.hands_in(f"{vote}/count")
    assert "修了水渠" in mei.opens(f"{at}/reports")
    secretary.opens(f"{at}/proposal")
    assert "不一致，请写明理由" in secretary.hands_in(
        f"{at}/proposal", 422, minute="支委会〔2026〕20号", **{f"r-{stage.mei.id}": "优秀"}
    )
    assert "抗洪突出" in secretary.hands_in(f"{at}/proposal", **{f"why-{stage.mei.id}": "抗洪突出"})
    notice = posted(browser, stage, secretary)

    said = mei.opens(at)
    assert "结果 优秀" in said
    assert "合格 13" in said
    board = mei.opens("/board")
    assert "民主评议结果公示" in board
    assert "抗洪突出" in board
    assert "本人对自己的评议结果提出" in board
    assert notice.closes_at is not None
    stage.move(notice.closes_at)
    assert "已确定" in mei.opens(at)
    assert len(stage.all(select(Appraisal).filter_by(year=2026))) == 14


def test_an_objection_is_raised_and_answered_on_pages(
    browser: Browser, db: Db, stage: Stage, secretary: Person
) -> None:
    mei = signed_in(browser.app, db, stage.who(stage.mei))
    at = begun(secretary)
    vote = voting(secretary, at)
    votes(browser, stage, vote, but=set())
    secretary.opens(f"{vote}/tally")
    secretary.hands_in(f"{vote}/close")
    secretary.hands_in(f"{vote}/count")
    secretary.opens(f"{at}/proposal")
    secretary.hands_in(f"{at}/proposal", minute="支委会〔2026〕20号")
    posted(browser, stage, secretary)
    verdict = stage.all(select(Verdict).filter_by(member_id=stage.mei.id))[0].id

    mei.opens(f"/verdicts/{verdict}/objection")
    assert "正在研究" in mei.hands_in(f"/verdicts/{verdict}/objection", words="我没有缺过会")
    assert "我没有缺过会" in secretary.opens(at)
    secretary.opens(f"/verdicts/{verdict}/answer")
    secretary.hands_in(f"/verdicts/{verdict}/answer", result="优秀", answer="情况属实")

    assert "情况属实" in mei.opens(at)
    other = signed_in(browser.app, db, stage.who(stage.branch.members[1]))
    other.opens(f"/verdicts/{verdict}/objection", 403)


def test_slips_on_paper_are_handed_out_and_counted_by_two(
    browser: Browser, db: Db, stage: Stage, secretary: Person
) -> None:
    vote = voting(secretary, begun(secretary))
    old = {one.id: one.person_id for one in stage.branch.members}
    secretary.opens(f"{vote}/tally")
    secretary.hands_in(f"{vote}/slips", people=list(old.values()))
    reader = signed_in(browser.app, db, stage.who(stage.mei))
    assert "您领的是纸质票" in reader.opens(vote)
    votes(browser, stage, vote, but=set(old))
    secretary.opens(f"{vote}/tally")
    secretary.hands_in(f"{vote}/close")

    recorder = signed_in(browser.app, db, stage.branch["recorder"])
    for teller in (secretary, recorder):
        teller.opens(f"{vote}/paper")
        assert "要填票数" in teller.hands_in(f"{vote}/paper", 422, slips=3, **{f"n-{stage.mei.id}-0": "两"})
        teller.hands_in(f"{vote}/paper", slips=3, **{f"n-{stage.mei.id}-0": 2})
    secretary.opens(f"{vote}/tally")
    assert "收回 14 票" in secretary.hands_in(f"{vote}/count")


def test_no_page_of_the_vote_shows_a_vote_or_keeps_one(
    browser: Browser, db: Db, stage: Stage, secretary: Person
) -> None:
    vote = voting(secretary, begun(secretary))
    mei = signed_in(browser.app, db, stage.who(stage.mei))
    mei.opens(vote)
    slip = marked(mei, vote, "不合格")
    assert mei.client.post("/drafts", data={**mei.form(vote).fields, **slip}).status_code == 204
    assert all("secret" not in str(one.fields) for one in stage.all(select(Draft)))

    mei.hands_in(vote, 200, **slip)

    said = secretary.opens(f"{vote}/tally")
    assert "屏幕上已投 1 票" in said
    assert stage.mei.name not in said.split("还没有投票的")[1].split("登记领票")[0]
    assert "不合格" not in mei.opens(vote)


def test_who_is_late_or_a_stranger_does_not_vote(
    browser: Browser, db: Db, stage: Stage, secretary: Person
) -> None:
    vote = voting(secretary, begun(secretary))
    mei = signed_in(browser.app, db, stage.who(stage.mei))
    mei.opens(vote)
    slip = mei.form(vote).fields
    signed_in(browser.app, db, stage.who("township_officer")).opens(vote, 403)
    stage.move(stage.now + timedelta(days=2))

    late = mei.client.post(vote, data=slip)

    assert late.status_code == 422
    assert "投票已经截止" in late.text


def test_members_do_not_see_what_is_the_committee_s(
    browser: Browser, db: Db, stage: Stage, secretary: Person
) -> None:
    at = begun(secretary)
    mei = signed_in(browser.app, db, stage.who(stage.mei))

    assert stage.branch.members[1].name not in mei.opens(at)
    for path in ("/appraisals/new", f"{at}/vote", f"{at}/proposal"):
        mei.opens(path, 403)
