"""The notice editor: four steps by different people, what it will show, and nothing private in it."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from shared.db.claims import Claim
from shared.db.notices import Notice
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.usecases.disclosures import reword_reason
from shared.usecases.lines import Difference, propose
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.stage import CLOSED, POSTED, Stage

MOBILE = "13812345678"
HANDS = ("recorder", "publicity", "secretary")


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A round that the meeting has passed; one figure differs from the rule's, with a reason."""
    stage = Stage(db, clockwork, members=3)
    stage.accept(stage.claim(stage.mei))
    stage.move(CLOSED)
    return stage


def passed(stage: Stage, reason: str = "另有表现") -> None:
    differing = {stage.branch.members[1].id: Difference(Decimal("3.00"), reason)}
    stage.do(propose, "secretary", stage.round_id, differing)
    stage.pass_all()
    stage.move(POSTED)


def person(browser: Browser, stage: Stage, role: str) -> Person:
    return signed_in(browser.app, stage.db, stage.branch[role])


def drafted(recorder: Person, title: str = "") -> str:
    recorder.opens("/notices/new")
    recorder.hands_in("/notices/new", which="first 2026-Q1", title=title)
    assert recorder.page is not None
    return recorder.page.url.path


def notice_of(stage: Stage) -> Notice:
    return stage.all(select(Notice).filter_by(period="2026-Q1"))[0]


def test_a_notice_goes_through_four_hands_to_the_board(browser: Browser, stage: Stage) -> None:
    passed(stage)
    recorder, publicity, secretary = (
        person(browser, stage, who) for who in ("recorder", "publicity", "secretary")
    )
    address = drafted(recorder)

    said = recorder.opens(address)
    assert "第1村党支部2026年第一季度积分公示" in said
    assert "张贴以后是这个样子" in said
    assert stage.mei.name in said
    publicity.opens(address)
    assert "请逐行看过" in publicity.hands_in(f"{address}/review", 422)
    publicity.opens(address)
    publicity.hands_in(f"{address}/review", read="on")
    secretary.opens(address)
    secretary.hands_in(f"{address}/approve")
    recorder.opens(address)
    said = recorder.hands_in(f"{address}/publish")

    assert "公示中" in said
    assert "还剩 7 天" in said
    assert notice_of(stage).code in recorder.opens(address)
    assert f'href="/n/{notice_of(stage).code}"' in recorder.page.text  # type: ignore[union-attr]
    assert "与公示时一致" in recorder.opens(f"/n/{notice_of(stage).code}")


def test_who_drafted_does_not_review_and_who_reviewed_does_not_approve(browser: Browser, stage: Stage) -> None:
    passed(stage)
    stage.also("recorder", "organiser")
    stage.also("secretary", "publicity")
    recorder, secretary = person(browser, stage, "recorder"), person(browser, stage, "secretary")
    address = drafted(recorder)

    recorder.opens(address)
    assert "拟稿人不能自己审核" in recorder.hands_in(f"{address}/review", 422, read="on")
    secretary.opens(address)
    secretary.hands_in(f"{address}/review", read="on")
    assert "审核人不能自己审批" in secretary.hands_in(f"{address}/approve", 422)


@pytest.mark.long
def test_a_telephone_in_the_title_keeps_it_from_the_board_until_it_is_gone(browser: Browser, stage: Stage) -> None:
    passed(stage)
    recorder, publicity, secretary = (
        person(browser, stage, who) for who in ("recorder", "publicity", "secretary")
    )
    address = drafted(recorder, f"积分公示，联系 {MOBILE}")
    publicity.opens(address)
    assert "删去以前不能张贴" in publicity.hands_in(f"{address}/review", read="on")
    secretary.opens(address)
    secretary.hands_in(f"{address}/approve")
    recorder.opens(address)

    said = recorder.hands_in(f"{address}/publish", 422)

    assert "标题里有电话号码（138…78）" in said
    assert notice_of(stage).state == "approved"
    secretary.opens(f"{address}/return")
    secretary.hands_in(f"{address}/return", reason="标题里有电话")
    recorder.opens(f"{address}/title")
    said = recorder.hands_in(f"{address}/title", title="一季度积分公示")
    assert "没有身份证号、电话" in said
    assert "标题里有电话" in said


@pytest.mark.long
def test_a_reason_is_put_in_other_words_and_the_figure_stays(browser: Browser, stage: Stage) -> None:
    passed(stage, reason=f"帮扶李某，电话{MOBILE}")
    recorder = person(browser, stage, "recorder")
    address = drafted(recorder)
    line = stage.line(stage.branch.members[1])
    assert "改写这条说明" in recorder.opens(address)
    recorder.opens(f"{address}/lines/{line.id}")

    assert "说明里有电话号码" in recorder.hands_in(f"{address}/lines/{line.id}", 422, reason=f"打{MOBILE}")
    recorder.opens(f"{address}/lines/{line.id}")
    recorder.hands_in(f"{address}/lines/{line.id}", reason="帮扶困难群众")

    after = stage.line(stage.branch.members[1])
    assert (after.reason, after.points) == ("帮扶困难群众", line.points)


@pytest.mark.long
def test_what_hangs_is_not_reworded(stage: Stage) -> None:
    passed(stage)
    line = stage.line(stage.branch.members[1])
    stage.post()

    with pytest.raises(NotNow, match="说明不能再改"):
        stage.do(reword_reason, "recorder", line.id, "别的话")


@pytest.mark.long
def test_a_reason_is_never_emptied_nor_reworded_by_a_member(stage: Stage) -> None:
    passed(stage)
    line = stage.line(stage.branch.members[1])

    with pytest.raises(Invalid, match="不能是空的"):
        stage.do(reword_reason, "recorder", line.id, " ")
    with pytest.raises(Forbidden):
        stage.do(reword_reason, stage.mei, line.id, "别的话")


@pytest.mark.long
def test_an_identity_number_behind_a_figure_is_named_and_forbids_nothing(browser: Browser, stage: Stage) -> None:
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        claim = session.merge(stage.all(select(Claim))[0])
        claim.text = "为110101199003070011代办"
    passed(stage)

    said = person(browser, stage, "recorder").opens(drafted(person(browser, stage, "recorder")))

    assert "里有身份证号（110…11）" in said
    assert "不在公示上" in said
    assert "110101199003070011" not in said


@pytest.mark.long
def test_it_says_why_nothing_can_be_published_yet(browser: Browser, stage: Stage) -> None:
    said = person(browser, stage, "recorder").opens("/notices/new")

    assert "现在没有可以拟稿的公示" in said


@pytest.mark.long
def test_drafted_twice_it_is_one_notice(browser: Browser, stage: Stage) -> None:
    passed(stage)
    recorder = person(browser, stage, "recorder")
    recorder.opens("/notices/new")
    sent = {**recorder.form("/notices/new").fields, "which": ["first 2026-Q1"]}

    answers = [recorder.client.post("/notices/new", data=sent, follow_redirects=False) for _ in range(2)]

    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert len(stage.all(select(Notice))) == 1


@pytest.mark.long
@pytest.mark.parametrize("which", ["first", "x 2026-Q1", "first '; --", ""])
def test_what_is_not_offered_is_not_drafted(browser: Browser, stage: Stage, which: str) -> None:
    passed(stage)
    recorder = person(browser, stage, "recorder")
    recorder.opens("/notices/new")

    recorder.hands_in("/notices/new", 422, which=which)

    assert stage.all(select(Notice)) == []


@pytest.mark.long
def test_members_see_no_drafts(browser: Browser, stage: Stage, clockwork: Db) -> None:
    passed(stage)
    address = drafted(person(browser, stage, "recorder"))
    elsewhere = Stage(stage.db, clockwork)

    signed_in(browser.app, stage.db, stage.who(stage.mei)).opens(address, 403)
    person(browser, elsewhere, "secretary").opens(address, 404)
    assert notice_of(stage).state == "drafted"
